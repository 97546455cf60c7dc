import Glibc

/// The environment of this process.
package enum Environment {
  /// The variables that the program reads: its own, and those that describe the terminal.
  package static func variables() -> [String: String] {
    var found: [String: String] = [:]
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
      let line = unsafe String(cString: text)
      if let equals = line.firstIndex(of: "=") {
        found[String(line[..<equals])] = String(line[line.index(after: equals)...])
      }
      unsafe entry += 1
    }
    return found
  }
}
