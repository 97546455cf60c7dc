/// Reads the charset out of a content type.
enum ContentType {
  /// The label after `charset=`, quoted or not, as the HTML Standard finds it in section 2.6.3.
  static func charset(in text: String) -> String? {
    var rest = Substring(text.lowercased())
    while let found = rest.firstRange(ofText: "charset") {
      rest = rest[found.upperBound...].drop(while: \.isWhitespace)
      guard rest.first == "=" else { continue }
      let value = rest.dropFirst().drop(while: \.isWhitespace)
      if let quote = value.first, quote == "\"" || quote == "'" {
        let inner = value.dropFirst()
        return inner.firstIndex(of: quote).map { String(inner[..<$0]) }
      }
      let label = value.prefix { !$0.isWhitespace && $0 != ";" }
      return label.isEmpty ? nil : String(label)
    }
    return nil
  }
}

extension StringProtocol {
  /// Where a text occurs first, compared by bytes.
  func firstRange(ofText needle: String) -> Range<Index>? {
    let wanted = Array(needle.utf8)
    var start = startIndex
    while start < endIndex {
      if utf8[start...].starts(with: wanted) {
        return start..<utf8.index(start, offsetBy: wanted.count)
      }
      utf8.formIndex(after: &start)
    }
    return nil
  }
}
