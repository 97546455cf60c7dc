/// What a function consists of: a program with its shared libraries and its loader, so that the system
/// of the function does not matter, as one zip file.
package struct DeploymentPackage: Sendable {
  package let zip: ByteBuffer
  /// The sum of the files.
  package let unzippedBytes: Int
  package let files: Int
  /// The SHA-256 of the zip file, in hexadecimal digits.
  package let digest: String

  /// The most that a function may consist of when it is unpacked.
  ///
  /// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  static let mostUnzippedBytes = 250 << 20

  package init(zip: ByteBuffer, unzippedBytes: Int, files: Int) {
    self.zip = zip
    self.unzippedBytes = unzippedBytes
    self.files = files
    digest = AWSDigest.sha256(zip)
  }

  private struct File {
    var name: String
    /// Nil for the bootstrap, which is made here.
    var path: String?
    var isExecutable: Bool
  }

  /// Packs a program.
  ///
  /// - Throws: `TaskError` when a file cannot be read, or all of them are too large.
  package init(_ program: ProgramFiles) throws(TaskError) {
    let executable = "bin/\(ProgramFiles.lastPart(program.executable))"
    let loader = "lib/\(ProgramFiles.lastPart(program.loader))"
    var archive = ZipArchive()
    var total = 0
    var count = 0
    do {
      let bootstrap = DeploymentBootstrap(loader: loader, executable: executable).bytes
      for file in Self.files(of: program, executable: executable, loader: loader) {
        let content =
          try file.path.map(DeploymentImage.read) ?? ByteBuffer(bootstrap)
        total += content.count
        count += 1
        guard total <= Self.mostUnzippedBytes else { throw ZipArchive.TooLarge() }
        try archive.add(file.name, mode: file.isExecutable ? 0o755 : 0o644, content)
      }
    } catch let error as SystemError {
      throw TaskError(.cannotRun, error.description)
    } catch {
      throw TaskError(
        .cannotRun,
        "the program with its libraries is larger than \(Quantity.bytes(Self.mostUnzippedBytes)), "
          + "which functions may have; build it with `make release`")
    }
    self.init(zip: archive.finished(), unzippedBytes: total, files: count)
  }

  /// In the order of their names, each name once.
  private static func files(
    of program: ProgramFiles, executable: String, loader: String
  ) -> [File] {
    var paths = [executable: program.executable]
    for path in program.libraries {
      paths["lib/\(ProgramFiles.lastPart(path))"] = path
    }
    let others = paths.map { name, path in
      File(name: name, path: path, isExecutable: name == executable || name == loader)
    }
    return (others + [File(name: "bootstrap", path: nil, isExecutable: true)])
      .sorted { $0.name < $1.name }
  }

  /// Writes the zip file, which appears when it is complete.
  package func write(to path: String) throws(TaskError) {
    let draft = Draft(of: path)
    do throws(SystemError) {
      try draft.write(mode: 0o600) { file throws(SystemError) in
        try unsafe zip.withBytes { bytes throws(SystemError) in
          try unsafe file.write(bytes, at: 0)
        }
      }
      try DirectoryEntry.rename(draft.path, to: path, role: Draft.role)
    } catch {
      draft.remove()
      throw TaskError(.cannotRun, error.description)
    }
  }
}
