#pragma once

/// Has a crash of this process, such as a segmentation fault in an encoder, start the program anew in
/// its place: the same process, words and environment.
///
/// What was under way at a crash is known from the run directory and runs alone in a child process then.
/// After five times with the same video a crash ends the process.
///
/// - Returns: The number of the video at which the process was started anew; -1 for a first start.
int batchrun_restart_after_crash(int count, const char *const *words);

/// Says which of the videos of the command is worked on now, counted from 0.
void batchrun_now_at_video(int number);
