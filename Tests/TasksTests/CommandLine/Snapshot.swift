import Glibc
import Testing

/// A text kept beside the tests, compared byte for byte.
///
/// `SNAPSHOTS=record swift test` writes the texts anew.
struct Snapshot {
  private let path: String

  init(_ name: String, file: String = #filePath) {
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    path = folder.joined(separator: "/") + "/Snapshots/" + name
  }

  func compare(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    if unsafe getenv("SNAPSHOTS").map({ unsafe String(cString: $0) }) == "record" {
      try TextFile(path).write(text)
    }
    let expected = try TextFile(path).read()
    #expect(text == expected, "differs from \(path)", sourceLocation: sourceLocation)
  }
}
