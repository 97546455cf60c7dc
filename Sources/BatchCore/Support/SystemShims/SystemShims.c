#define _GNU_SOURCE
#include "SystemShims.h"
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/vfs.h>
#include <unistd.h>

static int argument_count;
static char **arguments;

// glibc hands to constructors what it hands to main.
__attribute__((constructor)) static void keep_arguments(int count, char **values) {
  argument_count = count;
  arguments = values;
}

const char *batchrun_argument(int index) {
  return index < argument_count ? arguments[index] : NULL;
}

void batchrun_start_writeback(int descriptor, long offset, long length) {
  (void)sync_file_range(descriptor, offset, length, SYNC_FILE_RANGE_WRITE);
}

void batchrun_name_thread(const char *name) { (void)pthread_setname_np(pthread_self(), name); }

void batchrun_limit_heaps(int count) {
  (void)mallopt(M_ARENA_MAX, count);
  (void)mallopt(M_MMAP_THRESHOLD, 128 << 10);
}

int batchrun_rename_if_absent(const char *old_name, const char *new_name) {
  return renameat2(AT_FDCWD, old_name, AT_FDCWD, new_name, RENAME_NOREPLACE);
}

// NFS_SUPER_MAGIC of statfs(2).
int batchrun_is_on_nfs(const char *path) {
  struct statfs system;
  return statfs(path, &system) == 0 && system.f_type == 0x6969;
}

struct library_search {
  int left;
  char *name;
  unsigned long size;
};

static int find_library(struct dl_phdr_info *info, size_t size, void *argument) {
  (void)size;
  struct library_search *search = argument;
  if (search->left-- > 0) return 0;
  const char *name = info->dlpi_name && info->dlpi_name[0] == '/' ? info->dlpi_name : "";
  snprintf(search->name, search->size, "%s", name);
  return 1;
}

int batchrun_loaded_library(int index, char *name, unsigned long size) {
  struct library_search search = {index, name, size};
  return dl_iterate_phdr(find_library, &search);
}

void batchrun_die_with_parent(void) { (void)prctl(PR_SET_PDEATHSIG, SIGKILL); }

int batchrun_start_thread(void *(*body)(void *), void *argument) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 8 << 20);
  sigset_t all, before;
  sigfillset(&all);
  // A fault is the thread's own: blocked, it would end the process past any handler.
  const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) sigdelset(&all, faults[i]);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  pthread_t thread;
  int result = pthread_create(&thread, &attributes, body, argument);
  pthread_sigmask(SIG_SETMASK, &before, 0);
  pthread_attr_destroy(&attributes);
  return result;
}

static void close_all(const int *descriptors, int count) {
  for (int i = 0; i < count; i++)
    if (descriptors[i] >= 0) close(descriptors[i]);
}

int batchrun_spawn(const char *path, char *const argv[], char *const envp[], int *pid,
                   int *standard_input, int *standard_output, int *standard_error) {
  int ends[5] = {-1, -1, -1, -1, -1};
  if (pipe2(ends, O_CLOEXEC) || pipe2(ends + 2, O_CLOEXEC) ||
      (ends[4] = memfd_create("stderr", MFD_CLOEXEC)) < 0) {
    int error = errno;
    close_all(ends, 5);
    return error;
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[0], 0);
  posix_spawn_file_actions_adddup2(&actions, ends[3], 1);
  posix_spawn_file_actions_adddup2(&actions, ends[4], 2);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, defaults;
  sigemptyset(&none);
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t child = 0;
  int result = posix_spawn(&child, path, &actions, &attributes, argv, envp);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[0]);
  close(ends[3]);
  if (result) {
    int rest[3] = {ends[1], ends[2], ends[4]};
    close_all(rest, 3);
    return result;
  }
  *pid = child;
  *standard_input = ends[1];
  *standard_output = ends[2];
  *standard_error = ends[4];
  return 0;
}
