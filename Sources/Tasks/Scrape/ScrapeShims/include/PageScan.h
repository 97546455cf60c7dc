#pragma once
// A search for many short literals at once, at the speed of memory: a page is parsed only where one
// of them occurs.
#include <stddef.h>
#include <stdint.h>

/// What has to stand around a literal for it to count.
enum {
  BATCHRUN_ANYWHERE = 0,
  /// Inside of a tag, with a blank, a quote or `=` before it: the beginning of an attribute's value or of a class.
  BATCHRUN_VALUE_START = 1,
  /// The same, and a blank, a quote, `>` or `/` behind it: all of a value or of a class.
  BATCHRUN_VALUE = 2,
  /// A blank, `>` or `/` behind it: `<h1` as a tag.
  BATCHRUN_TAG = 3,
  /// Nothing but it between two tags, but for digits and punctuation.
  BATCHRUN_WHOLE_TEXT = 4,
};

typedef struct batchrun_literals batchrun_literals;

batchrun_literals *batchrun_literals_new(void);
void batchrun_literals_free(batchrun_literals *literals);
/// Adds a literal of at least 3 bytes, in lower case; finding it sets the bit `group`, below 64.
/// Returns 0 when it is too short, too long or memory is short.
int batchrun_literals_add(
    batchrun_literals *literals, const uint8_t *bytes, size_t count, int group, int surroundings);

/// The groups of the literals in `bytes` whose rarest bytes begin in [from, to), without regard to ASCII
/// case.
///
/// Only groups in `wanted` are looked for, and the fewer they are, the faster.
/// `count` is how many bytes there are in all: what stands around a literal may lie outside of the range.
uint64_t batchrun_scan(
    const batchrun_literals *literals, uint64_t wanted, const uint8_t *bytes, size_t from, size_t to,
    size_t count);

/// Where `literal`, in lower case, begins first in [from, to), or `to`.
size_t batchrun_find(
    const uint8_t *bytes, size_t from, size_t to, const char *literal, size_t literal_count);

/// Where the head ends in [from, to): before `<body` or behind `</head>`; `to` when it does not.
size_t batchrun_find_head_end(const uint8_t *bytes, size_t from, size_t to, size_t count);

/// Replaces `</body>` and `</html>` that begin in [from, to) by blanks.
///
/// Browsers take what follows them for a part of the body; libxml2 stops there.
void batchrun_blank_page_ends(uint8_t *bytes, size_t from, size_t to, size_t count);

/// Replaces control characters that no page means, NUL above all, by blanks.
void batchrun_blank_controls(uint8_t *bytes, size_t count);
