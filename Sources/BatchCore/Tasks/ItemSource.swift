/// The items of a run, counted and cut into batches, never held in memory one by one.
public protocol ItemSource: Sendable {
  /// How many items there are.
  var count: Int { get }

  /// The number of input bytes of all items together, for estimates.
  var byteCount: Int { get }

  /// The hexadecimal checksum of the input; part of the run's identity.
  var contentDigest: String { get }

  /// How many of the first items of `items` fit into `maxBytes`; at least one.
  func prefix(of items: Range<Int>, fitting maxBytes: Int) throws -> Int

  /// What a worker needs to run `items`, context included.
  func input(for items: Range<Int>) throws -> BatchInput

  /// The local files, besides the bytes of `input`, that a worker needs to run `items`; it opens them
  /// at `BatchInput.localPath(of:)`.
  func files(for items: Range<Int>) throws -> [String]

  /// A sentence when the input is no longer what it was when the run began, nil while it is.
  func changed() -> String?

  /// Where to cut `items`, of which a batch should end at `position`: there, or later.
  ///
  /// For items that belong together, such as a page that is listed twice.
  func cut(_ items: Range<Int>, at position: Int) -> Int

  /// How much work is in an item next to the others, in a unit of the source's own such as frames; nil
  /// where that cannot be told without doing it.
  ///
  /// An item whose work is too much for the time limit of a worker is not tried there.
  func work(of item: Int) -> Double?

  /// The order in which items are handed out; nil for that of the input.
  ///
  /// With one, the ranges of items that `prefix` and `input` get are positions in this order.
  var dispatchOrder: DispatchOrder? { get }
}

extension ItemSource {
  public var dispatchOrder: DispatchOrder? { nil }

  public func work(of item: Int) -> Double? { nil }

  public func files(for items: Range<Int>) -> [String] { [] }

  public func cut(_ items: Range<Int>, at position: Int) -> Int { position }

  /// The first of the items that no batch may separate from the one at `position`.
  package func unitStart(of position: Int) -> Int {
    var start = position
    while start > 0, cut(start - 1..<start + 1, at: start) > start { start -= 1 }
    return start
  }

  /// The place in the input of the item at a position of the dispatch order.
  package func inputIndex(of position: Int) -> Int {
    dispatchOrder?.inputIndex(of: position) ?? position
  }
}
