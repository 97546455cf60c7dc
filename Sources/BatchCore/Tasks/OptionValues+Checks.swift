extension OptionSpec {
  /// What is wrong with a value of this option, as the end of a sentence; nil when it will do.
  ///
  /// For instance `must be a whole number of at least 1`.
  public func objection(to text: String) -> String? {
    isAcceptable(text) ? nil : "must be \(kind.allowed)"
  }

  private func isAcceptable(_ text: String) -> Bool {
    switch kind {
    case .flag: Self.switchState(text) != nil
    case .text: true
    case .file, .directory: !text.isEmpty
    case .integer(let range): OptionText.integer(text).map(range.contains) ?? false
    case .number(let range): OptionText.number(text).map(range.contains) ?? false
    case .duration: OptionText.durationSeconds(text) != nil
    case .byteCount: OptionText.byteCount(text) != nil
    case .choice(let choices): choices.contains(text)
    case .numberList(let range):
      OptionText.numberList(text).map { $0.allSatisfy(range.contains) } ?? false
    case .assignment: OptionText.assignment(text) != nil
    case .countOrPercent: OptionText.countOrShare(text) != nil
    case .percent(let range): OptionText.share(text).map { range.contains($0 * 100) } ?? false
    }
  }

  /// Whether a text such as `yes` or `0`, from the environment, sets a flag; nil for other texts.
  public static func switchState(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "1", "true", "yes", "on": true
    case "", "0", "false", "no", "off": false
    default: nil
    }
  }
}

extension OptionSpec.Kind {
  /// The values that are allowed, as they read after "must be".
  public var allowed: String {
    switch self {
    case .flag: "yes or no"
    case .text: "text"
    case .file: "the name of a file"
    case .directory: "the name of a directory"
    case .integer(let range): "a whole number" + Self.bounds(range, endless: Int.max)
    case .number(let range): "a number" + Self.bounds(range, endless: .greatestFiniteMagnitude)
    case .duration: "a duration such as 90, 500ms, 20s, 5m or 1h"
    case .byteCount: "a size such as 4096, 64kB, 512MiB or 1.5GB"
    case .choice(let choices): Self.list(choices)
    case .numberList(let range):
      "a list of numbers separated by commas, each"
        + Self.bounds(range, endless: .greatestFiniteMagnitude, any: " finite")
    case .assignment: "a name and a value, NAME=VALUE"
    case .countOrPercent: "a count such as 20 or a share such as 5%"
    case .percent(let range):
      "a share from \(Self.plain(range.lowerBound))% to \(Self.plain(range.upperBound))%"
    }
  }

  private static func bounds<Number: SignedNumeric & Comparable>(
    _ range: ClosedRange<Number>, endless: Number, any: String = ""
  ) -> String {
    switch (range.lowerBound <= -endless, range.upperBound >= endless) {
    case (true, true): any
    case (true, false): " of at most \(plain(range.upperBound))"
    case (false, true): " of at least \(plain(range.lowerBound))"
    case (false, false): " from \(plain(range.lowerBound)) to \(plain(range.upperBound))"
    }
  }

  private static func plain<Number>(_ number: Number) -> String {
    let text = "\(number)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private static func list(_ choices: [String]) -> String {
    guard let last = choices.last, choices.count > 1 else { return choices.joined() }
    return choices.dropLast().joined(separator: ", ") + " or " + last
  }
}
