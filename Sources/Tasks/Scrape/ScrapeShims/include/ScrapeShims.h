#pragma once
// What Swift cannot call in libxml2 and ICU: mutable globals, variadic functions, and functions that
// macros rename for each version of the library.
#include <unicode/unorm2.h>

#include "PageScan.h"
#include "PageTree.h"

const UNormalizer2 *batchrun_nfc(UErrorCode *status);
