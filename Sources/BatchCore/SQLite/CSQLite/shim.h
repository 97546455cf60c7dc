#pragma once
#include <sqlite3.h>

// A macro that casts an integer to a function pointer; Swift cannot import it.
static inline sqlite3_destructor_type batchrun_sqlite_transient(void) { return SQLITE_TRANSIENT; }
