#include "KeptMemory.h"

#include <limits.h>
#include <malloc.h>

void batchrun_keep_memory(void) {
  // The most that glibc takes: larger pieces are given back in any case.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  // The heap of a thread is given back in pieces of 64 MB unless one is to spare.
  mallopt(M_TOP_PAD, 64 << 20);
}
