#define _GNU_SOURCE
#include "CText.h"

#include <locale.h>
#include <stdlib.h>

double text_long_decimal(const char *text) {
  // glibc answers this with its built-in "C" locale: nothing is loaded or allocated.
  const locale_t locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  const double value = strtod_l(text, NULL, locale);
  freelocale(locale);
  return value;
}
