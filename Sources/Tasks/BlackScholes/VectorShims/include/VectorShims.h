#pragma once
// What Swift's SIMD types cannot say without falling back to one call per lane.

typedef double batchrun_double8 __attribute__((ext_vector_type(8)));

/// The correctly rounded square root of every lane (SIMD8.squareRoot() becomes scalar calls).
static inline batchrun_double8 batchrun_sqrt8(batchrun_double8 x) {
  return __builtin_elementwise_sqrt(x);
}
