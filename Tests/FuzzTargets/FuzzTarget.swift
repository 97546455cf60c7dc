/// Something that takes bytes from strangers, and what must be true whatever the bytes are.
///
/// The fuzzer invents the bytes; crashes, hangs and bad accesses to memory are its own to find. What it cannot
/// see, a check says: that two ways to the same answer agree, and that what is written can be read.
package struct FuzzTarget: Sendable {
  package let name: String
  package let summary: String
  /// Inputs to begin with; the larger part of what is invented is made of them.
  package let seeds: @Sendable () -> [[UInt8]]
  /// Words that inputs are likely to hold.
  package var words: [String] = []
  /// The longest input that is worth inventing, in bytes.
  package var longestInput = 4096
  /// - Returns: what is not as it must be, as a sentence; nil when all is well.
  package let check: @Sendable ([UInt8]) -> String?

  package static let all: [FuzzTarget] = [
    pages, encodings, selectors, rules, robots, addresses, lists,
  ]

  package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// Takes decisions off the front of an input, and leaves the rest.
struct Choices {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  mutating func byte() -> Int { Int(rest.popFirst() ?? 0) }

  mutating func one<Element>(of all: [Element]) -> Element { all[byte() % all.count] }
}

extension [UInt8] {
  /// The pieces of at most `size` bytes that make up the whole; at least one, which may be empty.
  func pieces(of size: Int) -> [[UInt8]] {
    guard size < count else { return [self] }
    return stride(from: 0, to: count, by: size).map {
      Array(self[$0..<Swift.min($0 + size, count)])
    }
  }
}
