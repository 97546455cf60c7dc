// What Swift cannot say, or cannot make fast, about text: constant tables, the C library's strtod in the C
// locale, a byte-equality mask of 64 bytes, and sixteen digits at once.
#ifndef CTEXT_H
#define CTEXT_H

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
// The compiler's own builtins: <emmintrin.h> would claim libc's types for a module of its own.
typedef char text_lanes16 __attribute__((vector_size(16)));
typedef short text_lanes8 __attribute__((vector_size(16)));
typedef int text_lanes4 __attribute__((vector_size(16)));
typedef uint16_t text_shorts __attribute__((vector_size(16)));
typedef uint32_t text_words __attribute__((vector_size(16)));
typedef uint64_t text_wide __attribute__((vector_size(16)));

/// The products of the lower halves of 64-bit lanes.
static inline text_wide text_multiply(text_wide a, uint64_t b) {
  return (text_wide)__builtin_ia32_pmuludq128((text_lanes4)a, (text_lanes4)(text_wide){b, b});
}

/// The upper halves of the products of 16-bit lanes.
static inline text_shorts text_multiply_high(text_shorts a, uint16_t b) {
  const text_shorts all = b - (text_shorts){0};
  return (text_shorts)__builtin_ia32_pmulhuw128((text_lanes8)a, (text_lanes8)all);
}
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

/// The words of the table: high, low for each power of ten from 10^-342 to 10^324.
static inline const uint64_t *text_powers_of_ten(void) {
  extern const uint64_t text_powers_of_ten_words[];
  return text_powers_of_ten_words;
}

/// The digits of two numbers below 10^8, without the ASCII offset; first digit in the lowest byte.
typedef struct {
  uint64_t upper;
  uint64_t lower;
} text_digits;

/// Both numbers at once: quotient and remainder by 10^4, then by 100, then by 10, in lanes ever narrower.
static inline text_digits text_sixteen_digits(uint64_t upper, uint64_t lower) {
#if defined(__SSE2__)
  const text_wide both = {upper, lower};
  const text_wide fours = text_multiply(both, 3518437209) >> 45;
  const text_wide rest = (text_wide)((text_words)both - (text_words)text_multiply(fours, 10000));
  const text_shorts halves = (text_shorts)(fours | rest << 32);
  const text_shorts hundreds = text_multiply_high(halves, 5243) >> 3;
  const text_words twos = (text_words)(halves - hundreds * (uint16_t)100);
  const text_shorts pairs = (text_shorts)((text_words)hundreds | twos << 16);
  const text_shorts tens = text_multiply_high(pairs, 6554);
  const text_wide digits = (text_wide)(tens | (pairs - tens * (uint16_t)10) << 8);
  const text_digits result = {digits[0], digits[1]};
  return result;
#else
  uint64_t words[2] = {upper, lower};
  for (int i = 0; i < 2; i++) {
    // Each step leaves the quotient below and the remainder above: n * 2^s + q * (1 - d * 2^s).
    const uint64_t fours = (words[i] * 3518437209) >> 45;
    const uint64_t halves = (words[i] << 32) + fours * (1 - (10000ull << 32));
    const uint64_t hundreds = ((halves * 10486) >> 20) & 0x0000007F0000007F;
    const uint64_t pairs = (halves << 16) + hundreds * (1 - (100ull << 16));
    const uint64_t tens = ((pairs * 103) >> 10) & 0x000F000F000F000F;
    words[i] = (pairs << 8) + tens * (1 - (10ull << 8));
  }
  const text_digits result = {words[0], words[1]};
  return result;
#endif
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
