/// The names of the columns that the task adds.
package struct ResultColumns: Sendable, Equatable {
  /// In the order of the output, `status` last.
  package let names: [String]
  /// The results whose plain name the input already has, with the name they got.
  package let renamed: [(name: String, new: String)]

  /// Keeps each name that the header does not have, and puts `computed_` before the others.
  package init(_ plain: [String], header: [String]) {
    var taken = Set(header)
    var names: [String] = []
    var renamed: [(name: String, new: String)] = []
    for name in plain {
      var new = name
      while taken.contains(new) { new = "computed_" + new }
      taken.insert(new)
      names.append(new)
      if new != name { renamed.append((name, new)) }
    }
    self.names = names
    self.renamed = renamed
  }

  /// One sentence for the user when names had to change.
  package var note: String? {
    guard !renamed.isEmpty else { return nil }
    let list = renamed.map { "\($0.name) becomes \($0.new)" }.joined(separator: ", ")
    return "the input already has columns of these names: \(list)"
  }

  package static func == (a: ResultColumns, b: ResultColumns) -> Bool { a.names == b.names }
}
