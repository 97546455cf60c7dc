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
