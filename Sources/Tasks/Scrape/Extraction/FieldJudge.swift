internal import BatchCore

/// Turns what a rule has found into the value of a field, or says that it is none.
struct FieldJudge {
  enum Verdict: Equatable {
    case good([String])
    /// Taken when nothing better is found.
    case doubtful(String)
    case rejected
  }

  let facts: PageFacts

  func judge(_ field: PageField, _ text: String) -> Verdict {
    let line = ElementText.line(text)
    guard !line.isEmpty else { return .rejected }
    return switch field {
    case .title: title(line)
    case .authors: list(Self.authors(line))
    case .abstract: abstract(text)
    case .year: one(DateText.year(line))
    case .date: one(DateText.iso(line))
    case .doi: one(Self.doi(line))
    case .venue: .good([line])
    case .pdfURL: one(facts.absolute(line))
    case .language: one(Self.language(line))
    case .site: .good([line])
    }
  }

  private func one(_ value: String?) -> Verdict { value.map { .good([$0]) } ?? .rejected }
  private func list(_ values: [String]) -> Verdict { values.isEmpty ? .rejected : .good(values) }

  // MARK: - Texts

  private func abstract(_ text: String) -> Verdict {
    let text = AbstractJudge.withoutLabel(text)
    return switch AbstractJudge.judge(text, facts) {
    case .good: .good([text])
    case .doubtful: .doubtful(text)
    case .rejected: .rejected
    }
  }

  private func title(_ line: String) -> Verdict {
    let title = withoutSiteName(line)
    guard !title.isEmpty else { return .rejected }
    if facts.siteNames.contains(PageFacts.compared(title)) { return .doubtful(title) }
    return .good([title])
  }

  /// Drops " | Site" or "Site: " where that part is a name that the site gives itself.
  private func withoutSiteName(_ line: String) -> String {
    for separator in Self.separators where ByteSearch.contains(line, separator) {
      if let place = line.ranges(of: separator).last, isSiteName(line[place.upperBound...]) {
        return String(line[..<place.lowerBound])
      }
      if let place = line.firstRange(of: separator), isSiteName(line[..<place.lowerBound]) {
        return String(line[place.upperBound...])
      }
    }
    return line
  }

  private static let separators = [
    " | ", " - ", " – ", " — ", " :: ", " · ", ": ", " » ", " • ",
  ]

  private func isSiteName(_ part: Substring) -> Bool {
    let compared = PageFacts.compared(String(part))
    guard !compared.isEmpty else { return false }
    if facts.siteNames.contains(compared) { return true }
    guard let host = facts.base?.host else { return false }
    return PageFacts.compared(host) == compared
      || host.split(separator: ".").dropLast().contains {
        PageFacts.compared(String($0)) == compared
      }
  }

  // MARK: - Names

  /// Splits what holds several authors; drops addresses and the word before the names.
  static func authors(_ line: String) -> [String] {
    guard !line.contains("://"), !line.hasPrefix("@") else { return [] }
    var line = line
    if line.prefix(3).lowercased() == "by " { line = String(line.dropFirst(3)) }
    let parts = line.split(separator: ";").map { String($0).trimmingBlanks }
    return parts.filter { $0.contains(where: \.isLetter) }
  }

  // MARK: - Identifiers

  /// `10.1000/xyz` out of an address, `doi:10.1000/xyz` or the name itself.
  static func doi(_ line: String) -> String? {
    guard let start = ByteSearch.first("10.", in: line) else { return nil }
    let before = line[..<start].lowercased()
    guard
      before.isEmpty || before.hasSuffix("/") || before.hasSuffix("doi:") || before.hasSuffix(" ")
    else { return nil }
    let name = line[start...].prefix { !$0.isWhitespace && !"<>\"?#".contains($0) }
    guard let slash = name.firstIndex(of: "/") else { return nil }
    let registrant = name[name.index(name.startIndex, offsetBy: 3)..<slash]
    guard registrant.count >= 4, registrant.allSatisfy({ $0.isNumber || $0 == "." }) else {
      return nil
    }
    var trimmed = name
    while let last = trimmed.last, ".,;".contains(last) { trimmed.removeLast() }
    if trimmed.hasSuffix(")"), !trimmed.contains("(") { trimmed.removeLast() }
    return trimmed.utf8.count > registrant.utf8.count + 4 ? trimmed.lowercased() : nil
  }

  /// A language tag such as `en` or `pt-BR`.
  static func language(_ line: String) -> String? {
    let parts = line.split { $0 == "-" || $0 == "_" }
    guard let first = parts.first, (2...3).contains(first.count),
      first.allSatisfy({ $0.isASCII && $0.isLetter })
    else { return names[line.lowercased()] }
    guard parts.count > 1, parts[1].count == 2 else { return first.lowercased() }
    return "\(first.lowercased())-\(parts[1].uppercased())"
  }

  private static let names = [
    "english": "en", "german": "de", "french": "fr", "spanish": "es", "japanese": "ja",
    "chinese": "zh", "korean": "ko", "portuguese": "pt", "russian": "ru", "italian": "it",
  ]
}
