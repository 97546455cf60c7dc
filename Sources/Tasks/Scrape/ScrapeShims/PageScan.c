// For memrchr.
#define _GNU_SOURCE
#include "PageScan.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// The filter is the one of Hyperscan's "Teddy", as ripgrep uses it: the three rarest bytes in a row of
// each literal put it in one of eight buckets, and two nibble tables for each of the three places tell which
// buckets a byte may belong to. Candidates are then compared in full.

enum { longest = 63, buckets = 8, places = 3, longest_tag = 2048 };

typedef struct {
  uint8_t bytes[longest + 1];
  uint8_t count;
  uint8_t group;
  uint8_t surroundings;
  /// Where the three bytes of the filter stand in it.
  uint8_t anchor;
} literal;

struct batchrun_literals {
  uint8_t low[places][16];
  uint8_t high[places][16];
  /// The same filter, for one byte.
  uint8_t exact[places][256];
  literal *bucket[buckets];
  int count[buckets];
  uint64_t groups[buckets];
};

static uint8_t lower(uint8_t byte) { return byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte; }
static int is_letter(uint8_t byte) { return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z'; }
static int is_blank(uint8_t byte) { return byte == ' ' || (byte >= 9 && byte <= 13); }
static int is_quote(uint8_t byte) { return byte == '"' || byte == '\''; }

batchrun_literals *batchrun_literals_new(void) { return calloc(1, sizeof(batchrun_literals)); }

void batchrun_literals_free(batchrun_literals *literals) {
  for (int bucket = 0; bucket < buckets; bucket++) free(literals->bucket[bucket]);
  free(literals);
}

/// The bucket of the literals of the same group, otherwise the one with the fewest.
static int choose_bucket(const batchrun_literals *literals, int group) {
  int best = 0;
  for (int bucket = 0; bucket < buckets; bucket++) {
    for (int i = 0; i < literals->count[bucket]; i++)
      if (literals->bucket[bucket][i].group == group) return bucket;
    if (literals->count[bucket] < literals->count[best]) best = bucket;
  }
  return best;
}

/// How often a byte stands in English text and HTML, in tenths of a per cent, roughly.
static int frequency(uint8_t byte) {
  static const uint8_t letters[26] = {75, 15, 30, 38, 110, 22, 20, 55, 70, 2,  8,  40, 25,
                                      70, 72, 20, 1,  60,  65, 90, 28, 10, 22, 3, 18, 1};
  if (is_letter(byte)) return letters[lower(byte) - 'a'];
  if (byte == ' ') return 150;
  if (byte == '<' || byte == '"' || byte == '-' || byte == '/' || byte == '=') return 25;
  return 10;
}

static int rarest(const uint8_t *bytes, size_t count) {
  int best = 0, least = 1 << 30;
  for (size_t at = 0; at + places <= count; at++) {
    int product = frequency(bytes[at]) * frequency(bytes[at + 1]) * frequency(bytes[at + 2]);
    if (product < least) best = at, least = product;
  }
  return best;
}

static void admit(batchrun_literals *literals, int place, uint8_t byte, int bucket) {
  literals->low[place][byte & 15] |= 1 << bucket;
  literals->high[place][byte >> 4] |= 1 << bucket;
  literals->exact[place][byte] |= 1 << bucket;
}

int batchrun_literals_add(
    batchrun_literals *literals, const uint8_t *bytes, size_t count, int group, int surroundings) {
  if (count < places || count > longest) return 0;
  int bucket = choose_bucket(literals, group);
  literal *grown =
      realloc(literals->bucket[bucket], (literals->count[bucket] + 1) * sizeof(literal));
  if (!grown) return 0;
  literals->bucket[bucket] = grown;
  literal *added = &grown[literals->count[bucket]++];
  memset(added, 0, sizeof(*added));
  memcpy(added->bytes, bytes, count);
  added->count = count;
  added->group = group;
  added->surroundings = surroundings;
  added->anchor = rarest(bytes, count);
  for (int place = 0; place < places; place++) {
    uint8_t byte = bytes[added->anchor + place];
    admit(literals, place, byte, bucket);
    if (is_letter(byte)) admit(literals, place, byte & ~0x20, bucket);
  }
  literals->groups[bucket] |= (uint64_t)1 << group;
  return 1;
}

// MARK: - What stands around

/// Whether only digits, blanks and punctuation lie between `at` and a tag, in one direction.
static int reaches_tag(const uint8_t *bytes, size_t at, size_t count, int step, uint8_t tag) {
  for (int i = 0; i < 24 && at < count; i++, at += step) {
    uint8_t byte = bytes[at];
    if (byte == tag) return 1;
    // An entity: a blank more often than not.
    if (byte == (step < 0 ? ';' : '&')) return 1;
    if (is_letter(byte) || byte == '<' || byte == '>') return 0;
  }
  return 0;
}

/// Whether a place lies inside of a tag, as far as the next bracket before it tells.
static int is_in_tag(const uint8_t *bytes, size_t at) {
  size_t from = at > longest_tag ? at - longest_tag : 0;
  const uint8_t *open = memrchr(bytes + from, '<', at - from);
  return open && !memchr(open, '>', bytes + at - open);
}

static int stands_well(
    int surroundings, const uint8_t *bytes, size_t at, size_t end, size_t count) {
  uint8_t before = at > 0 ? bytes[at - 1] : ' ';
  uint8_t behind = end < count ? bytes[end] : ' ';
  int starts = is_blank(before) || is_quote(before) || before == '=';
  switch (surroundings) {
  case BATCHRUN_VALUE_START: return starts && is_in_tag(bytes, at);
  case BATCHRUN_VALUE:
    return starts && (is_blank(behind) || is_quote(behind) || behind == '>' || behind == '/') &&
           is_in_tag(bytes, at);
  case BATCHRUN_TAG: return is_blank(behind) || behind == '>' || behind == '/';
  case BATCHRUN_WHOLE_TEXT:
    return (at == 0 || reaches_tag(bytes, at - 1, count, -1, '>')) &&
           (end >= count || reaches_tag(bytes, end, count, 1, '<'));
  default: return 1;
  }
}

static int is_at(const literal *one, const uint8_t *bytes, size_t anchor, size_t count) {
  if (lower(bytes[anchor]) != one->bytes[one->anchor] || anchor < one->anchor) return 0;
  size_t at = anchor - one->anchor;
  if (at + one->count > count) return 0;
  for (size_t i = 0; i < one->count; i++)
    if (lower(bytes[at + i]) != one->bytes[i]) return 0;
  return stands_well(one->surroundings, bytes, at, at + one->count, count);
}

static uint64_t verify(
    const batchrun_literals *literals, unsigned candidates, const uint8_t *bytes, size_t anchor,
    size_t count) {
  uint64_t found = 0;
  while (candidates) {
    int bucket = __builtin_ctz(candidates);
    candidates &= candidates - 1;
    for (int i = 0; i < literals->count[bucket]; i++) {
      const literal *one = &literals->bucket[bucket][i];
      if (is_at(one, bytes, anchor, count)) found |= (uint64_t)1 << one->group;
    }
  }
  return found;
}

// MARK: - The scan

static uint64_t scan_bytes(
    const batchrun_literals *literals, unsigned open, const uint8_t *bytes, size_t from, size_t to,
    size_t count) {
  uint64_t found = 0;
  for (size_t at = from; at < to && at + places <= count; at++) {
    unsigned candidates = literals->exact[0][bytes[at]] & literals->exact[1][bytes[at + 1]] &
                          literals->exact[2][bytes[at + 2]] & open;
    if (candidates) found |= verify(literals, candidates, bytes, at, count);
  }
  return found;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static inline __m256i admitted(
    __m256i bytes, __m256i low, __m256i high) {
  __m256i nibble = _mm256_set1_epi8(15);
  __m256i lows = _mm256_shuffle_epi8(low, _mm256_and_si256(bytes, nibble));
  __m256i highs =
      _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble));
  return _mm256_and_si256(lows, highs);
}

