#pragma once
// ICU renames its functions by macros for each version, which Swift does not see. Its headers stay out of
// this one: Swift's Foundation has an ICU of its own, and the two must not meet in one module.
#include <stddef.h>
#include <stdint.h>

/// A converter of ICU.
typedef struct batchrun_converter batchrun_converter;

/// Opens a converter whose invalid sequences become U+FFFD; NULL when ICU does not know the name.
batchrun_converter *batchrun_converter_open(const char *name);
void batchrun_converter_close(batchrun_converter *converter);

/// Decodes as many bytes as fit into `target`.
///
/// Returns the code units written; `*consumed` is how many source bytes were read. When `*full` is not
/// zero, the target had no room for all: call again with the rest of the source, which may be empty.
size_t batchrun_converter_decode(
    batchrun_converter *converter, const uint8_t *source, size_t count, size_t *consumed, uint16_t *target,
    size_t room, int flush, int *full);

/// Encodes UTF-16; returns the bytes written, 0 when it is not possible.
size_t batchrun_encode(
    const char *name, const uint16_t *source, size_t count, uint8_t *target, size_t room);

/// How many leading bytes are whole, valid UTF-8 characters other than NUL (Unicode 15, table 3-7).
size_t batchrun_utf8_valid_prefix(const uint8_t *bytes, size_t count);

/// How often bytes of some kinds occur.
typedef struct {
  /// From 0x80 on; from 0xC0 on; from 0xE0 on.
  size_t high, leads, long_leads;
  /// NULs at even and odd places.
  size_t even_zeros, odd_zeros;
  size_t escapes;
} batchrun_byte_counts;

batchrun_byte_counts batchrun_count_bytes(const uint8_t *bytes, size_t count);

/// Whether UTF-16 text is in normalization form C.
int batchrun_is_nfc(const uint16_t *text, size_t count);
/// Writes normalization form C; returns its length, which may exceed `room`, or -1.
ptrdiff_t batchrun_to_nfc(const uint16_t *text, size_t count, uint16_t *target, size_t room);
