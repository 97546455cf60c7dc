public import BatchCore
internal import EncodeOptions

/// The task `encode`: a video in, the same video in another codec out, chunk by chunk.
///
/// Data flow: `Index` (the packets of the video, and its frames) → `Plan` (what to tell the encoder, and
/// where to cut) → `Chunk` (frames of a range, encoded, as a record) → `Join` (records and the other
/// streams of the source as one file). `FFmpeg` wraps the libraries; `Run` is what the runner sees.
public enum EncodePlugin: TaskPlugin {
  public static var command: CommandSpec { EncodeCommandSpec.command }

  public static func prepare(_ request: TaskRequest) throws -> PreparedTask {
    do {
      return try prepared(request)
    } catch let error as MediaError {
      throw TaskError(.cannotRun, error.message)
    } catch let error as InputError {
      let named = InputError(error.code, input: request.input.displayName)
      throw TaskError(.cannotRun, "\(named)")
    }
  }

  public static func makeTask(message: [UInt8]) throws -> any BatchTask {
    EncodeTask(job: try EncodeJob(message: message))
  }

  private static func prepared(_ request: TaskRequest) throws -> PreparedTask {
    guard request.limit == nil else {
      throw TaskError(.usage, "encode has no --limit: a video is encoded as a whole")
    }
    let options = try EncodeOptions(request.options)
    let (path, name) = (request.input.path, request.input.displayName)
    guard let fingerprint = try ByteSource(path: path).fingerprint else {
      throw TaskError(.cannotRun, "\(name) is not a file")
    }
    let file = try IndexFile.of(
      path: path, name: name, fingerprint: fingerprint,
      kept: request.keptFiles.map { $0 + "/index" })
    let source = try MediaSource(path: path, name: name)
    let streams = try StreamPlan(
      source, video: file.index.stream, container: options.container, audio: options.audio)
    let job = try EncodeJob(
      path: path, name: name, values: request.options, index: file.index,
      soundStreams: streams.soundStreams)
    // The encoder says now, and not in the middle of the run, what it does not take.
    _ = try VideoEncoder(job.settings)
    return PreparedTask(
      name: TaskName(command.name), task: EncodeTask(job: job), workerMessage: job.message,
      source: EncodeSource(
        frames: job.framesOfItems, path: path, name: name, fingerprint: fingerprint,
        digest: file.digest),
      prologue: [], identity: identity(options),
      notes: file.index.notes + job.notes + streams.warnings
        + rotationNotes(source.streams[file.index.stream], options.container),
      // Longer than any machine in use needs: a chunk gives no sign of life before it is done.
      defaultTimeoutSeconds: max(300, 60 * job.plan.longestSeconds),
      assembly: OutputAssembly(
        tolerates: { [.undecodableFrames, .missingEnd].contains($0.code) },
        make: { records, draft in try Joiner(job: job).join(records, to: draft) }),
      failureRecord: { failure in
        let buffer = ByteBuffer()
        ChunkRecord.nothing(item: failure.item.index).write(to: buffer)
        return unsafe buffer.withBytes { unsafe Array($0) }
      })
  }

  /// These libraries write how a picture is to be turned into MP4 and QuickTime only.
  private static func rotationNotes(
    _ video: StreamDescription, _ container: MediaContainer
  ) -> [String] {
    guard video.isTurned, container == .mkv || container == .webm else { return [] }
    return [
      "the picture is to be turned when it is shown, and this FFmpeg does not write that into "
        + "\(container.rawValue); choose an output that ends in .mp4 or .mov to keep it"
    ]
  }

  /// What the bytes of the output depend on.
  private static func identity(_ options: EncodeOptions) -> [(name: String, value: String)] {
    [
      ("codec", options.codec.rawValue), ("crf", String(options.quality)),
      ("preset", options.preset),
      ("codec-options", options.extras.map { "\($0.name)=\($0.value)" }.joined(separator: ":")),
      ("pixel-format", options.pixelFormat ?? "source"),
      ("scale", options.scale.map { "\($0.width ?? -1)x\($0.height ?? -1)" } ?? "none"),
      ("audio", options.audio.rawValue),
      ("chunk-seconds", options.chunkSeconds.map { "\($0)" } ?? "auto"),
      ("container", options.container.rawValue), ("libraries", LibraryVersions.text),
    ]
  }
}
