/// A command and its options: the table from which parsing, help, completion and man page are made.
public struct CommandSpec: Sendable {
  public var name: String
  /// One line for the list of commands, without a full stop.
  public var summary: String
  /// The arguments as they stand in the usage line, such as `FILE`.
  public var arguments: [ArgumentSpec]
  /// Paragraphs for `--help` and the man page.
  public var discussion: [String]
  public var options: [OptionSpec]
  /// Whole command lines with what they do.
  public var examples: [(line: String, meaning: String)]

  public init(
    name: String, summary: String, arguments: [ArgumentSpec] = [], discussion: [String] = [],
    options: [OptionSpec] = [], examples: [(line: String, meaning: String)] = []
  ) {
    self.name = name
    self.summary = summary
    self.arguments = arguments
    self.discussion = discussion
    self.options = options
    self.examples = examples
  }
}

/// An argument by position.
public struct ArgumentSpec: Sendable {
  /// The word in the usage line, in capitals.
  public var placeholder: String
  public var help: String
  public var isRequired: Bool
  public var completesFiles: Bool
  /// Whether it may be given several times; only the last argument may.
  public var isRepeatable: Bool

  public init(
    _ placeholder: String, help: String, isRequired: Bool = true, completesFiles: Bool = true,
    isRepeatable: Bool = false
  ) {
    self.placeholder = placeholder
    self.help = help
    self.isRequired = isRequired
    self.completesFiles = completesFiles
    self.isRepeatable = isRepeatable
  }
}

/// One option: `--name VALUE`, or `--name` for a flag.
public struct OptionSpec: Sendable {
  /// What the value may be; it decides the check, the message and the completion.
  public enum Kind: Sendable, Equatable {
    case flag
    case text
    case file
    case directory
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    /// Seconds, or a number with `ms`, `s`, `m` or `h`.
    case duration
    /// Bytes, or a number with `kB`, `MB`, `GB`, `KiB`, `MiB` or `GiB`.
    case byteCount
    case choice([String])
    /// Numbers separated by commas, each in the range.
    case numberList(ClosedRange<Double>)
    /// `NAME=VALUE`.
    case assignment
    /// A count, or a share such as `5%`.
    case countOrPercent
    /// A share such as `10%`, within bounds in percent.
    case percent(ClosedRange<Double>)
  }

  /// The long name without dashes.
  public var name: String
  /// A single letter, such as `o` for `-o`.
  public var short: Character?
  public var kind: Kind
  /// The word for the value in the help, such as `SECONDS`.
  public var placeholder: String
  public var isRepeatable: Bool
  /// The default as text for the help; what absence means is decided where the option is read.
  public var defaultText: String?
  public var help: String

  public init(
    _ name: String, short: Character? = nil, _ kind: Kind, _ placeholder: String = "",
    isRepeatable: Bool = false, default defaultText: String? = nil, help: String
  ) {
    self.name = name
    self.short = short
    self.kind = kind
    self.placeholder = placeholder
    self.isRepeatable = isRepeatable
    self.defaultText = defaultText
    self.help = help
  }
}

/// The values of the options that were given, by the option's long name, checked but still text.
public struct OptionValues: Sendable, Equatable {
  public private(set) var values: [String: [String]]

  public init(_ values: [String: [String]] = [:]) { self.values = values }

  public mutating func append(_ value: String, for name: String) {
    values[name, default: []].append(value)
  }

  /// The last value given, which is the one that counts for options that are not repeatable.
  public subscript(_ name: String) -> String? { values[name]?.last }

  /// All values of a repeatable option, in the order typed.
  public func all(_ name: String) -> [String] { values[name] ?? [] }

  public func isSet(_ name: String) -> Bool { values[name] != nil }
}