__attribute__((target("avx2"))) static inline __m256i table(const uint8_t *sixteen) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)sixteen));
}

__attribute__((target("avx2"))) static uint64_t scan_avx2(
    const batchrun_literals *literals, unsigned open, const uint8_t *bytes, size_t from, size_t to,
    size_t count) {
  __m256i buckets_wanted = _mm256_set1_epi8((char)open);
  __m256i low0 = table(literals->low[0]), high0 = table(literals->high[0]);
  __m256i low1 = table(literals->low[1]), high1 = table(literals->high[1]);
  __m256i low2 = table(literals->low[2]), high2 = table(literals->high[2]);
  uint64_t found = 0;
  size_t at = from;
  for (; at + 32 <= to && at + 34 <= count; at += 32) {
    __m256i first = _mm256_loadu_si256((const __m256i *)(bytes + at));
    __m256i second = _mm256_loadu_si256((const __m256i *)(bytes + at + 1));
    __m256i third = _mm256_loadu_si256((const __m256i *)(bytes + at + 2));
    __m256i both = _mm256_and_si256(
        _mm256_and_si256(admitted(first, low0, high0), admitted(second, low1, high1)),
        _mm256_and_si256(admitted(third, low2, high2), buckets_wanted));
    unsigned mask = ~_mm256_movemask_epi8(_mm256_cmpeq_epi8(both, _mm256_setzero_si256()));
    if (!mask) continue;
    uint8_t candidates[32];
    _mm256_storeu_si256((__m256i *)candidates, both);
    for (; mask; mask &= mask - 1) {
      int place = __builtin_ctz(mask);
      const uint8_t *three = bytes + at + place;
      unsigned exact = candidates[place] & literals->exact[0][three[0]] &
                       literals->exact[1][three[1]] & literals->exact[2][three[2]];
      if (exact) found |= verify(literals, exact, bytes, at + place, count);
    }
  }
  return found | scan_bytes(literals, open, bytes, at, to, count);
}
#endif

