import BatchCore
import SampleTask
import Testing

@Suite("A zip archive")
struct ZipArchiveTests {
  private let scratch = Scratch()

  private struct File {
    var name: String
    var mode: UInt16
    var content: [UInt8]
  }

  private static func files() -> [File] {
    var random = SystemRandomNumberGenerator()
    return [
      File(name: "bootstrap", mode: 0o755, content: Array("#!/bin/true\n".utf8)),
      File(name: "empty", mode: 0o644, content: []),
      File(
        name: "lib/noise.so", mode: 0o644,
        content: (0..<70_000).map { _ in UInt8.random(in: 0 ... .max, using: &random) }),
      File(
        name: "lib/text.so", mode: 0o640,
        content: Array(String(repeating: "the same again, ", count: 50_000).utf8)),
    ]
  }

  private func archive(_ files: [File]) throws -> ByteBuffer {
    var archive = ZipArchive()
    for file in files { try archive.add(file.name, mode: file.mode, ByteBuffer(file.content)) }
    return archive.finished()
  }

  private func write(_ bytes: ByteBuffer) throws -> String {
    try DeploymentPackage(zip: bytes, unzippedBytes: 0, files: 0).write(to: scratch("a.zip"))
    return scratch("a.zip")
  }

  @Test("is read by Python: names, permissions, contents, and no damage")
  func python() throws {
    let files = Self.files()
    let path = try write(archive(files))
    let script = """
      import hashlib, sys, zipfile
      archive = zipfile.ZipFile(sys.argv[1])
      assert archive.testzip() is None
      for info in archive.infolist():
          digest = hashlib.sha256(archive.read(info)).hexdigest()
          print(info.filename, oct(info.external_attr >> 16), info.compress_type, digest)
      """
    let result = Program.run(["/usr/bin/env", "python3", "-c", script, path])
    #expect(result.code == 0, "\(result.errors)")
    let methods = [0, 0, 0, 8]
    let expected = zip(files, methods).map { file, method in
      var digest = SHA256()
      unsafe file.content.withUnsafeBytes { unsafe digest.update($0) }
      let mode = String(0o100000 | file.mode, radix: 8)
      return "\(file.name) 0o\(mode) \(method) \(digest.hexadecimal())\n"
    }
    #expect(result.output == expected.joined())
  }

  @Test("is unpacked by unzip with the permissions")
  func unzip() throws {
    let tool = Program.run(["/usr/bin/env", "unzip", "-v"])
    guard tool.code == 0 else { return }
    let path = try write(archive(Self.files()))
    let result = Program.run(["/usr/bin/env", "unzip", "-q", path, "-d", scratch("out")])
    #expect(result.code == 0, "\(result.errors)")
    let listing = Program.run(
      ["/usr/bin/env", "stat", "-c", "%a", scratch("out/bootstrap"), scratch("out/lib/text.so")])
    #expect(listing.output == "755\n640\n")
  }

  @Test("is the same bytes for the same files")
  func deterministic() throws {
    let files = Self.files()
    let (first, second) = (try archive(files), try archive(files))
    #expect(unsafe first.withBytes { unsafe Array($0) } == second.withBytes { unsafe Array($0) })
  }
}
