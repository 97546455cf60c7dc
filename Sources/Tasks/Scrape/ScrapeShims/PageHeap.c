#define _GNU_SOURCE
#include "PageHeap.h"

#include <libxml/xmlmemory.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

// Layout. Every block that libxml2 gets has a header of eight bytes in front, and is aligned to 16 bytes.
// Blocks of up to 16 kB are cut from chunks; freed ones wait in a list by size. Longer ones are
// malloc's, in a list of their own.
enum {
  chunk_bytes = 64 << 10,
  /// Chunks that wait for the next page, of all threads together.
  most_idle = 64,
  longest_fine = 1024,
  longest_cut = 16 << 10,
  /// One for each multiple of 16 bytes, then one for each power of two.
  fine_classes = longest_fine / 16,
  classes = fine_classes + 4,
};

struct header {
  /// Bytes of the block, header included; 0 for one of malloc's.
  uint32_t size;
  /// The number that its heap had at the time; 0 for none.
  uint32_t owner;
};

struct free_block {
  struct free_block *next;
};

struct chunk {
  struct chunk *next;
  uint64_t padding;
};

/// What stands in front of a long block: the list, its length, and the usual header.
struct large {
  struct large *next, *previous;
  size_t bytes;
  struct header header;
};

struct batchrun_heap {
  uint32_t number;
  char *place, *end;
  struct chunk *chunks;
  struct large large;
  struct free_block *idle[classes];
};

static _Thread_local struct batchrun_heap *current;

// MARK: - Chunks

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct chunk *idle_chunks;
static int idle_count;

