#include "TextShims.h"

#include <unicode/ucnv.h>
#include <unicode/unorm2.h>

batchrun_converter *batchrun_converter_open(const char *name) {
  UErrorCode status = U_ZERO_ERROR;
  UConverter *converter = ucnv_open(name, &status);
  return U_SUCCESS(status) ? (batchrun_converter *)converter : NULL;
}

void batchrun_converter_close(batchrun_converter *converter) {
  ucnv_close((UConverter *)converter);
}

size_t batchrun_converter_decode(
    batchrun_converter *converter, const uint8_t *source, size_t count, size_t *consumed,
    uint16_t *target, size_t room, int flush, int *full) {
  UErrorCode status = U_ZERO_ERROR;
  const char *read = (const char *)source;
  UChar *written = (UChar *)target;
  ucnv_toUnicode(
      (UConverter *)converter, &written, written + room, &read, read + count, NULL, flush ? 1 : 0, &status);
  *consumed = (size_t)(read - (const char *)source);
  *full = status == U_BUFFER_OVERFLOW_ERROR;
  return (size_t)(written - (UChar *)target);
}

size_t batchrun_encode(
    const char *name, const uint16_t *source, size_t count, uint8_t *target, size_t room) {
  UConverter *converter = (UConverter *)batchrun_converter_open(name);
  if (!converter) return 0;
  UErrorCode status = U_ZERO_ERROR;
  int32_t length = ucnv_fromUChars(
      converter, (char *)target, (int32_t)room, (const UChar *)source, (int32_t)count, &status);
  ucnv_close(converter);
  return U_SUCCESS(status) && length > 0 && (size_t)length <= room ? (size_t)length : 0;
}

int batchrun_is_nfc(const uint16_t *text, size_t count) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
  int answer = unorm2_isNormalized(nfc, (const UChar *)text, (int32_t)count, &status);
  return U_SUCCESS(status) && answer;
}

ptrdiff_t batchrun_to_nfc(const uint16_t *text, size_t count, uint16_t *target, size_t room) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
  int32_t length = unorm2_normalize(
      nfc, (const UChar *)text, (int32_t)count, (UChar *)target, (int32_t)room, &status);
  return U_SUCCESS(status) || status == U_BUFFER_OVERFLOW_ERROR ? length : -1;
}

// Blocks of at most 255 bytes, so that the compiler may count in bytes.
batchrun_byte_counts batchrun_count_bytes(const uint8_t *bytes, size_t count) {
  batchrun_byte_counts total = {0};
  for (size_t start = 0; start < count; start += 128) {
    size_t length = count - start < 128 ? count - start : 128;
    const uint8_t *p = bytes + start;
    uint8_t high = 0, leads = 0, long_leads = 0, zeros = 0, odd = 0, escapes = 0;
    for (size_t i = 0; i < length; i++) {
      high += p[i] >= 0x80;
      leads += p[i] >= 0xC0;
      long_leads += p[i] >= 0xE0;
      zeros += p[i] == 0;
      odd += (p[i] == 0) & i;
      escapes += p[i] == 0x1B;
    }
    total.high += high;
    total.leads += leads;
    total.long_leads += long_leads;
    total.even_zeros += (uint8_t)(zeros - odd);
    total.odd_zeros += odd;
    total.escapes += escapes;
  }
  return total;
}
