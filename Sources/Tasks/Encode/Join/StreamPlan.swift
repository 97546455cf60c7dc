internal import CFFmpeg
internal import EncodeOptions

/// What becomes of each stream of a file besides the video that is encoded.
package struct StreamPlan: Sendable, Equatable {
  package enum Fate: Sendable, Equatable {
    case copied
    /// Sound that is encoded; the number of the item that holds it.
    case encoded(item: Int)
    /// Subtitles in the words of another format, by FFmpeg's name of its encoder.
    case converted(String)
    /// A cover picture that becomes an attachment.
    case attached
    case leftOut
  }

  /// By the number of the stream in the source; the encoded video has none.
  package private(set) var fates: [Int: Fate] = [:]
  /// The streams of sound to encode, in the order of their items.
  package private(set) var soundStreams: [Int] = []
  /// Sentences about what is lost or changed.
  package private(set) var warnings: [String] = []

  /// - Throws: `MediaError` when sound cannot be carried over as it was asked for.
  init(
    _ source: MediaSource, video: Int, container: MediaContainer, audio: AudioChoice
  ) throws(MediaError) {
    for stream in source.streams where stream.index != video {
      switch stream.kind {
      case .audio: try planSound(stream, source, container, audio)
      case .subtitle: planSubtitle(stream, source, container)
      case .video: planVideo(stream, source, container)
      case .attachment:
        if container == .mkv {
          fates[stream.index] = .copied
        } else {
          leaveOut(stream, "\(container.rawValue) has no attachments; mkv has")
        }
      case .data:
        // A time code is a tag as well, of which the container makes a stream again.
        fates[stream.index] = .leftOut
        if stream.tags["timecode"] == nil {
          leaveOut(stream, "it is neither picture, sound nor text")
        }
      }
    }
  }

  private mutating func planSound(
    _ stream: StreamDescription, _ source: MediaSource, _ container: MediaContainer,
    _ audio: AudioChoice
  ) throws(MediaError) {
    switch audio {
    case .none: fates[stream.index] = .leftOut
    case .copy:
      guard try holds(stream, source, container) else {
        let cures = AudioChoice.encoders.filter { $0.fits(container) }.map(\.rawValue)
        throw MediaError(
          .unsupported,
          "\(container.rawValue) cannot hold \(stream.words) of \(source.name) as it is; encode it with "
            + "--audio \(cures.joined(separator: " or ")), leave it out with --audio none, or choose an "
            + "output that ends in .mkv")
      }
      fates[stream.index] = .copied
    case .aac, .libopus:
      guard audio.fits(container) else {
        throw MediaError(
          .unsupported,
          "\(container.rawValue) cannot hold the sound of --audio \(audio.rawValue); choose another"
        )
      }
      fates[stream.index] = .encoded(item: soundStreams.count)
      soundStreams.append(stream.index)
    }
  }

  private mutating func planSubtitle(
    _ stream: StreamDescription, _ source: MediaSource, _ container: MediaContainer
  ) {
    if let isHeld = try? holds(stream, source, container), isHeld {
      fates[stream.index] = .copied
    } else if SubtitleFormat.isText(stream.codec) {
      fates[stream.index] = .converted(SubtitleFormat.own(of: container))
      warnings.append(
        "\(stream.words) becomes \(SubtitleFormat.own(of: container)), because \(container.rawValue) "
          + "cannot hold it as it is")
    } else {
      leaveOut(stream, "\(container.rawValue) cannot hold it; mkv can")
    }
  }

  private mutating func planVideo(
    _ stream: StreamDescription, _ source: MediaSource, _ container: MediaContainer
  ) {
    if stream.isCover, container == .mkv {
      fates[stream.index] = .attached
    } else if let isHeld = try? holds(stream, source, container), isHeld {
      fates[stream.index] = .copied
    } else {
      leaveOut(stream, "\(container.rawValue) cannot hold it; mkv can")
    }
  }

  private mutating func leaveOut(_ stream: StreamDescription, _ reason: String) {
    fates[stream.index] = .leftOut
    warnings.append("\(stream.words) is left out: \(reason)")
  }

  private func holds(
    _ stream: StreamDescription, _ source: MediaSource, _ container: MediaContainer
  ) throws(MediaError) -> Bool {
    MediaSink.holds(
      unsafe try source.rawStream(stream.index).pointee.codecpar.pointee.codec_id, in: container)
  }
}

extension AudioChoice {
  /// The choices that encode.
  static let encoders: [AudioChoice] = [.aac, .libopus]

  /// Whether the container can hold what it gives.
  func fits(_ container: MediaContainer) -> Bool {
    switch (self, container) {
    case (.aac, .webm), (.libopus, .mov): false
    default: true
    }
  }
}

/// The formats of subtitles that are text, and the one that each container has of its own.
enum SubtitleFormat {
  private static let texts: Set<String> = [
    "subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text", "microdvd", "sami", "realtext",
    "stl", "subviewer", "subviewer1", "jacosub", "mpl2", "pjs", "vplayer",
  ]

  static func isText(_ codec: String) -> Bool { texts.contains(codec) }

  static func own(of container: MediaContainer) -> String {
    switch container {
    case .mp4, .mov: "mov_text"
    case .mkv: "subrip"
    case .webm: "webvtt"
    }
  }
}
