#pragma once
// System calls that Swift cannot call: GNU extensions hidden without _GNU_SOURCE, and variadic ones.

/// An argument of this process, the name of the program being number zero; null behind the last.
const char *batchrun_argument(int index);

/// Asks the kernel to start writing a range of a file to the disk, without waiting.
void batchrun_start_writeback(int descriptor, long offset, long length);

/// Names the calling thread, for debuggers and `top -H`.
void batchrun_name_thread(const char *name);

/// Has malloc keep no more than so many heaps for all threads together, and long blocks outside of them,
/// where they go back to the system; before the threads begin.
void batchrun_limit_heaps(int count);

/// Renames a file unless another has the new name; zero, or -1 with errno.
int batchrun_rename_if_absent(const char *old_name, const char *new_name);

/// Whether the file or directory is on a file system that NFS shares.
int batchrun_is_on_nfs(const char *path);

/// Copies the name by which the library number `index` was loaded into this process, counted from zero;
/// false when there are no more. The names of the program itself and of what has no file are empty.
int batchrun_loaded_library(int index, char *name, unsigned long size);

/// Has the kernel send SIGKILL to this process when its parent dies.
void batchrun_die_with_parent(void);

/// Starts a detached thread with a stack of 8 MiB and every signal but its own faults blocked; zero or
/// an error number.
int batchrun_start_thread(void *(*body)(void *), void *argument);

/// Starts `path` with its standard input and output as pipes and its standard error in an unnamed
/// file. All descriptors close on exec. Zero or an error number.
int batchrun_spawn(const char *path, char *const argv[], char *const envp[], int *pid,
                   int *standard_input, int *standard_output, int *standard_error);
