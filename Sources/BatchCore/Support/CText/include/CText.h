// What Swift cannot say, or cannot make fast, about text: constant tables, the C library's strtod in the C
// locale, a byte-equality mask of 64 bytes, and sixteen digits at once.
#ifndef CTEXT_H
#define CTEXT_H

#include <stdint.h>

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

/// The digits of two numbers below 10^8, without the ASCII offset; first digit in the lowest byte.
typedef struct {
  uint64_t upper;
  uint64_t lower;
} text_digits;

/// Both numbers at once: quotient and remainder by 10^4, then by 100, then by 10, in lanes ever narrower.
static inline text_digits text_sixteen_digits(uint64_t upper, uint64_t lower) {
#if defined(__SSE2__)
  const __m128i both = _mm_set_epi64x((long long)lower, (long long)upper);
  const __m128i fours = _mm_srli_epi64(_mm_mul_epu32(both, _mm_set1_epi64x(3518437209)), 45);
  const __m128i rest = _mm_sub_epi32(both, _mm_mul_epu32(fours, _mm_set1_epi64x(10000)));
  const __m128i halves = _mm_or_si128(fours, _mm_slli_epi64(rest, 32));
  const __m128i hundreds = _mm_srli_epi16(_mm_mulhi_epu16(halves, _mm_set1_epi16(5243)), 3);
  const __m128i twos = _mm_sub_epi16(halves, _mm_mullo_epi16(hundreds, _mm_set1_epi16(100)));
  const __m128i pairs = _mm_or_si128(hundreds, _mm_slli_epi32(twos, 16));
  const __m128i tens = _mm_mulhi_epu16(pairs, _mm_set1_epi16(6554));
  const __m128i ones = _mm_sub_epi16(pairs, _mm_mullo_epi16(tens, _mm_set1_epi16(10)));
  const __m128i digits = _mm_or_si128(tens, _mm_slli_epi16(ones, 8));
  const text_digits result = {
      (uint64_t)_mm_cvtsi128_si64(digits),
      (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(digits, digits)),
  };
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
