#define XXH_INLINE_ALL
#include "CChecksum.h"
#include <xxhash.h>

void *batchrun_checksum_new(void) {
  XXH3_state_t *state = XXH3_createState();
  if (state) XXH3_128bits_reset(state);
  return state;
}

void batchrun_checksum_update(void *state, const void *bytes, size_t count) {
  XXH3_128bits_update(state, bytes, count);
}

void batchrun_checksum_finish(void *state, uint8_t result[16]) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state));
  for (int i = 0; i < 16; i++) result[i] = canonical.digest[i];
  XXH3_128bits_reset(state);
}

void batchrun_checksum_free(void *state) { XXH3_freeState(state); }
