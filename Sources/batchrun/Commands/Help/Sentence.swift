/// A help text, written with or without a capital and a full stop, as it has to read in its place.
struct Sentence {
  private let text: String

  init(_ text: String) { self.text = text }

  /// On its own: with a capital and a full stop.
  var full: String {
    let ending = text.last.map { ".?!".contains($0) } ?? true ? "" : "."
    return text.prefix(1).uppercased() + text.dropFirst() + ending
  }

  /// As the end of another sentence: with neither, but words in capitals stay as they are.
  var clause: String {
    let words = text.hasSuffix(".") ? text.dropLast() : text[...]
    let second = words.dropFirst().first
    guard second?.isLowercase == true || second == " " else { return String(words) }
    return words.prefix(1).lowercased() + words.dropFirst()
  }
}
