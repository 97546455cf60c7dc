#pragma once
// Memory of one page: what libxml2 allocates while it reads the page comes from here and is forgotten
// all at once. A tree has thousands of small nodes, and freeing them one by one, on many threads,
// took a fifth of the time and left the memory in pieces.
//
// A heap is used by one thread at a time. What libxml2 allocates while no heap is entered comes from
// malloc, and may be freed at any time.
struct batchrun_heap;

/// Has libxml2 allocate through this file; before anything else of it is used.
void batchrun_heap_install(void);

/// NULL when memory is short.
struct batchrun_heap *batchrun_heap_new(void);
void batchrun_heap_free(struct batchrun_heap *heap);
/// Forgets all that was allocated in it.
void batchrun_heap_clear(struct batchrun_heap *heap);

/// Has this thread allocate in `heap`; gives the one that was entered before, to be entered again.
struct batchrun_heap *batchrun_heap_enter(struct batchrun_heap *heap);
