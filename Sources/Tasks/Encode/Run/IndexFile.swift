internal import BatchCore
internal import Glibc

/// The index of a video in the run directory, so that a continued run does not read the video again.
struct IndexFile {
  let index: VideoIndex
  /// The checksum of the whole file.
  let digest: String

  private static let format = "batchrun index file 1"

  /// The index of the file at `path`: the one that was kept, when the file is still the same, or a new
  /// one, which is kept then.
  static func of(
    path: String, name: String, fingerprint: FileFingerprint, kept: String?
  ) throws -> IndexFile {
    if let kept, let known = read(kept, fingerprint) { return known }
    let index = try VideoScan.index(path: path, name: name)
    let file = IndexFile(index: index, digest: try digest(of: path))
    if let kept { file.write(to: kept, fingerprint) }
    return file
  }

  private static func digest(of path: String) throws -> String {
    let source = try ByteSource(path: path)
    var hash = Checksum()
    var buffer = ByteBuffer(capacity: 1 << 20)
    var step = IndexStep(.checking, total: source.sizeBytes)
    for offset in stride(from: 0, to: source.sizeBytes, by: 1 << 20) {
      step.reached(offset)
      buffer.removeAll()
      try source.read(
        offset..<min(source.sizeBytes, offset + 1 << 20), appendingTo: &buffer)
      unsafe buffer.withBytes { unsafe hash.update($0) }
    }
    return hash.hexadecimal()
  }

  private static func read(_ path: String, _ fingerprint: FileFingerprint) -> IndexFile? {
    guard let source = try? ByteSource(path: path) else { return nil }
    var buffer = ByteBuffer(capacity: source.sizeBytes)
    guard (try? source.read(0..<source.sizeBytes, appendingTo: &buffer)) != nil else { return nil }
    return try? decode(unsafe buffer.withBytes { unsafe Array($0) }, fingerprint)
  }

  private static func decode(
    _ bytes: [UInt8], _ fingerprint: FileFingerprint
  ) throws(BinaryReader.Malformed) -> IndexFile? {
    var reader = BinaryReader(bytes)
    guard try reader.text() == format, try reader.text() == ProgramVersion.current,
      try reader.integer() == fingerprint.sizeBytes,
      try reader.integer() == fingerprint.modifiedNanoseconds
    else { return nil }
    let digest = try reader.text()
    let body = try reader.blob()
    let checksum = unsafe body.withUnsafeBytes { unsafe Checksum.hexadecimal(of: $0) }
    guard try reader.text() == checksum else { return nil }
    var inner = BinaryReader(body)
    return IndexFile(index: try VideoIndex(from: &inner), digest: digest)
  }

  /// Writes the file, or leaves it: without it nothing is lost but time.
  private func write(to path: String, _ fingerprint: FileFingerprint) {
    let body = BinaryWriter()
    index.write(to: body)
    let writer = BinaryWriter()
    writer.add(Self.format)
    writer.add(ProgramVersion.current)
    writer.add(fingerprint.sizeBytes)
    writer.add(fingerprint.modifiedNanoseconds)
    writer.add(digest)
    writer.add(body.bytes)
    writer.add(unsafe body.buffer.withBytes { unsafe Checksum.hexadecimal(of: $0) })
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    unsafe writer.buffer.withBytes { bytes in
      var offset = 0
      while offset < bytes.count, let base = bytes.baseAddress {
        let count = unsafe Glibc.write(descriptor, base + offset, bytes.count - offset)
        guard count > 0 else { return }
        offset += count
      }
    }
  }
}
