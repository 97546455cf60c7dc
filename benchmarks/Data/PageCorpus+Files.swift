import BatchCore
import Glibc

extension PageCorpus {
  /// Where the pages stand, seen from the root of the repository.
  package static let directory = ".build/scrape/pages"
  /// Where `tools/scrape-server.sh` serves them.
  package static let origin = "http://127.0.0.1:8877"

  package static func url(of page: Int) -> String { origin + "/" + path(of: page) }

  /// One address on each line, in the order of the pages.
  package static var urls: String {
    (0..<pageCount).map { url(of: $0) + "\n" }.joined()
  }

  /// Holds the size of all pages once they are written.
  private static let stamp = directory + "/complete"

  package static var isComplete: Bool {
    guard let file = unsafe fopen(stamp, "r") else { return false }
    defer { unsafe fclose(file) }
    var text = [CChar](repeating: 0, count: 32)
    guard unsafe fgets(&text, 32, file) != nil else { return false }
    let bytes = text.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
    return Int(String(decoding: bytes, as: UTF8.self)) == byteCount
  }

  /// Writes all pages; what is there already is written anew.
  ///
  /// - Throws: `DataFileError` when a file cannot be written, and when the pages have another size than
  ///   the one stated here.
  package func write() throws(DataFileError) {
    for directory in [".build", ".build/scrape", Self.directory] {
      unsafe mkdir(directory, 0o755)
    }
    var size = 0
    for index in 0..<Self.pageCount {
      let path = Self.directory + "/" + Self.path(of: index)
      if index % 100 == 0 { unsafe mkdir(String(path.dropLast(11)), 0o755) }
      let page = page(index)
      try DataFile.write(page.html, to: path)
      size += page.html.count
    }
    guard size == Self.byteCount else {
      throw DataFileError(description: "the pages have \(size) bytes, not \(Self.byteCount)")
    }
    let buffer = ByteBuffer()
    buffer.append("\(size)\n")
    try DataFile.write(buffer, to: Self.stamp)
  }

  /// Writes the list of addresses.
  package static func writeURLs(to path: String) throws(DataFileError) {
    let buffer = ByteBuffer()
    buffer.append(urls)
    try DataFile.write(buffer, to: path)
  }
}

extension DataFile {
  /// Writes a whole file, which appears under its name when it is complete.
  fileprivate static func write(_ buffer: ByteBuffer, to path: String) throws(DataFileError) {
    let draft = path + ".part"
    let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0 else { throw .failing(to: "create", draft) }
    defer { close(descriptor) }
    guard append(buffer, to: descriptor) else { throw .failing(to: "write", draft) }
    guard unsafe rename(draft, path) == 0 else { throw .failing(to: "rename", draft) }
  }
}
