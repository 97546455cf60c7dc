// What Swift cannot say well about text: a byte-equality mask of 64 bytes, and a constant table.
#ifndef CTEXT_H
#define CTEXT_H

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
// The compiler's own builtins: <emmintrin.h> would claim libc's types for a module of its own.
typedef char text_lanes16 __attribute__((vector_size(16)));
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

/// The words of the table: high, low for each power of ten from 10^-342 to 10^324.
static inline const uint64_t *text_powers_of_ten(void) {
  extern const uint64_t text_powers_of_ten_words[];
  return text_powers_of_ten_words;
}

/// 10^exponent, exact, for 0 <= exponent <= 22.
static inline double text_exact_power(intptr_t exponent) {
  static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  return powers[exponent];
}

/// The nearest double to a decimal number, whatever the locale of the process.
double text_long_decimal(const char *text);

/// Bit i is set where bytes[i] == byte, for the 64 bytes at `bytes`.
static inline uint64_t text_equal_mask(const uint8_t *bytes, uint8_t byte) {
#if defined(__SSE2__)
  const text_lanes16 wanted = (char)byte - (text_lanes16){0};
  uint64_t mask = 0;
  for (int lane = 0; lane < 4; lane++) {
    text_lanes16 part;
    memcpy(&part, bytes + 16 * lane, sizeof part);
    const uint32_t bits = (uint32_t)__builtin_ia32_pmovmskb128(part == wanted);
    mask |= (uint64_t)bits << (16 * lane);
  }
  return mask;
#elif defined(__aarch64__)
  static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  const uint8x16_t weight = vld1q_u8(weights);
  const uint8x16_t wanted = vdupq_n_u8(byte);
  const uint8x16_t a = vandq_u8(vceqq_u8(vld1q_u8(bytes), wanted), weight);
  const uint8x16_t b = vandq_u8(vceqq_u8(vld1q_u8(bytes + 16), wanted), weight);
  const uint8x16_t c = vandq_u8(vceqq_u8(vld1q_u8(bytes + 32), wanted), weight);
  const uint8x16_t d = vandq_u8(vceqq_u8(vld1q_u8(bytes + 48), wanted), weight);
  const uint8x16_t pairs = vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d));
  return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(pairs, pairs)), 0);
#else
  uint64_t mask = 0;
  for (int i = 0; i < 64; i++) mask |= (uint64_t)(bytes[i] == byte) << i;
  return mask;
#endif
}

#endif