uint64_t batchrun_scan(
    const batchrun_literals *literals, uint64_t wanted, const uint8_t *bytes, size_t from, size_t to,
    size_t count) {
  unsigned open = 0;
  for (int bucket = 0; bucket < buckets; bucket++)
    if (literals->groups[bucket] & wanted) open |= 1u << bucket;
  if (!open) return 0;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2"))
    return scan_avx2(literals, open, bytes, from, to, count) & wanted;
#endif
  return scan_bytes(literals, open, bytes, from, to, count) & wanted;
}

// MARK: - Single searches

static int begins(const uint8_t *bytes, const char *literal, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (lower(bytes[i]) != (uint8_t)literal[i]) return 0;
  return 1;
}

size_t batchrun_find(
    const uint8_t *bytes, size_t from, size_t to, const char *literal, size_t literal_count) {
  if (to < literal_count) return to;
  for (size_t at = from; at + literal_count <= to; at++)
    if (lower(bytes[at]) == (uint8_t)literal[0] && begins(bytes + at, literal, literal_count))
      return at;
  return to;
}

size_t batchrun_find_head_end(const uint8_t *bytes, size_t from, size_t to, size_t count) {
  size_t at = from;
  while (at < to) {
    const uint8_t *tag = memchr(bytes + at, '<', to - at);
    if (!tag) return to;
    at = tag - bytes;
    size_t left = count - at;
    if (at > from && left >= 6 && begins(tag, "<body", 5) && !is_letter(tag[5])) return at;
    if (left >= 7 && begins(tag, "</head>", 7) && at + 7 <= to) return at + 7;
    at++;
  }
  return to;
}

void batchrun_blank_page_ends(uint8_t *bytes, size_t from, size_t to, size_t count) {
  enum { length = 7 };
  for (size_t at = from; at < to && at + length <= count; at++) {
    uint8_t *slash = memchr(bytes + at, '/', to + 1 < count ? to + 1 - at : count - at);
    if (!slash) return;
    at = slash - bytes;
    if (at == 0 || at + length - 1 > count || at - 1 < from || slash[-1] != '<') continue;
    if (begins(slash, "/body>", 6) || begins(slash, "/html>", 6)) memset(slash - 1, ' ', length);
  }
}

void batchrun_blank_controls(uint8_t *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint8_t byte = bytes[i];
    uint8_t unwanted = (byte < 9) | (byte == 11) | ((byte > 13) & (byte < 32));
    bytes[i] = unwanted ? ' ' : byte;
  }
}
