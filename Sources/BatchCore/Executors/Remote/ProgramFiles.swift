internal import Glibc
internal import SystemShims

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
    libraries = Self.loadedLibraries()
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

  /// Under the names by which they were asked for, which the loader looks for again.
  private static func loadedLibraries() -> [String] {
    var paths: Set<String> = []
    var name = [CChar](repeating: 0, count: Int(PATH_MAX))
    var index: Int32 = 0
    while unsafe batchrun_loaded_library(index, &name, UInt(name.count)) != 0 {
      index += 1
      let end = name.firstIndex(of: 0) ?? 0
      let path = String(decoding: name[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if !path.isEmpty { paths.insert(path) }
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
