import BatchCore
import CZlib
import CZstd
import Glibc
import SampleTask
import Testing

@Suite("A stream of bytes")
struct ByteStreamTests {
  private let scratch = Scratch()

  private func read(_ path: String) throws -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY)
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    unsafe try ByteStream.read(descriptor, name: "data", .init(path: path)) {
      unsafe bytes += Array($0)
    }
    return bytes
  }

  private func write(_ bytes: some Collection<UInt8>, to name: String) -> String {
    let path = scratch(name)
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(descriptor) }
    let array = Array(bytes)
    #expect(unsafe Glibc.write(descriptor, array, array.count) == array.count)
    return path
  }

  /// Bytes that compress a little.
  private func content(_ count: Int, seed: UInt64) -> [UInt8] {
    var random = SeededRandom(seed: seed)
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next() & 15) }
  }

  private func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
    let path = scratch("member.gz")
    let file = unsafe gzopen(path, "wb1")
    #expect(unsafe gzwrite(file, bytes, UInt32(bytes.count)) == bytes.count)
    unsafe gzclose(file)
    return try SampleSource.read(path)
  }

  private func zstandard(_ bytes: [UInt8]) throws -> [UInt8] {
    var frame = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
    let count = unsafe ZSTD_compress(&frame, frame.count, bytes, bytes.count, 1)
    return Array(frame[..<count])
  }

  private func compress(_ bytes: [UInt8], _ ending: String) throws -> [UInt8] {
    try ending == "gz" ? gzip(bytes) : zstandard(bytes)
  }

  @Test(
    "gives the content of any length, on both sides of the size of a piece",
    arguments: ["txt", "gz", "zst"], [0, 1, 1000, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 2 << 20])
  func lengths(ending: String, count: Int) throws {
    let bytes = content(count, seed: UInt64(count))
    let stored = try ending == "txt" ? bytes : compress(bytes, ending)
    #expect(try read(write(stored, to: "data.\(ending)")) == bytes)
  }

  @Test("gives all members of a file one after the other", arguments: ["gz", "zst"])
  func members(ending: String) throws {
    let pieces = [1000, 0, 1 << 20, 77].map { content($0, seed: UInt64($0)) }
    let stored = try pieces.flatMap { try compress($0, ending) }
    #expect(try read(write(stored, to: "data.\(ending)")) == pieces.flatMap { $0 })
  }

  @Test("that is cut off anywhere within a member is an error", arguments: ["gz", "zst"])
  func truncated(ending: String) throws {
    let first = try compress(content(3000, seed: 1), ending)
    let second = try compress(content(3000, seed: 2), ending)
    var random = SeededRandom(seed: 3)
    var lengths = [2, 5, 9, first.count - 1, first.count - 7, first.count + second.count - 1]
    lengths += [first.count + 1, first.count + 2, first.count + 6]
    for _ in 0..<60 { lengths.append(2 + Int(random.unit() * Double(first.count - 2))) }
    for _ in 0..<60 {
      lengths.append(first.count + 2 + Int(random.unit() * Double(second.count - 2)))
    }
    for length in lengths {
      let path = write((first + second)[..<length], to: "data.\(ending)")
      let error = #expect(throws: TaskError.self, "seed 3, \(length) bytes") { try read(path) }
      #expect(error?.message.hasSuffix("; get the file again") == true, "\(error as Any)")
    }
  }

  @Test("that is damaged is an error", arguments: ["gz", "zst"])
  func damaged(ending: String) throws {
    var stored = try compress(content(3000, seed: 1), ending)
    for place in stored.count / 2..<stored.count / 2 + 8 { stored[place] ^= 0x5A }
    let path = write(stored, to: "data.\(ending)")
    if ending == "gz" { #expect(throws: TaskError.self) { try read(path) } }
    let plain = write(Array("a,b\n1,2\n".utf8), to: "plain.\(ending)")
    #expect(throws: TaskError.self) { try read(plain) }
  }

  @Test("that is gzip may be filled up with zeros, and nothing else may follow it")
  func padding() throws {
    let bytes = content(3000, seed: 1)
    let stored = try gzip(bytes)
    let zeros = [UInt8](repeating: 0, count: 3 << 20)
    #expect(try read(write(stored + zeros, to: "data.gz")) == bytes)
    for tail in [[7], [0, 7], Array("more text".utf8), zeros + stored] as [[UInt8]] {
      let path = write(stored + tail, to: "data.gz")
      let error = #expect(throws: TaskError.self, "\(tail.count)") { try read(path) }
      #expect(error?.message.hasSuffix("; get the file again") == true, "\(error as Any)")
    }
  }

  /// The block that `bgzip` ends a file with: a member of no bytes (SAM specification, 4.1.2).
  private static let lastBlock: [UInt8] = [
    0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 0xFF, 6, 0, 0x42, 0x43, 2, 0, 27, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0,
    0,
  ]

  /// A member that says, as those of `bgzip` do, how long it is.
  private func block(_ bytes: [UInt8]) throws -> [UInt8] {
    var member = try gzip(bytes)
    member[3] = 4
    let size = member.count + 8 - 1
    let extra: [UInt8] = [6, 0, 0x42, 0x43, 2, 0, UInt8(size & 255), UInt8(size >> 8)]
    return Array(member[..<10]) + extra + member[10...]
  }

  @Test("that bgzip wrote shows when blocks are missing at its end")
  func blocks() throws {
    let pieces = [content(3000, seed: 1), content(77, seed: 2)]
    let blocks = try pieces.map { try block($0) }
    #expect(
      try read(write(blocks[0] + blocks[1] + Self.lastBlock, to: "data.gz")) == pieces[0]
        + pieces[1])
    for stored in [blocks[0], blocks[0] + blocks[1]] {
      let error = #expect(throws: TaskError.self) { try read(write(stored, to: "data.gz")) }
      #expect(error?.message.contains("the empty block") == true, "\(error as Any)")
    }
  }

  @Test("that holds nothing at all gives nothing", arguments: ["txt", "gz", "zst"])
  func nothing(ending: String) throws {
    #expect(try read(write([], to: "data.\(ending)")).isEmpty)
  }

  @Test("that is not gzip, though its name says so, says how to mend it")
  func notGzip() throws {
    let error = #expect(throws: TaskError.self) {
      try read(write(Array("a,b\n".utf8), to: "data.gz"))
    }
    #expect(
      error?.message
        == "data is not gzip, though its name says so; take the .gz off its name")
  }

  @Test("that cannot be read is an error")
  func directory() {
    #expect(throws: (any Error).self) { try read(scratch.path) }
  }
}
