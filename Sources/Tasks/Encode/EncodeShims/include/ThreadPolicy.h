#pragma once

/// The policy by which the calling thread is scheduled, as `sched_getscheduler` gives it.
int batchrun_thread_policy(void);

/// Gives all threads of this process that are real-time ones this policy, which the calling thread had
/// before, nothing when that is a real-time one itself; and keeps all on the cores of the first thread.
///
/// SVT-AV1 1.4, run by root, makes the thread that opens it and those it starts real-time ones of the
/// highest priority. Nothing else on the machine would get a core beside them, and Linux halts them for
/// 50 ms of each second (man 7 sched). Another thread that opens one may be made ordinary meanwhile, but
/// not those it starts then: each restores all. x265 lets its own threads run on every core of the machine,
/// whatever `taskset` or a scheduler of jobs gave the program.
void batchrun_restore_thread_policy(int policy);
