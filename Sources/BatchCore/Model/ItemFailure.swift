/// Why one item has no result.
///
/// A failure belongs to its item only: the other items of the batch keep their results.
public struct ItemFailure: Error, Sendable, Equatable {
  /// A stable word that scripts may test for.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A value of the item cannot be used.
    public static let badInput = Code(rawValue: "bad_input")
    /// The worker process died while it worked on the item alone.
    public static let crashed = Code(rawValue: "crashed")
    /// The item did not finish within its time-out.
    public static let timedOut = Code(rawValue: "timed_out")
    /// The item alone takes longer than a worker may live.
    public static let exceedsLimit = Code(rawValue: "exceeds_limit")
  }

  /// Where in the input the cause stands, as far as it is known.
  public struct Location: Sendable, Equatable {
    /// The physical line, counted from one.
    public var line: Int?
    /// The name of the column.
    public var column: String?
    /// The offending text, shortened to 200 bytes.
    public var value: String?

    public init(line: Int? = nil, column: String? = nil, value: String? = nil) {
      self.line = line
      self.column = column
      self.value = value
    }
  }

  public var item: ItemID
  public var code: Code
  /// Whether the same item may succeed when it is tried again.
  public var isTransient: Bool
  /// One sentence that names the thing and the cure.
  public var message: String
  public var location: Location

  public init(
    item: ItemID, code: Code, isTransient: Bool = false, message: String,
    location: Location = Location()
  ) {
    self.item = item
    self.code = code
    self.isTransient = isTransient
    self.message = message
    self.location = location
  }
}
