internal import BatchCore

/// The list of pages as a file: where the line of each item begins, and how it is read.
///
/// Kept in memory are twelve bytes for each item; the lines themselves are read when their turn comes.
package final class ListFile: Sendable {
  package let shape: ListShape
  let displayName: String
  let digest: String
  private let bytes: ByteSource
  /// Where the line of each item begins, in bytes; one more at the end of the last.
  private let starts: [Int]
  /// The physical line of each item, counted from one.
  private let lines: [UInt32]

  var count: Int { lines.count }
  var byteCount: Int { (starts.last ?? 0) - (starts.first ?? 0) }

  /// - Throws: `TaskError`, or `InputError` for a file that cannot be read.
  init(
    _ input: InputFile, urlColumn: String?, limit: Int?,
    onItem: (_ page: ListedPage) -> Void
  ) throws {
    bytes = try ByteSource(path: input.path)
    displayName = input.displayName
    let scan = try ListScan(bytes, name: input.displayName, urlColumn: urlColumn)
    shape = scan.shape
    var starts: [Int] = []
    var lines: [UInt32] = []
    var end = 0
    digest = try scan.forEachRecord(of: bytes) { range, line, text in
      guard lines.count < limit ?? .max else { return }
      guard let page = scan.page(text, line: line) else { return }
      onItem(page)
      starts.append(range.lowerBound)
      lines.append(UInt32(clamping: line))
      end = range.upperBound
    }
    starts.append(end)
    self.starts = starts
    self.lines = lines
    scanned = scan
  }

  private let scanned: ListScan

  /// Reads the line of an item again.
  func page(_ item: Int, buffer: inout ByteBuffer) throws(InputError) -> ListedPage {
    buffer.removeAll()
    // Blank lines and comments may stand behind the line; they are no part of it.
    let end = min(starts[item + 1], starts[item] + Self.longestLine)
    try bytes.read(starts[item]..<end, appendingTo: &buffer)
    let text = unsafe buffer.withBytes { unsafe scanned.firstRecord(of: $0) }
    let line = Int(lines[item])
    return scanned.page(text, line: line) ?? ListedPage(line: line, typed: "")
  }

  /// Longer lines are cut, and then name no page.
  static let longestLine = 1 << 20

  func changed() -> String? {
    do {
      try bytes.checkUnchanged()
      return nil
    } catch {
      return "\(InputError(error.code, input: displayName))"
    }
  }
}
