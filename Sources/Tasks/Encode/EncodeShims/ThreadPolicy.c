#define _GNU_SOURCE
#include "ThreadPolicy.h"

#include <dirent.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

int batchrun_thread_policy(void) { return sched_getscheduler(0); }

void batchrun_restore_thread_policy(int policy) {
  DIR *list = opendir("/proc/self/task");
  if (!list) return;
  const struct sched_param ordinary = {0};
  cpu_set_t cores, own;
  const bool knows_cores = sched_getaffinity(getpid(), sizeof cores, &cores) == 0;
  for (struct dirent *entry; (entry = readdir(list));) {
    pid_t thread = atoi(entry->d_name);  // 0 for "." and ".."
    if (thread <= 0) continue;
    if (sched_getscheduler(thread) == SCHED_FIFO) sched_setscheduler(thread, policy, &ordinary);
    if (knows_cores && sched_getaffinity(thread, sizeof own, &own) == 0 && !CPU_EQUAL(&cores, &own))
      sched_setaffinity(thread, sizeof cores, &cores);
  }
  closedir(list);
}
