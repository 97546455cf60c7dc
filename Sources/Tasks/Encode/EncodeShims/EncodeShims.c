#include "EncodeShims.h"

#include <stdio.h>

static void (*sink)(int level, const char *line);

// The text of a message is formatted here, because Swift cannot take a va_list from C.
static void on_message(void *object, int level, const char *format, va_list arguments) {
  if (level > AV_LOG_WARNING || !sink) return;
  char line[1024];
  int prefix = 1;
  av_log_format_line2(object, level, format, arguments, line, sizeof line, &prefix);
  sink(level, line);
}

void batchrun_av_log_to(void (*target)(int level, const char *line)) {
  sink = target;
  av_log_set_callback(on_message);
}
