import BatchCore
import PageSamples
import SampleTask
import Scrape
import Testing

@Suite("Transcoder")
struct TranscoderTests {
  /// Decodes bytes that arrive in chunks of the given sizes; the last size repeats.
  private func text(_ bytes: [UInt8], _ encoding: EncodingName, chunks: [Int]) -> [UInt8] {
    var transcoder = Transcoder(encoding)
    let target = ByteBuffer()
    var (rest, sizes) = (bytes[...], chunks[...])
    while !rest.isEmpty {
      let size = max(sizes.count > 1 ? sizes.removeFirst() : sizes.first ?? rest.count, 1)
      let chunk = Array(rest.prefix(size))
      rest = rest.dropFirst(size)
      unsafe chunk.withUnsafeBytes {
        unsafe transcoder.append($0, to: target, isLast: rest.isEmpty)
      }
    }
    if bytes.isEmpty {
      unsafe transcoder.append(
        UnsafeRawBufferPointer(start: nil, count: 0), to: target, isLast: true)
    }
    return unsafe target.withBytes { unsafe Array($0) }
  }

  private func string(_ bytes: [UInt8], _ encoding: EncodingName) -> String {
    String(decoding: text(bytes, encoding, chunks: [bytes.count]), as: UTF8.self)
  }

  @Test(
    "Every encoding gives back the text that was written in it", arguments: LanguageSample.pairs)
  func roundTrip(_ pair: EncodedSample) throws {
    let page = pair.sample.page(isLong: true)
    let bytes = try #require(Iconv.encode(page, as: pair.encoding))
    let encoding = try #require(EncodingName(label: pair.encoding))
    #expect(string(bytes, encoding) == page)
  }

  @Test(
    "Each byte of a single-byte encoding means what the C library says",
    arguments: [
      "ibm866", "iso-8859-2", "iso-8859-3", "iso-8859-4", "iso-8859-5", "iso-8859-6",
      "iso-8859-7", "iso-8859-10", "iso-8859-13", "iso-8859-14", "iso-8859-15", "iso-8859-16",
      "koi8-r", "koi8-u", "windows-874", "windows-1250", "windows-1251", "windows-1252",
      "windows-1253", "windows-1254", "windows-1256", "windows-1257", "x-mac-cyrillic",
    ])
  func singleBytes(name: String) throws {
    let encoding = try #require(EncodingName(label: name))
    var known = 0
    for byte in UInt8(0xA0)...0xFF {
      guard let expected = Iconv.decode([byte], as: name), expected != "\u{20AF}" else { continue }
      known += 1
      // Two currency signs and the Apple changed places over time; the standard has the newer ones.
      if ["\u{A4}", "\u{20AC}", "\u{F8FF}", "\u{20AA}", "\u{37A}"].contains(expected) { continue }
      #expect(string([byte], encoding) == expected, "byte \(byte) of \(name)")
    }
    #expect(known > 40)
  }

  @Test(
    "Invalid UTF-8 becomes as many U+FFFD as the standard says",
    arguments: [
      ([0x61, 0xFF, 0x62], "a\u{FFFD}b"), ([0xC3], "\u{FFFD}"), ([0xC3, 0x28], "\u{FFFD}("),
      ([0xE3, 0x81], "\u{FFFD}"), ([0xE3, 0x81, 0x61], "\u{FFFD}a"),
      ([0xF0, 0x9F, 0x98], "\u{FFFD}"), ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),
      ([0xC0, 0x80], "\u{FFFD}\u{FFFD}"), ([0xF5, 0x80], "\u{FFFD}\u{FFFD}"),
      ([0xF0, 0x80, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
      (
        [0xE1, 0x80, 0xE2, 0xF0, 0x91, 0x92, 0xF1, 0xBF, 0x41], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}A"
      ),
      ([0x61, 0, 0x62], "a b"), ([0xEF, 0xBB, 0xBF, 0x61], "a"),
      ([0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF, 0x61], "\u{FEFF}a"), ([0xEF, 0xBB], "\u{FFFD}"),
    ] as [([UInt8], String)])
  func invalidUTF8(bytes: [UInt8], expected: String) {
    #expect(Array(string(bytes, .utf8).utf8) == Array(expected.utf8))
    #expect(text(bytes, .utf8, chunks: [1]) == Array(expected.utf8))
  }

