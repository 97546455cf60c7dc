/// Why a selector cannot be used: one sentence that names the place and the cure.
package struct SelectorError: Error, Sendable, Equatable, CustomStringConvertible {
  package let description: String

  /// - Parameters:
  ///   - place: the character it went wrong at, counted from 1; `nil` for the whole selector.
  ///   - fault: what is wrong there, as the end of a sentence.
  ///   - cure: what to write instead, as a sentence of its own without a full stop.
  init(_ selector: String, at place: Int?, _ fault: String, cure: String) {
    let position = place.map { " at character \($0)" } ?? ""
    description = "selector '\(selector)': \(fault)\(position); \(cure)"
  }
}
