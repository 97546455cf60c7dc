import BatchCore
import Testing

@Suite("Byte buffer")
struct ByteBufferTests {
  private func text(_ buffer: borrowing ByteBuffer) -> String {
    unsafe String(decoding: buffer.bytes, as: UTF8.self)
  }

  @Test("what is appended is there in order, however often the buffer grows")
  func appends() {
    let buffer = ByteBuffer()
    var expected = ""
    for number in 0..<500 {
      buffer.append(number)
      buffer.append(UInt8(ascii: ","))
      buffer.append(Double(number) / 4)
      buffer.append(literal: ";")
      buffer.append("é\n")
      expected += "\(number),\(NumberText.text(Double(number) / 4));é\n"
    }
    #expect(text(buffer) == expected)
    let count = buffer.count
    #expect(count == expected.utf8.count)
  }

  @Test("a row of results is one separator and number a column, and NaN is an empty field")
  func fields() {
    // Two columns of three rows, as a block of results lies in memory.
    let values = [1.5, .nan, -0.0, 1e-9, .infinity, 123456789.25]
    let buffer = ByteBuffer()
    for row in 0..<3 {
      unsafe values.withUnsafeBufferPointer { values in
        guard let first = values.baseAddress else { return }
        unsafe buffer.append(fields: first + row, columns: 2, stride: 3, separator: 0x3B)
      }
      buffer.append(UInt8(ascii: "\n"))
    }
    #expect(text(buffer) == ";1.5;1e-09\n;;inf\n;-0;123456789.25\n")
  }

  @Test("bytes can be dropped at either end")
  func drops() {
    let buffer = ByteBuffer()
    buffer.append("abcdef")
    buffer.removeFirst(2)
    buffer.truncate(to: 3)
    #expect(text(buffer) == "cde")
    buffer.removeAll()
    #expect(text(buffer) == "")
  }

  @Test("lent room counts as far as it was written")
  func lends() {
    let buffer = ByteBuffer()
    buffer.append("a")
    unsafe buffer.write(atMost: 1_000) { room in
      unsafe room.copyMemory(from: "bc", byteCount: 2)
      return 2
    }
    #expect(text(buffer) == "abc")
  }
}
