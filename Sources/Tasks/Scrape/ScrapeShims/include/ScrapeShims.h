#pragma once
// What Swift cannot call in libxml2 and ICU: mutable globals, variadic functions, and functions that
// macros rename for each version of the library.
#include "PageScan.h"
#include "PageTree.h"
#include "TextShims.h"
#include "XMLSilence.h"
