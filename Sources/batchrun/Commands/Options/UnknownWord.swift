import BatchCore

/// A word that the table does not know, and the known word that it most resembles.
struct UnknownWord {
  let word: String
  private let nearest: String?

  init(_ word: String, among known: [String]) {
    self.word = word
    nearest = NearMiss.of(word, among: known)
  }

  var command: TaskError {
    TaskError(.usage, "'\(word)' is not a command\(suggestion("batchrun --help lists them"))")
  }

  var task: TaskError {
    TaskError(.usage, "'\(word)' is not a task\(suggestion("batchrun --help lists them"))")
  }

  func option(of command: String) -> TaskError {
    TaskError(
      .usage,
      "\(word) is not an option of \(command)\(suggestion("batchrun \(command) --help lists them"))"
    )
  }

  func value(of option: String, objection: String) -> TaskError {
    let end = nearest.map { "; did you mean \($0)?" } ?? ""
    return TaskError(.usage, "the value of \(option) is '\(word)', but \(objection)\(end)")
  }

  private func suggestion(_ otherwise: String) -> String {
    "; " + (nearest.map { "did you mean \($0)?" } ?? otherwise)
  }
}
