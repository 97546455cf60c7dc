#pragma once
// What Swift cannot call in the FFmpeg libraries: macros, variadic functions, arrays within structs.
#include "AbortGuard.h"
#include "CrashRestart.h"
#include "KeptMemory.h"
#include "ThreadPolicy.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/audio_fifo.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/mastering_display_metadata.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>

/// Sends every warning and error of the libraries to `target` instead of standard error.
void batchrun_av_log_to(void (*target)(int level, const char *line));

// Macros that are expressions.
static inline int64_t batchrun_av_nopts(void) { return AV_NOPTS_VALUE; }
static inline int batchrun_averror_eof(void) { return AVERROR_EOF; }
static inline int batchrun_averror_again(void) { return AVERROR(EAGAIN); }
static inline int batchrun_averror_invalid(void) { return AVERROR_INVALIDDATA; }

// Arrays within structs, which Swift sees as tuples.
static inline int batchrun_sws_scale(
    struct SwsContext *scaler, const AVFrame *from, AVFrame *to) {
  return sws_scale(
      scaler, (const uint8_t *const *)from->data, from->linesize, 0, from->height, to->data,
      to->linesize);
}
static inline uint8_t *batchrun_plane(const AVFrame *frame, int plane) { return frame->data[plane]; }
static inline int batchrun_line_bytes(const AVFrame *frame, int plane) {
  return frame->linesize[plane];
}
static inline int batchrun_copy_image(uint8_t *to, int size, const AVFrame *frame) {
  return av_image_copy_to_buffer(
      to, size, (const uint8_t *const *)frame->data, frame->linesize, frame->format, frame->width,
      frame->height, 1);
}
static inline int batchrun_swr_convert(
    SwrContext *resampler, AVFrame *to, int room, const AVFrame *from) {
  return swr_convert(
      resampler, to->extended_data, room, from ? (const uint8_t **)from->extended_data : NULL,
      from ? from->nb_samples : 0);
}
static inline int batchrun_fifo_write(AVAudioFifo *queue, AVFrame *frame) {
  return av_audio_fifo_write(queue, (void **)frame->extended_data, frame->nb_samples);
}
static inline int batchrun_fifo_read(AVAudioFifo *queue, AVFrame *frame) {
  return av_audio_fifo_read(queue, (void **)frame->extended_data, frame->nb_samples);
}
static inline void batchrun_set_silence(AVFrame *frame) {
  av_samples_set_silence(
      frame->extended_data, 0, frame->nb_samples, frame->ch_layout.nb_channels, frame->format);
}
static inline AVRational batchrun_primary(
    const AVMasteringDisplayMetadata *data, int color, int axis) {
  return color < 3 ? data->display_primaries[color][axis] : data->white_point[axis];
}
