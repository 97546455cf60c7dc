package import BatchCore

/// One line of the list: the address as it was typed, and what else stood beside it.
package struct ListedPage: Sendable, Equatable {
  /// The physical line, counted from one.
  package var line: Int
  /// The address or path as typed.
  package var typed: String
  /// The other fields of the line, in the order of `ListShape.carriedNames`; as JSON where the list
  /// is JSON Lines, as plain text where it is CSV.
  package var carried: [String] = []

  package init(line: Int, typed: String, carried: [String] = []) {
    self.line = line
    self.typed = typed
    self.carried = carried
  }

  /// Why the line names no page.
  package struct Objection: Error, Sendable, Equatable {
    package var sentence: String
  }

  /// The address, a relative path taken from `folder`, which ends with a slash.
  package func url(from folder: String) throws(Objection) -> WebURL {
    // What a list in another encoding has become; the address is not this one.
    guard !typed.unicodeScalars.contains("\u{FFFD}") else {
      throw Objection(sentence: "the line is not in UTF-8; save the list as UTF-8")
    }
    do throws(WebURLError) {
      // A record names the file, and would show what is rather a password.
      guard !isPath || loginEnd == nil else { throw .noScheme }
      return try isPath ? Self.file(typed, from: folder) : WebURL(typed)
    } catch {
      throw Objection(sentence: Self.sentence(typed, error))
    }
  }

  /// Whether a file is meant: no scheme stands in front.
  var isPath: Bool {
    guard let first = typed.utf8.first else { return false }
    guard first.isASCIILetter, let colon = typed.utf8.firstIndex(of: UInt8(ascii: ":")) else {
      return true
    }
    return !typed.utf8[..<colon].allSatisfy {
      $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-")
        || $0 == UInt8(ascii: ".")
    }
  }

  /// Where what may be `user:password@` in front of a host ends; a file whose name has both signs is told
  /// from it by a folder, as in `./a:b@c.html`.
  var loginEnd: String.Index? {
    guard let at = typed.lastIndex(of: "@"), let colon = typed.firstIndex(of: ":"), colon < at,
      typed.firstIndex(of: "/").map({ $0 > colon }) ?? true
    else { return nil }
    return typed.index(after: at)
  }

  private static func file(_ path: String, from folder: String) throws(WebURLError) -> WebURL {
    let whole = path.hasPrefix("/") ? path : folder + path
    var text = "file://"
    for byte in whole.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"),
        UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        text += digits.utf8.count < 2 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return try WebURL(text)
  }

  private static func sentence(_ typed: String, _ error: WebURLError) -> String {
    guard !typed.isEmpty else {
      return "the line holds no address that can be read; write it as in https://example.org/paper"
    }
    var error = error
    // What seems to be a scheme may be the name of a user.
    if case .unsupportedScheme = error, !typed.contains("//"), typed.contains("@") {
      error = .noScheme
    }
    // What follows an at sign may be meant as a host, and what precedes it as a password.
    let shown = typed.contains("@") ? "the address" : "'\(typed.prefix(200))'"
    return "\(shown) is no address of a page: \(error); write it as in https://example.org/paper"
  }
}

/// How the lines of a list are read.
package struct ListShape: Sendable, Equatable {
  package enum Format: String, Sendable {
    /// One address a line.
    case lines
    case csv
    case jsonLines = "jsonl"
  }

  package var format: Format
  /// The column or key that holds the address; empty for plain lines.
  package var column = ""
  /// CSV: all columns. JSON Lines: the keys of the first line, whatever others have.
  package var columns: [String] = []
  package var separator = UInt8(ascii: ",")

  package init(
    format: Format, column: String = "", columns: [String] = [],
    separator: UInt8 = UInt8(ascii: ",")
  ) {
    self.format = format
    self.column = column
    self.columns = columns
    self.separator = separator
  }

  /// The place of the address among the columns; nil for plain lines.
  var addressIndex: Int? { columns.firstIndex(of: column) }

  /// The names of the fields that are carried through, as they stand in the list.
  package var carriedNames: [String] {
    columns.indices.filter { $0 != addressIndex }.map { columns[$0] }
  }
}

// MARK: - As the bytes of a batch

extension ListedPage {
  package static func bytes(_ pages: [ListedPage]) -> [UInt8] {
    let writer = MessageWriter()
    writer.add(pages.count)
    for page in pages {
      writer.add(page.line)
      writer.add(page.typed)
      writer.add(page.carried.count)
      for field in page.carried { writer.add(field) }
    }
    return unsafe writer.buffer.withBytes { unsafe Array($0) }
  }

  package static func read(_ bytes: [UInt8]) throws(MessageReader.Malformed) -> [ListedPage] {
    var reader = MessageReader(bytes)
    let count = try reader.integer()
    var pages: [ListedPage] = []
    for _ in 0..<max(0, count) {
      var page = ListedPage(line: try reader.integer(), typed: try reader.text())
      let fields = try reader.integer()
      for _ in 0..<max(0, fields) { page.carried.append(try reader.text()) }
      pages.append(page)
    }
    return pages
  }
}
