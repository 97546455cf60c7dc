package import BatchCore
internal import EncodeOptions

/// The work itself: one chunk, or one stream of sound, after another.
package struct EncodeTask: BatchTask {
  package let job: EncodeJob
  /// How many frames have been handed to encoders of this process, for the progress.
  package let frames = WorkCounter()
  /// How many bytes this process has made of them.
  package let bytes = WorkCounter()

  package init(job: EncodeJob) { self.job = job }

  /// SVT-AV1 1.4 writes tables that all its encoders in the process read whenever one is opened, and some
  /// of them are zero meanwhile: an encoder at work crashes, or chooses otherwise.
  package var needsOwnProcess: Bool { job.settings.codec == .svtAV1 }

  package var counters: [WorkCounter] { [frames, bytes] }

  /// The opened video, kept from chunk to chunk.
  package struct Workspace {
    var reader: PacketReader?
  }

  package func makeWorkspace() -> Workspace { Workspace() }

  package func run(
    _ input: BatchInput, in workspace: inout Workspace, output: BatchOutput
  ) throws {
    let job = job.located(at: input.localPath(of: job.path))
    for item in input.items {
      if output.shouldStop { return }
      do {
        let record = try record(of: item, job, &workspace)
        record.write(to: output.buffer)
        bytes.add(output.buffer.count)
        if let loss = loss(item, record.replaced) {
          output.finish(failedWith: loss)
        } else {
          output.finish()
        }
      } catch let error as MediaError {
        workspace.reader = nil
        // A file that changed under the run is no failure of this chunk alone.
        if error.code == .mismatch, FileFingerprint(path: job.path) == nil { throw error }
        ChunkRecord.nothing(item: item).write(to: output.buffer)
        output.finish(failedWith: failure(item, error))
      }
    }
  }

  private func record(
    of item: Int, _ job: EncodeJob, _ workspace: inout Workspace
  ) throws -> ChunkRecord {
    switch job.item(item) {
    case .sound(let stream):
      return try SoundEncoding(job: job, stream: stream, item: item).record()
    case .chunk(let range):
      for settings in job.settings.attempts.dropLast() {
        do {
          return try record(of: range, item, job, settings, &workspace)
        } catch let error as MediaError {
          guard error.code == .aborted else { throw error }
        }
      }
      let last = job.settings.attempts.last ?? job.settings
      return try record(of: range, item, job, last, &workspace)
    }
  }

  private func record(
    of range: Range<Int>, _ item: Int, _ job: EncodeJob, _ settings: VideoSettings,
    _ workspace: inout Workspace
  ) throws -> ChunkRecord {
    var reader: PacketReader
    if let open = workspace.reader.take() {
      reader = open
    } else {
      reader = try PacketReader(path: job.path, name: job.name, index: job.index)
    }
    var taken = 0
    do {
      let record = try ChunkEncoder(index: job.index, settings: settings).encode(
        range, item: item, reader: &reader,
        onFrame: {
          taken += 1
          frames.add()
        })
      workspace.reader = reader
      return record
    } catch {
      frames.add(-taken)
      throw error
    }
  }

  private func failure(_ item: Int, _ error: MediaError) -> ItemFailure {
    ItemFailure(
      item: ItemID(item), code: .encodeFailed, message: "\(words(item)): \(error.message)")
  }

  /// What the finished item lacks of the source; nil for nothing.
  private func loss(_ item: Int, _ replaced: [Int]) -> ItemFailure? {
    let index = job.index
    var sentences: [String] = []
    if !replaced.isEmpty { sentences.append("\(words(item)): \(damage(replaced))") }
    if let missing = index.missingEnd, case .chunk(let frames) = job.item(item),
      frames.upperBound == index.frames.count
    {
      sentences.append(missing)
    }
    guard !sentences.isEmpty else { return nil }
    return ItemFailure(
      item: ItemID(item), code: replaced.isEmpty ? .missingEnd : .undecodableFrames,
      message: sentences.joined(separator: "; "))
  }

  private func damage(_ replaced: [Int]) -> String {
    let index = job.index
    let start = index.frames.first?.time ?? 0
    let times = replaced.prefix(10).map { frame in
      "frame \(frame) at \(Quantity.seconds(index.timeBase.seconds(index.frames[frame].time - start)))"
    }
    let more = replaced.count > 10 ? " and \(replaced.count - 10) more" : ""
    return "\(times.joined(separator: ", "))\(more) cannot be decoded; each shows "
      + "the picture before it"
  }

  private func words(_ item: Int) -> String {
    switch job.item(item) {
    case .sound(let stream): "the sound of stream \(stream)"
    case .chunk(let frames):
      "chunk \(item) (frames \(frames.lowerBound) to \(frames.upperBound - 1))"
    }
  }
}

extension ItemFailure.Code {
  /// The chunk could not be encoded; there is no output without it.
  package static let encodeFailed = ItemFailure.Code(rawValue: "encode_failed")
  /// The chunk is whole, but some of its frames repeat the one before.
  package static let undecodableFrames = ItemFailure.Code(rawValue: "undecodable_frames")
  /// The piece is whole, but the file ends behind it and before the end that its header announces.
  package static let missingEnd = ItemFailure.Code(rawValue: "missing_end")
}
