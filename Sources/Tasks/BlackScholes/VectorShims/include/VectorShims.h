#pragma once
// What the kernel variants share and Swift cannot say: vector instructions that Swift's SIMD types turn
// into loops, calls or halves of the register, columns of plain pointers (each variant is a Swift module of its own, and a
// Swift type would have to live in a fourth), and what the processor at hand can do.

#include "MertonColumns.h"

#include <stdbool.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// MARK: - Vector instructions

typedef double batchrun_double8 __attribute__((ext_vector_type(8)));
typedef long long batchrun_long8 __attribute__((ext_vector_type(8)));
typedef unsigned long long batchrun_ulong8 __attribute__((ext_vector_type(8)));
typedef unsigned char batchrun_uchar8 __attribute__((ext_vector_type(8)));

/// The correctly rounded square root of every lane.
static inline batchrun_double8 batchrun_sqrt8(batchrun_double8 x) {
  return __builtin_elementwise_sqrt(x);
}

// Comparisons give -1 in the lanes where they hold and 0 elsewhere.

static inline batchrun_long8 batchrun_less8(batchrun_double8 a, batchrun_double8 b) {
  return (batchrun_long8)(a < b);
}

static inline batchrun_long8 batchrun_less_equal8(batchrun_double8 a, batchrun_double8 b) {
  return (batchrun_long8)(a <= b);
}

static inline batchrun_long8 batchrun_equal8(batchrun_double8 a, batchrun_double8 b) {
  return (batchrun_long8)(a == b);
}

static inline batchrun_long8 batchrun_and8(batchrun_long8 a, batchrun_long8 b) { return a & b; }

static inline batchrun_long8 batchrun_or8(batchrun_long8 a, batchrun_long8 b) { return a | b; }

static inline batchrun_long8 batchrun_xor8(batchrun_long8 a, batchrun_long8 b) { return a ^ b; }

static inline batchrun_long8 batchrun_is_zero8(batchrun_long8 x) { return (batchrun_long8)(x == 0); }

static inline bool batchrun_any8(batchrun_long8 mask) { return __builtin_reduce_or(mask) != 0; }

/// The lanes of `a` where the mask is -1, those of `b` where it is 0.
static inline batchrun_double8 batchrun_select8(
    batchrun_long8 mask, batchrun_double8 a, batchrun_double8 b) {
  return mask ? a : b;
}

static inline batchrun_long8 batchrun_select_long8(
    batchrun_long8 mask, batchrun_long8 a, batchrun_long8 b) {
  return mask ? a : b;
}

static inline batchrun_ulong8 batchrun_add8(batchrun_ulong8 a, batchrun_ulong8 b) { return a + b; }

static inline batchrun_ulong8 batchrun_subtract8(batchrun_ulong8 a, batchrun_ulong8 b) {
  return a - b;
}

/// Eight flags, -1 for every byte that is not 0.
static inline batchrun_long8 batchrun_flags8(batchrun_uchar8 x) {
  return (batchrun_long8)(__builtin_convertvector(x, batchrun_ulong8) != 0);
}

/// The low bytes of eight integers.
static inline batchrun_uchar8 batchrun_narrow8(batchrun_long8 x) {
  return __builtin_convertvector(x, batchrun_uchar8);
}

// MARK: - Columns

/// European options, one entry per row in every column.
///
/// Prices and strikes in one currency, rates and dividend yields per year and continuously
/// compounded, volatility per square root of a year, maturity in years; `isPut` is 0 or 1.
typedef struct {
  const double *spot;
  const double *strike;
  const double *rate;
  const double *dividend;
  const double *volatility;
  const double *maturity;
  const uint8_t *isPut;
} batchrun_option_columns __attribute__((swift_name("OptionColumns")));

/// Prices and sensitivities, one entry per row in every column.
///
/// Vega per 1.00 of volatility, theta per year, rho per 1.00 of the rate; `status` as the kernels give it.
typedef struct {
  double *price;
  double *delta;
  double *gamma;
  double *vega;
  double *theta;
  double *rho;
  uint8_t *status;
} batchrun_option_results __attribute__((swift_name("OptionResults")));

#pragma clang assume_nonnull end

// MARK: - Processor

/// True if the processor and the operating system run x86-64-v3 code (AVX2, FMA, BMI2).
static inline bool batchrun_supports_v3(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
         __builtin_cpu_supports("lzcnt") && __builtin_cpu_supports("movbe") &&
         __builtin_cpu_supports("f16c");
#else
  return false;
#endif
}

/// True if they run x86-64-v4 code (AVX-512 F, BW, CD, DQ, VL) as well.
static inline bool batchrun_supports_v4(void) {
#if defined(__x86_64__)
  return batchrun_supports_v3() && __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
  return false;
#endif
}
