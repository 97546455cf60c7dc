internal import BatchCore
internal import EncodeOptions

/// Makes the finished file of the records and of what the source has besides the video.
struct Joiner {
  private let job: EncodeJob

  init(job: EncodeJob) { self.job = job }

  /// Joins the records into the file `draft`, each as soon as it is there.
  ///
  /// - Returns: Sentences about what could not be carried over.
  /// - Throws: `TaskError` that names the chunk when anything is missing or off; the draft is of no use
  ///   then.
  func join(_ records: CommittedRecords, to draft: String) throws -> [String] {
    do {
      var depth = 0
      while true {
        var joint = try Joint(job, records, draft: draft, depth: depth)
        do {
          try joint.write()
          return joint.losses
        } catch let deeper as VideoFeed.DeeperReordering {
          depth = deeper.depth
        }
      }
    } catch let error as MediaError {
      throw TaskError(.cannotRun, error.message)
    }
  }
}

/// A joining under way: the streams of the output, and what feeds them.
private struct Joint {
  private let job: EncodeJob
  private let source: MediaSource
  private let sink: MediaSink
  private let videoStream: Int
  private var records: RecordFeed
  private var video: VideoFeed
  private var sounds: [SoundFeed] = []
  private var copies: SourceFeed
  private let packet: Packet

  /// - Parameter depth: How many frames a decoder has to hold back at least.
  init(_ job: EncodeJob, _ committed: CommittedRecords, draft: String, depth: Int) throws {
    self.job = job
    var records = RecordFeed(committed, job)
    let soundRecords = try job.soundStreams.map { _ in try records.next() }
    let first = try records.next()
    self.records = records
    source = try MediaSource(path: job.path, name: job.name)
    sink = try MediaSink(path: draft, name: draft, container: job.options.container)
    let streams = try StreamPlan(
      source, video: job.index.stream, container: job.options.container,
      audio: job.options.audio)
    packet = try Packet()
    // Clocks that start anywhere start at zero here.
    let start = source.hasArbitraryStart ? source.startMicroseconds : 0
    video = VideoFeed(
      first, index: job.index, depth: depth,
      offset: Rational.microseconds.convert(start, to: job.index.timeBase))
    let encoder = try VideoEncoder(job.settings)
    // Some encoders know their parameter sets with the first packet only.
    guard encoder.extradata.isEmpty || encoder.extradata == first.extradata else {
      throw MediaError(
        .mismatch,
        "the chunks were encoded with other parameter sets than this program would use; begin anew with "
          + "--fresh")
    }
    videoStream = try sink.addVideo(
      encoder, settings: job.settings, like: source, stream: job.index.stream,
      reorderDepth: video.reorderDepth, extradata: first.extradata)
    copies = SourceFeed(source, start: start)
    for (record, stream) in zip(soundRecords, job.soundStreams) {
      sounds.append(
        try SoundFeed(
          record, sink: sink, source: source, stream: stream, start: start,
          choice: job.options.audio))
    }
    try copies.addStreams(streams, to: sink)
    sink.setTags(Self.keptTags(source.tags))
    sink.setChapters(source.chapters.map { $0.moved(by: -start) })
  }

  /// What the source says of itself, without what only its own container and writer are about.
  private static func keptTags(_ tags: [String: String]) -> [String: String] {
    let own = ["major_brand", "minor_version", "compatible_brands", "encoder"]
    return tags.filter { !own.contains($0.key.lowercased()) }
  }

  var losses: [String] { copies.losses }

  mutating func write() throws {
    try sink.writeHeader()
    try copies.readNext()
    while let earliest = try earliest() {
      switch earliest {
      case .video:
        guard try video.next(into: packet, from: &records) else { return }
        try sink.write(packet, to: videoStream, timeBase: job.index.timeBase)
      case .sound(let number): try sounds[number].writeNext(packet, to: sink)
      case .copy:
        try copies.writeCurrent(to: sink)
        try copies.readNext()
      }
    }
    try records.finish()
    try sink.finish()
  }

  private enum Feed {
    case video
    case sound(Int)
    case copy
  }

  /// The feed whose next packet is decoded first, so that the streams lie side by side in the file.
  private func earliest() throws -> Feed? {
    var feeds: [(feed: Feed, time: Int64)] = []
    if let time = video.decodeTime {
      feeds.append((.video, job.index.timeBase.convert(time, to: .microseconds)))
    }
    for (number, sound) in sounds.enumerated() {
      if let time = sound.microseconds { feeds.append((.sound(number), time)) }
    }
    if let time = copies.microseconds { feeds.append((.copy, time)) }
    return feeds.min { $0.time < $1.time }?.feed
  }
}

extension Chapter {
  fileprivate func moved(by microseconds: Int64) -> Chapter {
    var moved = self
    let ticks = Rational.microseconds.convert(microseconds, to: timeBase)
    moved.start += ticks
    moved.end += ticks
    return moved
  }
}
