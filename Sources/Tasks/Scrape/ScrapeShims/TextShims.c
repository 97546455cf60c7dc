#include "TextShims.h"

UConverter *batchrun_converter_open(const char *name) {
  UErrorCode status = U_ZERO_ERROR;
  UConverter *converter = ucnv_open(name, &status);
  return U_SUCCESS(status) ? converter : NULL;
}

void batchrun_converter_close(UConverter *converter) { ucnv_close(converter); }

size_t batchrun_converter_decode(
    UConverter *converter, const uint8_t *source, size_t count, size_t *consumed, uint16_t *target,
    size_t room, int flush, int *full) {
  UErrorCode status = U_ZERO_ERROR;
  const char *read = (const char *)source;
  UChar *written = (UChar *)target;
  ucnv_toUnicode(
      converter, &written, written + room, &read, read + count, NULL, flush ? 1 : 0, &status);
  *consumed = (size_t)(read - (const char *)source);
  *full = status == U_BUFFER_OVERFLOW_ERROR;
  return (size_t)(written - (UChar *)target);
}

size_t batchrun_encode(
    const char *name, const uint16_t *source, size_t count, uint8_t *target, size_t room) {
  UConverter *converter = batchrun_converter_open(name);
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
