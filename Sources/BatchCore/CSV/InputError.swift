import Glibc

/// Why an input cannot be used; the description is a sentence for the user.
package struct InputError: Error, Hashable, Sendable {
  package enum Code: Hashable, Sendable {
    case cannotOpen(errno: Int32)
    case isDirectory
    /// A pipe, a device or a socket, which cannot be read twice.
    case notRegular
    case cannotRead(errno: Int32)
    /// Fewer bytes than there were, other bytes, or another file under the same name.
    case changed
    /// No bytes, or blank lines only.
    case empty
    /// A quoted field without its closing quote, opened on this line (1-based).
    case unterminatedQuote(line: Int)
  }

  package let code: Code
  /// The name of the input as the user gave it.
  package let input: String

  package init(_ code: Code, input: String) {
    self.code = code
    self.input = input
  }
}

extension InputError: CustomStringConvertible {
  package var description: String {
    switch code {
    case .cannotOpen(let errno): "cannot open \(input): \(Self.message(errno))"
    case .isDirectory: "\(input) is a directory; name a CSV file"
    case .notRegular:
      "\(input) is not a regular file; copy it to a file, or give it as standard input"
    case .cannotRead(let errno): "cannot read \(input): \(Self.message(errno))"
    case .changed: "\(input) changed while it was read; start again when it is complete"
    case .empty: "\(input) is empty; its first line should name the columns"
    case .unterminatedQuote(let line):
      "\(input), line \(line): a quoted field begins here and never ends; add the closing quote"
    }
  }

  private static func message(_ errno: Int32) -> String {
    unsafe String(cString: strerror(errno))
  }
}
