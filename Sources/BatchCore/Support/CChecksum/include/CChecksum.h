#pragma once
// XXH3 with 128 bits. xxhash.h itself would bring the compiler's vector headers into every Swift file.

#include <stddef.h>
#include <stdint.h>

/// A running checksum; null when there is no memory.
void *batchrun_checksum_new(void);
void batchrun_checksum_update(void *state, const void *bytes, size_t count);

/// The checksum of all bytes so far, most significant first; begins anew.
void batchrun_checksum_finish(void *state, uint8_t result[16]);
void batchrun_checksum_free(void *state);
