internal import Glibc
internal import SystemShims

/// A child process with its three streams; the thread that starts it also waits for it.
package struct ChildProcess: ~Copyable {
  /// How a process ended.
  package enum Ending: Sendable, Equatable {
    case exited(Int)
    case signalled(Int)

    /// A phrase that follows "the process": "exited with 3", "was killed by signal 11 (...)".
    package var phrase: String {
      switch self {
      case .exited(let code): "exited with \(code)"
      case .signalled(let number):
        unsafe "was killed by signal \(number) (\(String(cString: strsignal(Int32(number)))))"
      }
    }
  }

  package let process: Int32
  private var input: Int32
  private let output: Int32
  private let errors: Int32

  package init(command: [String], environment extra: [String: String] = [:]) throws(SystemError) {
    let spawned = Self.spawn(command, extra)
    guard spawned.code == 0 else {
      throw SystemError("start", command.first ?? "", code: spawned.code)
    }
    process = spawned.process
    input = spawned.input
    output = spawned.output
    errors = spawned.errors
  }

  deinit {
    if input >= 0 { close(input) }
    close(output)
    close(errors)
  }

  private static func spawn(
    _ command: [String], _ extra: [String: String]
  ) -> (code: Int32, process: Int32, input: Int32, output: Int32, errors: Int32) {
    var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
    var variables = unsafe extra.map { unsafe strdup("\($0.key)=\($0.value)") }
    var place = 0
    while let variable = unsafe environ[place] {
      // A name that is there twice means one thing to one program and another to the next.
      let name = unsafe String(cString: variable).prefix { $0 != "=" }
      if extra[String(name)] == nil { unsafe variables.append(strdup(variable)) }
      place += 1
    }
    unsafe variables.append(nil)
    defer {
      unsafe (arguments + variables).forEach { text in unsafe free(text) }
    }
    var result: (code: Int32, process: Int32, input: Int32, output: Int32, errors: Int32) =
      (0, 0, -1, -1, -1)
    result.code = unsafe batchrun_spawn(
      command.first ?? "", &arguments, &variables, &result.process, &result.input, &result.output,
      &result.errors)
    return result
  }

  /// Writes all bytes to the child's standard input; a child that went away is no error here, its ending
  /// tells.
  ///
  /// - Parameter isLast: Whether the input is closed then.
  package mutating func send(_ bytes: ByteBuffer, isLast: Bool = true) {
    var offset = 0
    unsafe bytes.withBytes { raw in
      while offset < raw.count, let base = raw.baseAddress {
        let count = unsafe write(input, base + offset, raw.count - offset)
        if count < 0, errno == EINTR { continue }
        if count <= 0 { return }
        offset += count
      }
    }
    guard isLast else { return }
    close(input)
    input = -1
  }

  /// Appends what the child writes next; zero at its end, nil when nothing came for `seconds`.
  package func receive(into buffer: ByteBuffer, waiting seconds: Double) -> Int? {
    var descriptor = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
    let milliseconds = Int32(min(seconds * 1000, 2e9))
    let ready = unsafe poll(&descriptor, 1, milliseconds)
    if ready < 0, errno == EINTR { return receive(into: buffer, waiting: seconds) }
    guard ready > 0 else { return nil }
    let before = buffer.count
    unsafe buffer.write(atMost: 1 << 18) { target in
      unsafe max(0, read(output, target, 1 << 18))
    }
    return buffer.count - before
  }

  package func send(signal number: Int32) { kill(process, number) }

  package func terminate() { send(signal: SIGKILL) }

  /// Waits for the end, and gives the last lines the child wrote to its standard error.
  package func wait() -> (ending: Ending, errors: String) {
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7f
    let ending: Ending =
      signal == 0 ? .exited(Int(status >> 8) & 0xff) : .signalled(Int(signal))
    return (ending, lastErrors())
  }

  private func lastErrors() -> String {
    let size = lseek(errors, 0, SEEK_END)
    var bytes = [UInt8](repeating: 0, count: min(max(size, 0), 400))
    let count = unsafe pread(errors, &bytes, bytes.count, size - bytes.count)
    guard count > 0 else { return "" }
    return String(decoding: bytes[..<count], as: UTF8.self)
      .split(separator: "\n").suffix(2).joined(separator: " ")
  }
}
