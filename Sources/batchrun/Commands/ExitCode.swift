/// What the program tells its caller when it ends.
package struct ExitCode: RawRepresentable, Hashable, Sendable {
  package let rawValue: Int32
  package init(rawValue: Int32) { self.rawValue = rawValue }

  package static let success = ExitCode(rawValue: 0)
  package static let itemsFailed = ExitCode(rawValue: 1)
  package static let notCarriedOut = ExitCode(rawValue: 2)
  package static let usage = ExitCode(rawValue: 64)
  package static let interrupted = ExitCode(rawValue: 130)
  package static let terminated = ExitCode(rawValue: 143)

  /// All codes with their meaning, for help and man page.
  package static let meanings: [(code: ExitCode, meaning: String)] = [
    (success, "all items are done"),
    (itemsFailed, "the run finished and some items failed"),
    (notCarriedOut, "the run could not be carried out, or its failure budget stopped it"),
    (usage, "the command line is wrong"),
    (interrupted, "interrupted (Ctrl-C); the same command resumes"),
    (terminated, "terminated; the same command resumes"),
  ]
}
