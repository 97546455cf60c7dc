package import BatchCore
package import EncodeOptions

/// One video and what is to become of it: the same in the coordinator, the workers and the joiner.
package struct EncodeJob: Sendable {
  /// Where the video can be opened.
  package private(set) var path: String
  /// The name for messages.
  package let name: String
  package let options: EncodeOptions
  package let index: VideoIndex
  package let settings: VideoSettings
  package let plan: ChunkPlan
  /// The streams of sound that are encoded, each an item before the chunks.
  package let soundStreams: [Int]
  /// Sentences about what was changed.
  package let notes: [String]
  private let values: OptionValues

  /// - Throws: `TaskError` for options that mean nothing, `MediaError` for what cannot be done.
  package init(
    path: String, name: String, values: OptionValues, index: VideoIndex, soundStreams: [Int]
  ) throws {
    self.path = path
    self.name = name
    self.values = values
    self.index = index
    self.soundStreams = soundStreams
    options = try EncodeOptions(values)
    var notes: [String] = []
    settings = try VideoSettings(options, index: index, notes: &notes)
    self.notes = notes
    plan = ChunkPlan(
      index: index, options: options, width: settings.width, height: settings.height)
  }

  /// The same job where this machine has the video.
  func located(at path: String) -> EncodeJob {
    var job = self
    job.path = path
    return job
  }

  /// Everything to do: the streams of sound, then the chunks.
  package var itemCount: Int { soundStreams.count + plan.chunks.count }

  /// How many frames each item has; nil for streams of sound.
  var framesOfItems: [Int?] {
    soundStreams.map { _ in nil } + plan.chunks.map { $0.count }
  }

  package enum Item: Sendable, Equatable {
    case sound(stream: Int)
    case chunk(Range<Int>)
  }

  package func item(_ number: Int) -> Item {
    number < soundStreams.count
      ? .sound(stream: soundStreams[number])
      : .chunk(plan.chunks[number - soundStreams.count])
  }
}

// MARK: - Message

extension EncodeJob {
  private static let format = "batchrun encode job 1"

  /// The job as bytes for workers in other processes.
  package var message: [UInt8] {
    let writer = BinaryWriter()
    writer.add(Self.format)
    writer.add(path)
    writer.add(name)
    let known = Set(EncodeCommandSpec.command.options.map(\.name))
    let names = values.values.keys.filter(known.contains).sorted()
    writer.add(names.count)
    for name in names {
      writer.add(name)
      writer.add(values[name] ?? "")
    }
    writer.add(soundStreams.count)
    for stream in soundStreams { writer.add(stream) }
    index.write(to: writer)
    return writer.bytes
  }

  package init(message: [UInt8]) throws {
    do {
      var reader = BinaryReader(message)
      guard try reader.text() == Self.format else { throw BinaryReader.Malformed() }
      let path = try reader.text()
      let name = try reader.text()
      var values = OptionValues()
      for _ in 0..<(try reader.count()) {
        let option = try reader.text()
        values.append(try reader.text(), for: option)
      }
      var streams: [Int] = []
      for _ in 0..<(try reader.count()) { streams.append(try reader.integer()) }
      let index = try VideoIndex(from: &reader)
      try self.init(path: path, name: name, values: values, index: index, soundStreams: streams)
    } catch is BinaryReader.Malformed {
      throw TaskError(
        .cannotRun, "this worker does not understand its task; use the same version of batchrun")
    }
  }
}
