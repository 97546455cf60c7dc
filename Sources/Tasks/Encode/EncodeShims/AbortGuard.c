#define _GNU_SOURCE
#include "AbortGuard.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <unistd.h>

static _Thread_local sigjmp_buf place;
static _Thread_local volatile sig_atomic_t is_guarded;
static struct sigaction others;
static pthread_once_t once = PTHREAD_ONCE_INIT;

// abort() lets a handler leave by a jump (POSIX, XSH 3, abort): only C is between here and the guard. A
// signal from another process is for all of this one, whichever thread it meets.
static void on_abort(int number, siginfo_t *info, void *state) {
  (void)state;
  if (is_guarded && info->si_code == SI_TKILL && info->si_pid == getpid()) {
    is_guarded = 0;
    siglongjmp(place, 1);
  }
  if (others.sa_handler != SIG_DFL && others.sa_handler != SIG_IGN) others.sa_handler(number);
  signal(number, SIG_DFL);
  raise(number);
}

static void install(void) {
  struct sigaction action = {.sa_sigaction = on_abort, .sa_flags = SA_NODEFER | SA_SIGINFO};
  sigemptyset(&action.sa_mask);
  sigaction(SIGABRT, &action, &others);
}

// Takes a packet where there is room for one, else hands over a frame.
static int guarded(AVCodecContext *context, const AVFrame *frame, AVPacket *packet, bool *aborted) {
  pthread_once(&once, install);
  if (sigsetjmp(place, 1)) {
    *aborted = true;
    return AVERROR_EXTERNAL;
  }
  is_guarded = 1;
  int result =
      packet ? avcodec_receive_packet(context, packet) : avcodec_send_frame(context, frame);
  is_guarded = 0;
  return result;
}

int batchrun_guarded_send(AVCodecContext *context, const AVFrame *frame, bool *aborted) {
  return guarded(context, frame, 0, aborted);
}

int batchrun_guarded_receive(AVCodecContext *context, AVPacket *packet, bool *aborted) {
  return guarded(context, 0, packet, aborted);
}
