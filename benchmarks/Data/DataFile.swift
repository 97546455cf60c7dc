import BatchCore
import Glibc

/// A file that the documentation names, and how it is made.
package struct DataFile: Sendable {
  package let name: String
  package let rows: Int
  /// The size of the finished file, by which one that is there already is recognised.
  /// Nil for a file of any size.
  package let byteCount: Int?
  private let header: String
  private let pieces: Int
  private let append: @Sendable (_ piece: Int, _ buffer: ByteBuffer) -> Void

  /// The files of `make data`.
  package static var all: [DataFile] {
    [
      firms("firms.csv", 120, byteCount: 15_337_920),
      // Without volatilities the iterative method solves it, which takes some ten seconds.
      firms("big.csv", 600, byteCount: 63_153_155, hasVolatility: false),
      firms("series.csv", 8, byteCount: 834_777, hasVolatility: false),
      options("options.csv", 200, byteCount: 94_725_012),
    ]
  }

  /// Firms of 2,500 days each.
  package static func firms(
    _ name: String, _ count: Int, byteCount: Int?, hasVolatility: Bool = true
  ) -> DataFile {
    let table = FirmTable(hasVolatility: hasVolatility)
    return firms(name, of: table, 0..<count, byteCount: byteCount)
  }

  /// Some firms of a table.
  package static func firms(
    _ name: String, of table: FirmTable, _ firms: Range<Int>, byteCount: Int? = nil
  ) -> DataFile {
    DataFile(
      name: name, rows: firms.count * FirmTable.daysPerFirm, byteCount: byteCount,
      header: table.header, pieces: firms.count
    ) { piece, buffer in
      let firm = firms.lowerBound + piece
      table.append(firms: firm..<firm + 1, to: buffer)
    }
  }

  /// Blocks of 10,000 options each, all of them so many times over.
  package static func options(_ name: String, _ blocks: Int, byteCount: Int?, repeats: Int = 1)
    -> DataFile
  {
    let table = OptionTable()
    return DataFile(
      name: name, rows: repeats * blocks * OptionTable.rowsPerBlock, byteCount: byteCount,
      header: OptionTable.header, pieces: repeats * blocks
    ) { block, buffer in
      table.append(block: block % blocks, to: buffer)
    }
  }
}

// MARK: - Writing

extension DataFile {
  /// True if a file of the right size is there.
  package func isComplete(in directory: String) -> Bool {
    var information = stat()
    guard unsafe stat(path(in: directory), &information) == 0 else { return false }
    return information.st_size == byteCount
  }

  /// Writes the file; it appears under its name when it is complete.
  ///
  /// - Throws: `DataFileError` for a directory that cannot be written, and for a size that differs from
  ///   the one stated here.
  package func write(to directory: String) throws(DataFileError) {
    let (path, draft) = (path(in: directory), path(in: directory) + ".part")
    let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0 else { throw .failing(to: "create", draft) }
    defer { close(descriptor) }
    let buffer = ByteBuffer(capacity: 2 << 20)
    buffer.append(header)
    var size = 0
    for piece in 0..<pieces {
      append(piece, buffer)
      guard piece == pieces - 1 || buffer.count > 1 << 20 else { continue }
      guard Self.append(buffer, to: descriptor) else { throw .failing(to: "write", draft) }
      size += buffer.count
      buffer.removeAll()
    }
    if let byteCount, size != byteCount {
      throw DataFileError(description: "\(draft) has \(size) bytes, not \(byteCount)")
    }
    guard unsafe rename(draft, path) == 0 else { throw .failing(to: "rename", draft) }
  }

  package func path(in directory: String) -> String { directory + "/" + name }

  static func append(_ buffer: ByteBuffer, to descriptor: Int32) -> Bool {
    unsafe buffer.withBytes { bytes in
      var offset = 0
      while offset < bytes.count, let base = bytes.baseAddress {
        let count = unsafe Glibc.write(descriptor, base + offset, bytes.count - offset)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return false }
        offset += count
      }
      return true
    }
  }
}

/// A file that cannot be made, and why.
package struct DataFileError: Error, CustomStringConvertible {
  package let description: String

  static func failing(to act: String, _ path: String) -> DataFileError {
    DataFileError(description: unsafe "cannot \(act) \(path): \(String(cString: strerror(errno)))")
  }
}
