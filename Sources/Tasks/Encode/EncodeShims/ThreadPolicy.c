#include "ThreadPolicy.h"

#include <dirent.h>
#include <sched.h>
#include <stdlib.h>

int batchrun_thread_policy(void) { return sched_getscheduler(0); }

void batchrun_restore_thread_policy(int policy) {
  DIR *list = opendir("/proc/self/task");
  if (!list) return;
  const struct sched_param ordinary = {0};
  for (struct dirent *entry; (entry = readdir(list));) {
    pid_t thread = atoi(entry->d_name);  // 0 for "." and ".."
    if (thread > 0 && sched_getscheduler(thread) == SCHED_FIFO)
      sched_setscheduler(thread, policy, &ordinary);
  }
  closedir(list);
}
