package import BatchCore
import Glibc

/// The lines of a file as items.
package struct SampleSource: ItemSource {
  private let path: String
  private let starts: [Int]
  /// The work that the lines name.
  private let work: [Double?]
  package let contentDigest: String

  package init(path: String) throws {
    self.path = path
    let bytes = try Self.read(path)
    var starts = [0]
    for (place, byte) in bytes.enumerated() where byte == 10 { starts.append(place + 1) }
    self.starts = starts
    work = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
      let words = line.split(separator: " ")
      return words.first == "work" ? words.last.flatMap { Double($0) } : nil
    }
    contentDigest = unsafe bytes.withUnsafeBytes { unsafe Checksum.hexadecimal(of: $0) }
  }

  package var count: Int { starts.count - 1 }
  package var byteCount: Int { starts.last ?? 0 }

  package func prefix(of items: Range<Int>, fitting maxBytes: Int) -> Int {
    var count = 1
    while count < items.count,
      starts[items.lowerBound + count + 1] - starts[items.lowerBound] <= maxBytes
    {
      count += 1
    }
    return count
  }

  package func work(of item: Int) -> Double? { work[item] }

  package func input(for items: Range<Int>) -> BatchInput {
    BatchInput(
      items: items,
      bytes: .file(path: path, range: starts[items.lowerBound]..<starts[items.upperBound]),
      firstLine: items.lowerBound + 1)
  }

  package func changed() -> String? {
    guard let bytes = try? Self.read(path) else { return "\(path) went away during the run" }
    let digest = unsafe bytes.withUnsafeBytes { unsafe Checksum.hexadecimal(of: $0) }
    return digest == contentDigest ? nil : "\(path) changed during the run"
  }

  static func lines(of input: BatchInput) throws -> [String] {
    let bytes =
      switch input.bytes {
      case .file(let path, let range): Array(try read(path)[range])
      case .inline(let bytes): bytes
      }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  package static func read(_ path: String) throws -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY)
    guard descriptor >= 0 else { throw TaskError(.cannotRun, "cannot read \(path)") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
      guard count > 0 else { return bytes }
      bytes += chunk[..<count]
    }
  }
}
