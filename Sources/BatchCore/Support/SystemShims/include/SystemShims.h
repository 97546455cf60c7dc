#pragma once
// System calls that Swift cannot call: GNU extensions hidden without _GNU_SOURCE, and variadic ones.

/// Asks the kernel to start writing a range of a file to the disk, without waiting.
void batchrun_start_writeback(int descriptor, long offset, long length);

/// Names the calling thread, for debuggers and `top -H`.
void batchrun_name_thread(const char *name);

/// Has malloc keep no more than so many heaps for all threads together, and long blocks outside of them,
/// where they go back to the system; before the threads begin.
void batchrun_limit_heaps(int count);

/// Has the kernel send SIGKILL to this process when its parent dies.
void batchrun_die_with_parent(void);

/// Starts a detached thread with a stack of 8 MiB and every signal but its own faults blocked; zero or
/// an error number.
int batchrun_start_thread(void *(*body)(void *), void *argument);

/// Starts `path` with its standard input and output as pipes and its standard error in an unnamed
/// file. All descriptors close on exec. Zero or an error number.
int batchrun_spawn(const char *path, char *const argv[], char *const envp[], int *pid,
                   int *standard_input, int *standard_output, int *standard_error);
