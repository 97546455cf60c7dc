internal import BatchCore
internal import Glibc

/// The pictures of one piece of a video after another, each a file, and a line about each.
struct FramesTask: BatchTask {
  let job: FramesJob

  struct Workspace {
    var reader: PacketReader?
    var writer: PictureWriter?
  }

  func makeWorkspace() -> Workspace { Workspace() }

  func run(_ input: BatchInput, in workspace: inout Workspace, output: BatchOutput) throws {
    for item in input.items {
      if output.shouldStop { return }
      do {
        let replaced = try write(job.choice.ranges[item], &workspace, output.buffer)
        if let loss = loss(item, replaced) {
          output.finish(failedWith: loss)
        } else {
          output.finish()
        }
      } catch let error as MediaError {
        workspace = Workspace()
        output.finish(
          failedWith: ItemFailure(item: ItemID(item), code: .encodeFailed, message: error.message))
      }
    }
  }

  /// What the pictures of a piece lack of the source; nil for nothing.
  private func loss(_ item: Int, _ replaced: [Int]) -> ItemFailure? {
    var sentences: [String] = []
    if !replaced.isEmpty {
      let names = replaced.prefix(10).map(String.init).joined(separator: ", ")
      sentences.append("frames \(names) cannot be decoded; each shows the picture before it")
    }
    if let missing = job.index.missingEnd, item == job.choice.ranges.count - 1 {
      sentences.append(missing)
    }
    guard !sentences.isEmpty else { return nil }
    return ItemFailure(
      item: ItemID(item), code: replaced.isEmpty ? .missingEnd : .undecodableFrames,
      message: sentences.joined(separator: "; "))
  }

  /// Writes the pictures of a piece; the numbers of those that could not be decoded.
  private func write(
    _ range: Range<Int>, _ workspace: inout Workspace, _ lines: ByteBuffer
  ) throws -> [Int] {
    var reader: PacketReader
    if let open = workspace.reader.take() {
      reader = open
    } else {
      reader = try PacketReader(path: job.path, name: job.name, index: job.index)
    }
    let traits = job.index.traits
    let writer =
      try workspace.writer
      ?? PictureWriter(
        job.format, width: traits.width, height: traits.height,
        depth: PixelFormat(name: traits.format)?.depth ?? 8)
    workspace.writer = writer
    let wanted = Set(job.choice.frames.filter(range.contains))
    var frames = try ChunkFrames(job.index, range: range, reader: reader)
    var replaced: [Int] = []
    for number in range {
      guard let shown = try frames.take() else { break }
      guard wanted.contains(number) else { continue }
      if shown.isReplacement { replaced.append(number) }
      let bytes = try writer.file(of: shown.picture.shared())
      let name = job.fileName(of: number)
      try save(bytes, as: name)
      lines.append(line(number, name))
    }
    reader = frames.rest
    workspace.reader = reader
    return replaced
  }

  private func line(_ number: Int, _ name: String) -> String {
    let index = job.index
    let seconds = index.timeBase.seconds(index.frames[number].time)
    return JSONValue.object([
      .init("frame", .integer(number)), .init("seconds", .number(seconds)),
      .init("file", .string(name)),
    ]).text + "\n"
  }

  /// Writes the file under another name first, so that it is never half of a picture.
  private func save(_ bytes: [UInt8], as name: String) throws(MediaError) {
    let path = "\(job.folder)/\(name)"
    let draft = "\(path).new"
    let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Self.refusal(path) }
    defer { close(descriptor) }
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { raw in
        unsafe Glibc.write(descriptor, raw.baseAddress.map { unsafe $0 + done }, raw.count - done)
      }
      guard count > 0 else { throw Self.refusal(path) }
      done += count
    }
    guard unsafe rename(draft, path) == 0 else { throw Self.refusal(path) }
  }

  private static func refusal(_ path: String) -> MediaError {
    let reason = unsafe String(cString: strerror(errno))
    return MediaError(.unwritable, "\(path) cannot be written: \(reason)")
  }
}

/// One video and the pictures that are wanted of it.
struct FramesJob: Sendable {
  let path: String
  let name: String
  let folder: String
  let values: OptionValues
  let index: VideoIndex
  let choice: FrameChoice

  var format: PictureFormat { values["format"].flatMap(PictureFormat.init) ?? .png }

  /// Six digits, or as many as the largest number has.
  func fileName(of frame: Int) -> String {
    let digits = String(frame)
    let width = max(6, String(index.frames.count).count)
    let zeros = String(repeating: "0", count: max(0, width - digits.count))
    return "frame-\(zeros)\(digits).\(format.ending)"
  }

  init(
    path: String, name: String, folder: String, values: OptionValues, index: VideoIndex
  ) throws(TaskError) {
    self.path = path
    self.name = name
    self.folder = folder
    self.values = values
    self.index = index
    choice = try FrameChoice(values, index: index)
  }

  private static let words = "batchrun frames job 1"
  private static let options = ["every", "fps", "key", "format"]

  var message: [UInt8] {
    let writer = BinaryWriter()
    for text in [Self.words, path, name, folder] { writer.add(text) }
    for option in Self.options { writer.add(values[option] ?? "") }
    index.write(to: writer)
    return writer.bytes
  }

  init(message: [UInt8]) throws {
    do {
      var reader = BinaryReader(message)
      guard try reader.text() == Self.words else { throw BinaryReader.Malformed() }
      let (path, name, folder) = (try reader.text(), try reader.text(), try reader.text())
      var values = OptionValues()
      for option in Self.options {
        let value = try reader.text()
        if !value.isEmpty { values.append(value, for: option) }
      }
      try self.init(
        path: path, name: name, folder: folder, values: values,
        index: try VideoIndex(from: &reader))
    } catch is BinaryReader.Malformed {
      throw TaskError(
        .cannotRun, "this worker does not understand its task; use the same version of batchrun")
    }
  }
}
