internal import Glibc

/// What a run needs before it can begin: its input as a file, its task prepared, its directory locked.
package final class RunWorkshop {
  package let prepared: PreparedTask
  package let identity: RunIdentity
  package let directory: RunDirectory
  private let spool: InputSpool?

  /// - Parameters:
  ///   - typedOutput: The output as the user named it, beside which the run directory stands.
  ///   - places: Where the batches are to go; a task that runs here only is refused elsewhere.
  ///   - interrupts: The signals that may come while the input is read; they leave nothing behind.
  /// - Throws: `TaskError` when the input cannot be read or used, or the directory is taken.
  package init(
    plugin: any TaskPlugin.Type, options: OptionValues, inputPath: String, target: OutputTarget,
    typedOutput: String?, limit: Int?, places: [Place] = [.local], interrupts: Interrupts? = nil
  ) throws {
    if case .file(let path) = target, let output = FileMark(path), output == FileMark(inputPath) {
      throw TaskError(
        .cannotRun,
        "the output \(typedOutput ?? path) is the input itself; give another file with -o")
    }
    var reserved: RunDirectory?
    if case .file = target, let typedOutput {
      reserved = try RunDirectory(path: RunDirectory.path(forOutput: typedOutput))
    }
    if let reserved { interrupts?.leave { reserved.removeIfUnused() } }
    do {
      spool = try InputSpool(path: inputPath, directory: reserved?.path)
      let request = TaskRequest(
        options: options, input: spool?.file ?? InputFile(path: inputPath, displayName: inputPath),
        limit: limit, keptFiles: reserved?.path ?? ".batchrun")
      prepared = try plugin.prepare(request)
      if places != [.local], let reason = prepared.localOnly { throw TaskError(.usage, reason) }
      identity = RunIdentity(task: prepared, limit: limit)
      directory = try reserved ?? RunDirectory(path: RunDirectory.path(forStreamOf: identity.id))
    } catch {
      reserved?.removeIfUnused()
      throw error
    }
  }
}
