import BatchCore
import Glibc
import Testing

@Suite("CSV files on disk")
final class CSVFileTests {
  private let path = "/tmp/csv-file-test-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"

  deinit { unsafe unlink(path) }

  private func write(_ text: String, appending: Bool = false) throws {
    let mode = appending ? O_APPEND : O_TRUNC
    let descriptor = unsafe open(path, O_CREAT | O_WRONLY | mode, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    let written = unsafe bytes.withUnsafeBytes {
      unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
    }
    try #require(written == bytes.count)
  }

  @Test(
    "every byte is shown once and in order, and so is every row, whatever the chunks",
    arguments: [1, 5, 64, 1 << 20])
  func observers(chunkBytes: Int) throws {
    let text =
      "a,b\r\n1,\"x\r\ny\"\r\n\r\n2,z\n\n3,long\(String(repeating: "w", count: 100))\n4,end"
    try write(text)
    var options = CSVIndex.Options()
    options.chunkBytes = chunkBytes
    var bytes: [UInt8] = []
    var rows: [String] = []
    _ = unsafe try CSVIndex(
      ByteSource(path: path), options: options, onBytes: { unsafe bytes += $0 },
      onRow: { row, content in
        #expect(row == rows.count)
        rows.append(unsafe String(decoding: content, as: UTF8.self))
      })
    #expect(String(decoding: bytes, as: UTF8.self) == text)
    let long = "3,long\(String(repeating: "w", count: 100))"
    #expect(rows == ["1,\"x\r\ny\"", "2,z", long, "4,end"])
  }

  @Test("a row's line counts blank lines and quoted line breaks")
  func lines() throws {
    try write("a,b\n1,\"x\ny\"\n\n\n2,z\n3,w")
    let source = try ByteSource(path: path)
    let file = CSVFile(source, index: try CSVIndex(source))
    #expect(try (0..<3).map { try file.line(ofRow: $0) } == [2, 6, 7])
  }

  @Test("a row larger than the granule is found")
  func largeRow() throws {
    let field = String(repeating: "q", count: 1_000_000)
    try write("a,b\n1,\(field)\n2,x\n")
    let source = try ByteSource(path: path)
    let file = CSVFile(source, index: try CSVIndex(source))
    #expect(try file.byteRange(ofRows: 1..<2) == 4 + 1_000_003..<4 + 1_000_007)
    #expect(try file.prefix(of: 0..<2, fitting: 1_000) == 0)
    #expect(try file.prefix(of: 0..<2, fitting: 1_000_003) == 1)
  }

  @Test("a file that grew, or shrank below what is read, has changed")
  func changes() throws {
    try write("a,b\n1,2\n")
    let source = try ByteSource(path: path)
    try source.checkUnchanged()
    try write("3,4\n", appending: true)
    #expect(throws: InputError(.changed, input: path)) { try source.checkUnchanged() }
    try write("a")
    #expect(throws: InputError(.changed, input: path)) { try CSVIndex(source) }
  }

  @Test("another file under the same name is a change")
  func replaced() throws {
    try write("a,b\n1,2\n")
    let source = try ByteSource(path: path)
    unsafe unlink(path)
    let descriptor = unsafe open(path, O_CREAT | O_WRONLY, 0o600)
    try #require(descriptor >= 0)
    close(descriptor)
    #expect(throws: InputError(.changed, input: path)) { try source.checkUnchanged() }
  }

  @Test("a missing file, a directory and a device are told apart")
  func cannotOpen() {
    let missing = path + ".missing"
    #expect(throws: InputError(.cannotOpen(errno: ENOENT), input: missing)) {
      try ByteSource(path: missing)
    }
    #expect(throws: InputError(.isDirectory, input: "/tmp")) { try ByteSource(path: "/tmp") }
    #expect(throws: InputError(.notRegular, input: "/dev/null")) {
      try ByteSource(path: "/dev/null")
    }
    #expect(
      InputError(.cannotOpen(errno: ENOENT), input: "x.csv").description
        == "cannot open x.csv: No such file or directory")
  }
}
