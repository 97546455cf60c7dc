internal import BatchCore
internal import Glibc

// Contents of objects and files.

extension BlobBehaviour {
  static func key(_ text: String) -> BlobKey {
    guard let key = BlobKey(text) else { preconditionFailure("not a key: \(text)") }
    return key
  }

  static func text(_ text: String) -> ByteBuffer { ByteBuffer(Array(text.utf8)) }

  static func string(_ bytes: ByteBuffer) -> String {
    unsafe bytes.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// Bytes that repeat only after a long while, so that a piece in the wrong place is seen.
  static func bytes(_ length: Int) -> ByteBuffer {
    let buffer = ByteBuffer(capacity: length + 8)
    var state = UInt64(length) &+ 0x9E37_79B9_7F4A_7C15
    while buffer.count < length {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      unsafe withUnsafeBytes(of: state.bigEndian) { unsafe buffer.append($0) }
    }
    buffer.truncate(to: length)
    return buffer
  }

  static func digest(_ bytes: ByteBuffer) -> String {
    unsafe bytes.withBytes { unsafe "\(bytes.count) \(Checksum.hexadecimal(of: $0))" }
  }

  // MARK: - Files

  static func write(_ bytes: ByteBuffer, _ path: String) -> String {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    defer { close(descriptor) }
    var start = 0
    while start < bytes.count {
      let count = unsafe bytes.withBytes { all in
        unsafe Glibc.write(descriptor, all.baseAddress.map { unsafe $0 + start }, all.count - start)
      }
      guard count > 0 else { break }
      start += count
    }
    return path
  }

  static func read(_ path: String) -> ByteBuffer {
    ByteBuffer((try? TextFile.read(path)) ?? [])
  }

  /// What is in a folder.
  static func names(_ folder: String) -> [String] {
    guard let list = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(list) }
    var names: [String] = []
    while let entry = unsafe readdir(list) {
      unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        unsafe names.append(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
      }
    }
    return names.filter { $0 != "." && $0 != ".." }
  }

  /// What `body` fails with.
  static func sentence(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no failure"
    } catch {
      return "\(error)"
    }
  }
}
