import BatchCore

/// Whether the arguments by position are as many as the command, or its task, takes.
struct ArgumentCheck {
  var entry: CommandEntry
  var task: CommandEntry?

  func check(_ invocation: inout Invocation) throws(TaskError) {
    // The first argument of such a command is the task itself, which was taken already.
    let own = entry.takesTask ? entry.spec.arguments.dropFirst() : entry.spec.arguments[...]
    let expected = Array(own) + (task?.spec.arguments ?? [])
    let given = invocation.arguments
    if given.count > expected.count, expected.last?.isRepeatable != true {
      throw TaskError(
        .usage,
        "\(title) has no place for the argument '\(given[expected.count])'; a name with blanks needs "
          + "quotes")
    }
    guard let missing = expected.dropFirst(given.count).first(where: \.isRequired) else { return }
    throw TaskError(
      .usage, "\(title) needs \(missing.placeholder): \(Sentence(missing.help).clause)")
  }

  private var title: String {
    ([entry.spec.name] + (task.map { [$0.spec.name] } ?? [])).joined(separator: " ")
  }
}
