import BlackScholes
import FoundationEssentials

/// The committed golden table of options.
enum GoldenOptions {
  static func load() throws -> [ExactOption] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let file = folder.appending(path: "golden-options.csv")
    return ExactOption.table(csv: try String(contentsOf: file, encoding: .utf8))
  }
}
