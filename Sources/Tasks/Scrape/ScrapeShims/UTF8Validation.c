// Validation of UTF-8, 64 bytes at a time.
//
// Three table look-ups by nibble classify each pair of neighbouring bytes; what is left to check is
// that the third and fourth bytes of long sequences are continuations. After "Validating UTF-8 in less
// than one instruction per byte", Keiser and Lemire 2020, section 6.
#include "TextShims.h"

#include <string.h>

// MARK: - One character at a time

static inline int is_continuation(uint8_t byte) { return (byte & 0xC0) == 0x80; }

// The length of the valid character at the start, 0 when there is none or it is NUL.
static inline size_t character_length(const uint8_t *p, size_t count) {
  uint8_t lead = p[0];
  if (lead < 0x80) return lead != 0;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  if (lead < 0xE0) return count >= 2 && is_continuation(p[1]) ? 2 : 0;
  uint8_t low = 0x80, high = 0xBF;
  if (lead == 0xE0) low = 0xA0;
  if (lead == 0xED) high = 0x9F;
  if (lead == 0xF0) low = 0x90;
  if (lead == 0xF4) high = 0x8F;
  if (count < 3 || p[1] < low || p[1] > high || !is_continuation(p[2])) return 0;
  if (lead < 0xF0) return 3;
  return count >= 4 && is_continuation(p[3]) ? 4 : 0;
}

static size_t scalar_prefix(const uint8_t *p, size_t from, size_t count) {
  size_t i = from;
  while (i < count) {
    size_t length = character_length(p + i, count - i);
    if (length == 0) break;
    i += length;
  }
  return i;
}

// MARK: - Sixteen bytes at a time

#if defined(__x86_64__)
#include <tmmintrin.h>
#define VECTOR 1
#define KERNEL __attribute__((target("ssse3")))
typedef __m128i v16;
#define LOAD(p) _mm_loadu_si128((const __m128i *)(p))
#define OR(a, b) _mm_or_si128(a, b)
#define AND(a, b) _mm_and_si128(a, b)
#define XOR(a, b) _mm_xor_si128(a, b)
#define SPLAT(x) _mm_set1_epi8((char)(x))
#define LOOKUP(table, index) _mm_shuffle_epi8(table, index)
#define HIGH_NIBBLE(a) AND(_mm_srli_epi16(a, 4), SPLAT(0x0F))
#define SATURATING_SUB(a, b) _mm_subs_epu8(a, b)
#define IS_ZERO(a) _mm_cmpeq_epi8(a, _mm_setzero_si128())
#define ANY_HIGH_BIT(a) (_mm_movemask_epi8(a) != 0)
#define ANY_BIT(a) (_mm_movemask_epi8(IS_ZERO(a)) != 0xFFFF)
#define SHIFTED(now, before, n) _mm_alignr_epi8(now, before, 16 - (n))
static int has_vectors(void) { return __builtin_cpu_supports("ssse3"); }
#elif defined(__aarch64__)
#include <arm_neon.h>
#define VECTOR 1
#define KERNEL
typedef uint8x16_t v16;
#define LOAD(p) vld1q_u8(p)
#define OR(a, b) vorrq_u8(a, b)
#define AND(a, b) vandq_u8(a, b)
#define XOR(a, b) veorq_u8(a, b)
#define SPLAT(x) vdupq_n_u8((uint8_t)(x))
#define LOOKUP(table, index) vqtbl1q_u8(table, index)
#define HIGH_NIBBLE(a) vshrq_n_u8(a, 4)
#define SATURATING_SUB(a, b) vqsubq_u8(a, b)
#define IS_ZERO(a) vceqzq_u8(a)
#define ANY_HIGH_BIT(a) (vmaxvq_u8(a) >= 0x80)
#define ANY_BIT(a) (vmaxvq_u8(a) != 0)
#define SHIFTED(now, before, n) vextq_u8(before, now, 16 - (n))
static int has_vectors(void) { return 1; }
#endif

#ifdef VECTOR

