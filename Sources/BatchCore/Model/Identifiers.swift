/// The name of a task, as typed on the command line.
public struct TaskName: Hashable, Sendable, CustomStringConvertible {
  public let rawValue: String
  public init(_ rawValue: String) { self.rawValue = rawValue }
  public var description: String { rawValue }
}

/// The place of an item in the input, counted from zero.
public struct ItemID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let index: Int
  public init(_ index: Int) { self.index = index }
  public static func < (a: ItemID, b: ItemID) -> Bool { a.index < b.index }
  public var description: String { String(index) }
}

/// The number of a batch within its run, in the order of submission, counted from zero.
public struct BatchIndex: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let rawValue: Int
  public init(_ rawValue: Int) { self.rawValue = rawValue }
  public static func < (a: BatchIndex, b: BatchIndex) -> Bool { a.rawValue < b.rawValue }
  public var description: String { String(rawValue) }
}

/// The identity of a run: the hexadecimal SHA-256 of its task, options, version and input.
public struct RunID: Hashable, Sendable, CustomStringConvertible {
  public let rawValue: String
  public init(_ rawValue: String) { self.rawValue = rawValue }
  public var description: String { rawValue }
  /// The first twelve digits, for names and messages.
  public var short: String { String(rawValue.prefix(12)) }
}
