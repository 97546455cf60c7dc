#include "ScrapeShims.h"

const UNormalizer2 *batchrun_nfc(UErrorCode *status) { return unorm2_getNFCInstance(status); }
