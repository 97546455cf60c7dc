#pragma once

#include <libavcodec/avcodec.h>
#include <stdbool.h>

#pragma clang assume_nonnull begin

/// Hands a picture to an encoder that works in the calling thread, and survives a call of `abort` in it,
/// such as an assertion makes.
///
/// After an abort nothing but the freeing of the context may follow.
///
/// - Parameter aborted: Set to true by an abort, and not changed otherwise.
/// - Returns: As `avcodec_send_frame`, and `AVERROR_EXTERNAL` after an abort.
int batchrun_guarded_send(
  AVCodecContext *context, const AVFrame *_Nullable frame, bool *aborted);

/// Takes a packet from such an encoder, in the same way.
int batchrun_guarded_receive(AVCodecContext *context, AVPacket *packet, bool *aborted);

#pragma clang assume_nonnull end
