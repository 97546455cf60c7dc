internal import Glibc

/// The running program with its shared libraries and its loader: what another machine needs to run it,
/// whatever its own system has.
package struct ProgramFiles: Sendable {
  /// The path of the executable.
  package let executable: String
  /// The shared libraries that this process has loaded, the loader among them.
  package let libraries: [String]
  /// The loader.
  package let loader: String

  /// Of this very process.
  package init() throws(TaskError) {
    executable = try Self.ownPath()
    libraries = try Self.loadedLibraries().filter { [executable] in $0 != executable }
    guard let loader = libraries.first(where: { Self.isLoader($0) }) else {
      throw TaskError(
        .cannotRun, "the program has no loader that could be taken along to other machines")
    }
    self.loader = loader
  }

  /// Where the files stand in the store, below one folder for each version and content.
  package func keys() throws(TaskError) -> [(path: String, key: BlobKey)] {
    let digest = try digest()
    return files.map { path, name in
      (
        path,
        BlobKeys.program(version: ProgramVersion.current, digest: digest, file: name)
      )
    }
  }

  private var files: [(path: String, name: String)] {
    [(executable, "bin/\(Self.lastPart(executable))")]
      + libraries.map { ($0, "lib/\(Self.lastPart($0))") }
  }

  /// The command that starts the copy, by where the executable and the libraries are there.
  package func command(executable: String, libraryFolder: String) -> [String] {
    [
      "\(libraryFolder)/\(Self.lastPart(loader))", "--library-path", libraryFolder, executable,
    ]
  }

  static func lastPart(_ path: String) -> String {
    String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
  }

  private static func isLoader(_ path: String) -> Bool { lastPart(path).hasPrefix("ld-linux") }

  private static func ownPath() throws(TaskError) -> String {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink("/proc/self/exe", &bytes, bytes.count)
    guard count > 0 else {
      throw TaskError(.cannotRun, SystemError.last("find", "/proc/self/exe").description)
    }
    return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// What is mapped from files into this process and can be executed, each once, by path.
  private static func loadedLibraries() throws(TaskError) -> [String] {
    let text: String
    do {
      text = String(decoding: try TextFile.read("/proc/self/maps"), as: UTF8.self)
    } catch {
      throw TaskError(.cannotRun, "\(error)")
    }
    var paths: Set<String> = []
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
      guard fields.count == 6, fields[1].contains("x"), fields[5].hasPrefix("/") else { continue }
      paths.insert(String(fields[5]))
    }
    return paths.sorted()
  }

  private func digest() throws(TaskError) -> String {
    var checksum = Checksum()
    for (path, name) in files {
      do throws(SystemError) {
        guard let file = try BlobFile(reading: path) else {
          throw SystemError("read", path, code: ENOENT)
        }
        unsafe ByteBuffer(Array("\(name)\n".utf8)).withBytes { unsafe checksum.update($0) }
        var offset = 0
        let piece = ByteBuffer(capacity: 1 << 20)
        while offset < file.size {
          piece.removeAll()
          try file.read(offset..<min(offset + 1 << 20, file.size), into: piece)
          unsafe piece.withBytes { unsafe checksum.update($0) }
          offset += piece.count
        }
      } catch {
        throw TaskError(.cannotRun, error.description)
      }
    }
    return checksum.hexadecimal()
  }
}
