#include "XMLSilence.h"

#include <libxml/xmlerror.h>

static void say_nothing(void *context, const char *format, ...) {}

void batchrun_xml_silence(void) { xmlSetGenericErrorFunc(NULL, say_nothing); }
