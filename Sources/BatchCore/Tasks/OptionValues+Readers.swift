/// Typed reading of options that were checked against their table when the command line was parsed.
///
/// Every reader gives nil, or an empty list, when the option is absent. Reading an option as a kind
/// that its table does not name is a programmer's error.
extension OptionValues {
  public func integer(_ name: String) -> Int? { read(name, OptionText.integer) }

  public func number(_ name: String) -> Double? { read(name, OptionText.number) }

  /// A duration in seconds.
  public func durationSeconds(_ name: String) -> Double? { read(name, OptionText.durationSeconds) }

  /// A size in bytes.
  public func byteCount(_ name: String) -> Int? { read(name, OptionText.byteCount) }

  /// The numbers of a comma-separated list, in the order typed.
  public func numberList(_ name: String) -> [Double]? { read(name, OptionText.numberList) }

  public func countOrPercent(_ name: String) -> CountOrShare? {
    read(name, OptionText.countOrShare)
  }

  /// A share, from 0 to 1.
  public func share(_ name: String) -> Double? { read(name, OptionText.share) }

  /// Every `NAME=VALUE` of a repeatable option, in the order typed.
  public func assignments(_ name: String) -> [(name: String, value: String)] {
    all(name).map { checked($0, name, OptionText.assignment) }
  }

  private func read<Value>(_ name: String, _ parse: (String) -> Value?) -> Value? {
    self[name].map { checked($0, name, parse) }
  }

  private func checked<Value>(
    _ text: String, _ name: String, _ parse: (String) -> Value?
  ) -> Value {
    guard let value = parse(text) else {
      preconditionFailure("the value of --\(name) was not checked against its table: \(text)")
    }
    return value
  }
}
