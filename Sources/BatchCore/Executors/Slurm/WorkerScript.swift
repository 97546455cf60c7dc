/// The script of a job array, and the program that it starts, which is put into the share.
struct WorkerScript {
  let text: String

  /// Copies the program, its libraries and its loader, unless this version is there.
  init(store: DirectoryStore, keys: SessionKeys, settings: SlurmSettings) throws(BlobFailure) {
    let program: ProgramFiles
    let files: [(path: String, key: BlobKey)]
    do throws(TaskError) {
      program = try ProgramFiles()
      files = try program.keys()
    } catch {
      throw BlobFailure(.failed, error.message)
    }
    // The executable goes last: where it is, everything is.
    for (path, key) in files.reversed() {
      if try store.size(of: key) == nil { _ = try store.putFile(path, at: key, ifAbsent: true) }
    }
    guard let executable = files.first.map({ store.file($0.key) }) else {
      throw BlobFailure(.failed, "the program has no executable")
    }
    let library = files.last.map { store.file($0.key) } ?? ""
    let folder = String(library.prefix(upTo: library.lastIndex(of: "/") ?? library.endIndex))
    let command =
      program.command(executable: executable, libraryFolder: folder) + [
        "worker", "--store", store.locator.description, "--session", keys.prefix,
        "--time-limit", "\(settings.timeLimitSeconds)", "--margin", "\(settings.marginSeconds)",
      ]
    text = "#!/bin/sh\nexec \(command.map(Self.quoted).joined(separator: " "))\n"
  }

  private static func quoted(_ word: String) -> String {
    "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }
}
