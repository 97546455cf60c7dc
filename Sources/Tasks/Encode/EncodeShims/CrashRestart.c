#define _GNU_SOURCE
#include "CrashRestart.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// How often one video may be taken up again; a crash that is no chunk's would repeat for ever.
enum { most_restarts = 5 };

static const char variable[] = "BATCHRUN_ENCODE_RESTART=";
static char entry[80];
static char **command, **environment;
static atomic_int current_video;
static int restarted_video = -1, restarts;
static atomic_flag is_restarting = ATOMIC_FLAG_INIT;

static char *append(char *to, const char *text) {
  while (*text) *to++ = *text++;
  return to;
}

static char *append_number(char *to, int number) {
  if (number >= 10) to = append_number(to, number / 10);
  *to++ = (char)('0' + number % 10);
  return to;
}

// Only calls that are safe in a signal handler (POSIX, XSH 2.4.3).
static void on_crash(int number) {
  // The thread that came first replaces the process; this one ends with it.
  while (atomic_flag_test_and_set(&is_restarting)) pause();
  int video = atomic_load(&current_video);
  int count = video == restarted_video ? restarts + 1 : 1;
  if (count <= most_restarts) {
    char *end = append_number(append(entry, variable), video);
    *end++ = ':';
    *append_number(end, count) = 0;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, 0);
    execve("/proc/self/exe", command, environment);
  }
  signal(number, SIG_DFL);
  raise(number);
}

int batchrun_restart_after_crash(int count, const char *const *words) {
  const char *value = getenv("BATCHRUN_ENCODE_RESTART");
  if (value && sscanf(value, "%d:%d", &restarted_video, &restarts) != 2) restarted_video = -1;
  int variables = 0;
  while (environ[variables]) variables++;
  command = calloc((size_t)count + 1, sizeof *command);
  environment = calloc((size_t)variables + 2, sizeof *environment);
  if (!command || !environment) return restarted_video;
  for (int i = 0; i < count; i++) command[i] = strdup(words[i]);
  int kept = 0;
  for (int i = 0; i < variables; i++)
    if (strncmp(environ[i], variable, sizeof variable - 1)) environment[kept++] = strdup(environ[i]);
  environment[kept] = entry;
  struct sigaction action = {.sa_handler = on_crash, .sa_flags = SA_NODEFER};
  sigfillset(&action.sa_mask);
  const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};
  for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) {
    sigdelset(&action.sa_mask, crashes[i]);
    sigaction(crashes[i], &action, 0);
  }
  return restarted_video;
}

void batchrun_now_at_video(int number) { atomic_store(&current_video, number); }
