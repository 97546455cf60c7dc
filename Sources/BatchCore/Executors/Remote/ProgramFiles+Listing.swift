internal import Glibc

extension ProgramFiles {
  /// Of another program, as this process's loader would start it.
  ///
  /// - Parameter executable: its path.
  package init(of executable: String) throws(TaskError) {
    let loader = try ProgramFiles().loader
    let listing = try Self.listing(of: executable, by: loader)
    let lines = listing.split(separator: "\n").map { $0.split(separator: " ") }
    if let missing = lines.first(where: { $0.contains("not") && $0.contains("found") }) {
      throw TaskError(
        .cannotRun, "\(executable) needs \(missing.first ?? "a library"), which is not installed")
    }
    // `libz.so.1 => /lib/libz.so.1 (0x…)`, and the loader alone; what is no file has no slash.
    var libraries = Set(
      lines.compactMap { words in words.first { $0.hasPrefix("/") }.map(String.init) })
    libraries.remove(executable)
    libraries = libraries.filter { Self.lastPart($0) != Self.lastPart(loader) }
    self.executable = executable
    self.libraries = libraries.sorted() + [loader]
    self.loader = loader
  }

  private static func listing(
    of executable: String, by loader: String
  ) throws(TaskError) -> String {
    let output = ByteBuffer()
    do throws(SystemError) {
      var process = try ChildProcess(command: [loader, "--list", executable])
      process.send(ByteBuffer())
      while process.receive(into: output, waiting: 60) ?? 0 > 0 {}
      let (ending, errors) = process.wait()
      guard ending == .exited(0) || !output.isEmpty else {
        throw SystemError("start", executable, code: errors.contains("No such") ? ENOENT : ENOEXEC)
      }
    } catch {
      throw TaskError(
        .cannotRun, "\(error.description); install both programs into one folder")
    }
    return unsafe output.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }
}
