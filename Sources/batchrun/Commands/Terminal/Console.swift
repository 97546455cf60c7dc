import BatchCore
import Glibc

/// The two streams of the program: data to standard output, everything else to standard error.
package struct Console: Sendable {
  /// Writes all of the text or throws.
  package typealias Stream = @Sendable (String) throws -> Void

  private let output: Stream
  private let errors: Stream

  package init(output: @escaping Stream, errors: @escaping Stream) {
    self.output = output
    self.errors = errors
  }

  /// The streams of this process.
  package static let standard = Console(
    output: { try write($0, to: STDOUT_FILENO, name: "standard output") },
    errors: { try write($0, to: STDERR_FILENO, name: "standard error") })

  /// Writes to standard output.
  ///
  /// - Throws: `ReaderGone` when nobody reads any more; `TaskError` for any other reason, such as a
  ///   full disk.
  package func print(_ text: String) throws { try output(text) }

  /// Writes to standard error; a failure to do so has nowhere to be reported.
  package func note(_ text: String) { try? errors(text) }

  /// Writes one sentence under the program's name to standard error; what it quotes gives no orders to
  /// the terminal.
  package func complain(_ sentence: String) { note("batchrun: \(sentence.forScreen)\n") }

  private static func write(_ text: String, to descriptor: Int32, name: String) throws {
    var text = text
    try text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while unsafe !rest.isEmpty {
        let written = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
        if written >= 0 {
          unsafe rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        } else if errno == EPIPE {
          throw ReaderGone()
        } else if errno == EAGAIN {
          var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          _ = unsafe poll(&waiting, 1, -1)
        } else if errno != EINTR {
          let reason = unsafe String(cString: strerror(errno))
          throw TaskError(.cannotRun, "\(name) cannot be written: \(reason)")
        }
      }
    }
  }
}

/// Nobody reads standard output any more, which ends a short command quietly.
package struct ReaderGone: Error {
  package init() {}
}