static struct chunk *take_chunk(void) {
  pthread_mutex_lock(&lock);
  struct chunk *chunk = idle_chunks;
  if (chunk) {
    idle_chunks = chunk->next;
    idle_count--;
  }
  pthread_mutex_unlock(&lock);
  if (chunk) return chunk;
  void *memory =
      mmap(NULL, chunk_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

static void give_back(struct chunk *chunk) {
  pthread_mutex_lock(&lock);
  int is_kept = idle_count < most_idle;
  if (is_kept) {
    chunk->next = idle_chunks;
    idle_chunks = chunk;
    idle_count++;
  }
  pthread_mutex_unlock(&lock);
  if (!is_kept) munmap(chunk, chunk_bytes);
}

// MARK: - Blocks

static struct header *header_of(void *block) { return (struct header *)block - 1; }

/// The list for blocks of a size, and the size that its blocks have at least.
static int class_of(size_t *size) {
  if (*size <= longest_fine) {
    *size = (*size + 15) & ~(size_t)15;
    return (int)(*size / 16) - 1;
  }
  int class = fine_classes;
  size_t rounded = 2 * longest_fine;
  while (rounded < *size) {
    rounded *= 2;
    class++;
  }
  *size = rounded;
  return class;
}

static void *cut(struct batchrun_heap *heap, size_t size) {
  if ((size_t)(heap->end - heap->place) < size) {
    struct chunk *chunk = take_chunk();
    if (!chunk) return NULL;
    chunk->next = heap->chunks;
    heap->chunks = chunk;
    // Headers stand eight bytes before a multiple of sixteen, and so do blocks' ends.
    heap->place = (char *)(chunk + 1) + 8;
    heap->end = (char *)chunk + chunk_bytes - 8;
  }
  struct header *header = (struct header *)heap->place;
  heap->place += size;
  header->size = (uint32_t)size;
  header->owner = heap->number;
  return header + 1;
}

static void *allocate_large(struct batchrun_heap *heap, size_t count) {
  if (count > SIZE_MAX - sizeof(struct large)) return NULL;
  struct large *large = malloc(sizeof(struct large) + count);
  if (!large) return NULL;
  large->bytes = count;
  large->header = (struct header){0, heap->number};
  large->next = heap->large.next;
  large->previous = &heap->large;
  large->next->previous = large;
  heap->large.next = large;
  return large + 1;
}

static struct large *large_of(void *block) { return (struct large *)block - 1; }

static void unlink_large(struct large *large) {
  large->previous->next = large->next;
  large->next->previous = large->previous;
}

// MARK: - What libxml2 calls

static void *plain(size_t count) {
  if (count > SIZE_MAX - 16) return NULL;
  char *memory = malloc(count + 16);
  if (!memory) return NULL;
  *((struct header *)memory + 1) = (struct header){0, 0};
  return memory + 16;
}

static void *allocate(size_t count) {
  struct batchrun_heap *heap = current;
  if (!heap) return plain(count);
  if (count > longest_cut - sizeof(struct header)) return allocate_large(heap, count);
  size_t size = count + sizeof(struct header);
  int class = class_of(&size);
  struct free_block *found = heap->idle[class];
  if (!found) return cut(heap, size);
  heap->idle[class] = found->next;
  return found;
}

/// What belongs to another heap, or to a page before, goes with it.
static void release(void *block) {
  if (!block) return;
  struct header *header = header_of(block);
  struct batchrun_heap *heap = current;
  if (header->owner == 0) return free((char *)block - 16);
  if (!heap || header->owner != heap->number) return;
  if (header->size == 0) {
    unlink_large(large_of(block));
    return free(large_of(block));
  }
  size_t size = header->size;
  struct free_block *freed = block;
  int class = class_of(&size);
  freed->next = heap->idle[class];
  heap->idle[class] = freed;
}

static size_t room_in(void *block) {
  struct header *header = header_of(block);
  return header->size > 0 ? header->size - sizeof(struct header) : large_of(block)->bytes;
}

static void *reallocate(void *block, size_t count) {
  if (!block) return allocate(count);
  struct header *header = header_of(block);
  if (header->owner == 0) {
    if (count > SIZE_MAX - 16) return NULL;
    char *memory = realloc((char *)block - 16, count + 16);
    return memory ? memory + 16 : NULL;
  }
  size_t room = room_in(block);
  if (count <= room) return block;
  struct batchrun_heap *heap = current;
  if (heap && header->size == 0 && header->owner == heap->number) {
    if (count > SIZE_MAX - sizeof(struct large)) return NULL;
    struct large *moved = realloc(large_of(block), sizeof(struct large) + count);
    if (!moved) return NULL;
    moved->bytes = count;
    moved->next->previous = moved;
    moved->previous->next = moved;
    return moved + 1;
  }
  void *larger = allocate(count);
  if (!larger) return NULL;
  memcpy(larger, block, room);
  release(block);
  return larger;
}

static char *duplicate(const char *text) {
  size_t count = strlen(text) + 1;
  char *copy = allocate(count);
  return copy ? memcpy(copy, text, count) : NULL;
}

static void install(void) { xmlMemSetup(release, allocate, reallocate, duplicate); }

void batchrun_heap_install(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, install);
}

// MARK: - Heaps

/// No two pages have the same number, so that a block of a page before is never taken for one of this.
static uint32_t next_number(void) {
  static atomic_uint last;
  uint32_t number;
  do { number = atomic_fetch_add(&last, 1) + 1; } while (number == 0);
  return number;
}

struct batchrun_heap *batchrun_heap_new(void) {
  struct batchrun_heap *heap = calloc(1, sizeof(struct batchrun_heap));
  if (!heap) return NULL;
  heap->large.next = heap->large.previous = &heap->large;
  heap->number = next_number();
  return heap;
}

void batchrun_heap_clear(struct batchrun_heap *heap) {
  while (heap->large.next != &heap->large) {
    struct large *large = heap->large.next;
    unlink_large(large);
    free(large);
  }
  while (heap->chunks) {
    struct chunk *chunk = heap->chunks;
    heap->chunks = chunk->next;
    give_back(chunk);
  }
  heap->place = heap->end = NULL;
  memset(heap->idle, 0, sizeof heap->idle);
  heap->number = next_number();
}

void batchrun_heap_free(struct batchrun_heap *heap) {
  if (!heap) return;
  batchrun_heap_clear(heap);
  free(heap);
}

struct batchrun_heap *batchrun_heap_enter(struct batchrun_heap *heap) {
  struct batchrun_heap *before = current;
  current = heap;
  return before;
}