// What a pair of bytes can be wrong in; a bit survives the three look-ups only when all agree on it.
enum {
  TOO_SHORT = 1,       // a lead that is not followed by a continuation
  TOO_LONG = 2,        // an ASCII byte followed by a continuation
  OVERLONG_3 = 4,      // E0 80..9F
  TOO_LARGE = 8,       // F4 90..BF, F5.. and more
  SURROGATE = 16,      // ED A0..BF
  OVERLONG_2 = 32,     // C0, C1
  TOO_LARGE_1000 = 64, // F5..FF 80..8F
  OVERLONG_4 = 64,     // F0 80..8F
  TWO_CONTS = 128,     // two continuations, right only in a longer sequence
  CARRY = TOO_SHORT | TOO_LONG | TWO_CONTS
};

static const uint8_t first_high[16] = {
    TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
    TWO_CONTS, TWO_CONTS, TWO_CONTS, TWO_CONTS,
    TOO_SHORT | OVERLONG_2, TOO_SHORT, TOO_SHORT | OVERLONG_3 | SURROGATE,
    TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4};

static const uint8_t first_low[16] = {
    CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4, CARRY | OVERLONG_2, CARRY, CARRY,
    CARRY | TOO_LARGE, CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000 | SURROGATE, CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000};

static const uint8_t second_high[16] = {
    TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
    TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4,
    TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE,
    TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE,
    TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE,
    TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT};

// The leads that must not stand so close to the end of a vector.
static const uint8_t last_leads[16] = {255, 255, 255, 255, 255, 255, 255, 255,
                                       255, 255, 255, 255, 255, 0xEF, 0xDF, 0xBF};

KERNEL static inline v16 errors_of(v16 now, v16 before) {
  v16 one_back = SHIFTED(now, before, 1);
  v16 nibbles = SPLAT(0x0F);
  v16 pair = AND(
      AND(LOOKUP(LOAD(first_high), HIGH_NIBBLE(one_back)),
          LOOKUP(LOAD(first_low), AND(one_back, nibbles))),
      LOOKUP(LOAD(second_high), HIGH_NIBBLE(now)));
  v16 third = SATURATING_SUB(SHIFTED(now, before, 2), SPLAT(0xE0 - 0x80));
  v16 fourth = SATURATING_SUB(SHIFTED(now, before, 3), SPLAT(0xF0 - 0x80));
  return XOR(AND(OR(third, fourth), SPLAT(0x80)), pair);
}

// The end of the last block of 64 bytes that, with all before it, shows no error and no NUL.
KERNEL static size_t vector_prefix(const uint8_t *p, size_t count) {
  v16 before = SPLAT(0), open = SPLAT(0);
  size_t i = 0;
  for (; i + 64 <= count; i += 64) {
    v16 a = LOAD(p + i), b = LOAD(p + i + 16), c = LOAD(p + i + 32), d = LOAD(p + i + 48);
    v16 zeros = OR(OR(IS_ZERO(a), IS_ZERO(b)), OR(IS_ZERO(c), IS_ZERO(d)));
    if (!ANY_HIGH_BIT(OR(OR(a, b), OR(c, d)))) {
      if (ANY_BIT(OR(open, zeros))) break;
      before = d;
      continue;
    }
    v16 errors = OR(
        OR(errors_of(a, before), errors_of(b, a)), OR(errors_of(c, b), errors_of(d, c)));
    if (ANY_BIT(OR(errors, zeros))) break;
    before = d;
    open = SATURATING_SUB(d, LOAD(last_leads));
  }
  return i;
}
#endif

size_t batchrun_utf8_valid_prefix(const uint8_t *bytes, size_t count) {
  size_t start = 0;
#ifdef VECTOR
  if (count >= 64 && has_vectors()) {
    start = vector_prefix(bytes, count);
    // The last character of a good block may continue in the next one: look at it again, whole.
    for (size_t back = 0; back < 3 && start > 0 && is_continuation(bytes[start - 1]); back++) start--;
    // C0 and C1 too: nothing in their own block tells that they are no leads.
    if (start > 0 && bytes[start - 1] >= 0xC0) start--;
  }
#endif
  return scalar_prefix(bytes, start, count);
}
