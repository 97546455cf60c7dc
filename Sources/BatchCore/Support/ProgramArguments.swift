internal import SystemShims

/// What this process was started with.
package enum ProgramArguments {
  /// The words behind the program's name.
  ///
  /// Swift reads them from `/proc`, which a worker's world may not have.
  package static var words: [String] {
    var words: [String] = []
    while let word = unsafe batchrun_argument(Int32(words.count + 1)) {
      words.append(unsafe String(cString: word))
    }
    return words
  }
}