  @Test("Every byte is judged alike wherever it stands in a block", arguments: [63, 64, 127, 128])
  func atTheEndOfABlock(before: Int) {
    let ascii = [UInt8](repeating: 0x61, count: 200)
    let seconds: [[UInt8]] = [[], [0x80], [0xBF], [0x80, 0x80]]
    for first in UInt8.min...UInt8.max {
      for second in seconds {
        let bytes = Array(ascii[..<before]) + [first] + second + ascii
        let mended = bytes.map { $0 == 0 ? 0x20 : $0 }
        let expected = Array(String(decoding: mended, as: UTF8.self).utf8)
        #expect(text(bytes, .utf8, chunks: [bytes.count]) == expected, "\(first), \(second)")
      }
    }
  }

  @Test("NULs become blanks in every encoding")
  func nuls() throws {
    for name in ["utf-8", "windows-1252", "koi8-r", "shift_jis", "euc-kr", "gb18030"] {
      let encoding = try #require(EncodingName(label: name))
      #expect(string([0x61, 0, 0, 0x62], encoding) == "a  b", "in \(name)")
    }
    #expect(string([0x61, 0, 0, 0, 0x62, 0], .utf16LittleEndian) == "a b")
  }

  @Test("Half a surrogate pair becomes U+FFFD")
  func surrogates() {
    #expect(string([0x3D, 0xD8, 0x61, 0], .utf16LittleEndian) == "\u{FFFD}a")
    #expect(string([0x3D, 0xD8, 0, 0xDE], .utf16LittleEndian) == "\u{1F600}")
    #expect(string([0x3D, 0xD8], .utf16LittleEndian) == "\u{FFFD}")
    #expect(string([0x61, 0, 0x62], .utf16LittleEndian) == "a\u{FFFD}")
  }

  // MARK: - Properties

  @Test("The text does not depend on where the chunks are cut", arguments: LanguageSample.pairs)
  func chunking(_ pair: EncodedSample) throws {
    let seed = PropertySeed.next
    var random = SeededRandom(seed: seed)
    let encoding = try #require(EncodingName(label: pair.encoding))
    for encoding in [encoding, .utf8, .utf16BigEndian] {
      var bytes = try #require(Iconv.encode(pair.sample.page(), as: encoding.text))
      for round in 0..<6 {
        // Damaged text is where a decoder's state shows.
        for _ in 0..<round * 4 {
          bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
            in: 0...255, using: &random)
        }
        let whole = text(bytes, encoding, chunks: [bytes.count])
        let sizes = (0..<200).map { _ in Int.random(in: 1...9, using: &random) } + [64]
        #expect(text(bytes, encoding, chunks: [1]) == whole, "\(encoding), seed \(seed)")
        #expect(text(bytes, encoding, chunks: sizes) == whole, "\(encoding), seed \(seed)")
        #expect(String(validating: whole, as: UTF8.self) != nil, "\(encoding), seed \(seed)")
      }
    }
  }

  @Test("Invalid UTF-8 is mended as the standard library mends it")
  func againstStandardLibrary() {
    let seed = PropertySeed.next
    var random = SeededRandom(seed: seed)
    let pieces: [[UInt8]] = [
      Array("abc def ".utf8), Array("é".utf8), Array("深層".utf8), Array("😀".utf8), [0xC3],
      [0xE3, 0x81],
      [0xF0, 0x9F], [0x80], [0xFF], [0xED, 0xA0], [0xF4, 0x90], [0xC1, 0xBF],
      Array(repeating: 0x61, count: 70),
    ]
    for _ in 0..<400 {
      let bytes = (0..<Int.random(in: 0..<60, using: &random)).flatMap { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &random)]
      }
      let expected = Array(String(decoding: bytes, as: UTF8.self).utf8)
      #expect(text(bytes, .utf8, chunks: [bytes.count]) == expected, "seed \(seed): \(bytes)")
      #expect(text(bytes, .utf8, chunks: [7]) == expected, "seed \(seed): \(bytes)")
    }
  }

  @Test("Runs of UTF-8 are handed on without a copy")
  func noCopy() {
    let bytes = Array(String(repeating: "深層 learning ", count: 500).utf8)
    var transcoder = Transcoder(.utf8)
    let scratch = ByteBuffer()
    var isSame = false
    unsafe bytes.withUnsafeBytes { source in
      unsafe transcoder.forEachRun(of: source, isLast: true, scratch: scratch) { run in
        isSame = unsafe run.baseAddress == source.baseAddress && run.count == source.count
      }
    }
    #expect(isSame)
    #expect(scratch.isEmpty)
  }
}
