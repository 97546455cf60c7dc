import Glibc

/// A Python program that does the same work and measures itself on demand.
///
/// It reads requests from a named pipe, one a line, and answers each with a line: that is how a peer
/// can be measured in turns with the kernels.
@safe final class Peer {
  static let python = ".build/peers/bin/python3"

  static var isInstalled: Bool { unsafe access(python, X_OK) == 0 }

  private let answers: UnsafeMutablePointer<FILE>
  private let requests: UnsafeMutablePointer<FILE>

  /// Starts a script of `benchmarks/peers` on a directory of inputs; nil when it is not installed.
  init?(_ script: String, directory: String) {
    guard Self.isInstalled else { return nil }
    let pipe = directory + "/requests"
    guard unsafe mkfifo(pipe, 0o600) == 0,
      let answers = unsafe popen(
        "\(Self.python) benchmarks/peers/\(script) '\(directory)' < '\(pipe)'", "r")
    else { return nil }
    unsafe self.answers = answers
    guard let requests = unsafe fopen(pipe, "w") else { return nil }
    unsafe self.requests = requests
  }

  deinit {
    unsafe fclose(requests)
    unsafe pclose(answers)
  }

  /// Sends a request and waits for its answer; nil when the program has ended.
  func ask(_ request: String) -> String? {
    guard unsafe fputs(request + "\n", requests) >= 0, unsafe fflush(requests) == 0 else {
      return nil
    }
    var line = [CChar](repeating: 0, count: 1024)
    guard unsafe fgets(&line, Int32(line.count), answers) != nil else { return nil }
    let bytes = line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The CPU seconds of one run of a piece of work.
  func seconds(_ work: String) -> Double? { ask("time \(work)").flatMap { Double($0) } }
}
