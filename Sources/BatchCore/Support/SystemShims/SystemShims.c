#define _GNU_SOURCE
#include "SystemShims.h"
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>

void batchrun_start_writeback(int descriptor, long offset, long length) {
  (void)sync_file_range(descriptor, offset, length, SYNC_FILE_RANGE_WRITE);
}

void batchrun_name_thread(const char *name) { (void)pthread_setname_np(pthread_self(), name); }

void batchrun_die_with_parent(void) { (void)prctl(PR_SET_PDEATHSIG, SIGKILL); }

int batchrun_start_thread(void *(*body)(void *), void *argument) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 8 << 20);
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  pthread_t thread;
  int result = pthread_create(&thread, &attributes, body, argument);
  pthread_sigmask(SIG_SETMASK, &before, 0);
  pthread_attr_destroy(&attributes);
  return result;
}
