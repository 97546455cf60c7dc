package import BatchCore

/// The chunks of a video, and its streams of sound, as items.
package struct EncodeSource: ItemSource {
  package let count: Int
  package let byteCount: Int
  package let contentDigest: String
  private let path: String
  private let name: String
  private let fingerprint: FileFingerprint
  /// How many frames each chunk has; nil for streams of sound.
  private let frames: [Int?]

  /// - Parameter frames: One entry for each item.
  init(
    frames: [Int?], path: String, name: String, fingerprint: FileFingerprint, digest: String
  ) {
    self.frames = frames
    count = frames.count
    byteCount = fingerprint.sizeBytes
    contentDigest = digest
    self.path = path
    self.name = name
    self.fingerprint = fingerprint
  }

  package func prefix(of items: Range<Int>, fitting maxBytes: Int) -> Int { 1 }

  package func input(for items: Range<Int>) -> BatchInput {
    BatchInput(items: items, bytes: .file(path: path, range: 0..<0))
  }

  package func work(of item: Int) -> Double? { frames[item].map { Double($0) } }

  package func files(for items: Range<Int>) -> [String] { [path] }

  package func changed() -> String? {
    guard FileFingerprint(path: path) != fingerprint else { return nil }
    return "\(name) was changed while it was encoded; run the same command again"
  }
}
