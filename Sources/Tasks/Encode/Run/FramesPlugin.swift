public import BatchCore
internal import EncodeOptions

/// The task `frames`: a video in, pictures of its frames out, and a line of JSON about each.
public enum FramesPlugin: TaskPlugin {
  public static var command: CommandSpec { FramesCommandSpec.command }

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
    FramesTask(job: try FramesJob(message: message))
  }

  private static func prepared(_ request: TaskRequest) throws -> PreparedTask {
    guard let output = request.options["output"] else {
      throw TaskError(.usage, "frames needs a folder for the pictures; name it with -o")
    }
    let (path, name) = (request.input.path, request.input.displayName)
    guard let fingerprint = try ByteSource(path: path).fingerprint else {
      throw TaskError(.cannotRun, "\(name) is not a file")
    }
    let file = try IndexFile.of(
      path: path, name: name, fingerprint: fingerprint,
      kept: request.keptFiles.map { $0 + "/index" })
    // The output is the list of the pictures, which lies beside them.
    let folder = FileName(output).folder
    let job = try FramesJob(
      path: path, name: name, folder: folder.isEmpty ? "." : String(folder.dropLast()),
      values: request.options, index: file.index)
    let count = min(job.choice.ranges.count, request.limit ?? .max)
    var prepared = PreparedTask(
      name: TaskName(command.name), task: FramesTask(job: job), workerMessage: job.message,
      source: EncodeSource(
        frames: [Int?](repeating: nil, count: count), path: path, name: name,
        fingerprint: fingerprint, digest: file.digest),
      prologue: [],
      identity: ["every", "fps", "key", "format"].map { ($0, request.options[$0] ?? "") }
        + [("libraries", LibraryVersions.text)],
      notes: file.index.notes, failureRecord: { _ in [] })
    prepared.localOnly =
      "frames writes its pictures into a folder of this machine; leave --on out"
    return prepared
  }
}
