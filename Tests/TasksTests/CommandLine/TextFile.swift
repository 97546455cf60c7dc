import Glibc

/// A small file as text.
struct TextFile {
  struct Failure: Error {
    var path: String
    var code: Int32
  }

  let path: String

  init(_ path: String) { self.path = path }

  func read() throws -> String {
    guard let file = unsafe fopen(path, "r") else { throw Failure(path: path, code: errno) }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while case let count = unsafe fread(&chunk, 1, chunk.count, file), count > 0 {
      bytes += chunk[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  func write(_ text: String) throws {
    guard let file = unsafe fopen(path, "w") else { throw Failure(path: path, code: errno) }
    defer { unsafe fclose(file) }
    let bytes = Array(text.utf8)
    guard unsafe fwrite(bytes, 1, bytes.count, file) == bytes.count else {
      throw Failure(path: path, code: errno)
    }
  }
}
