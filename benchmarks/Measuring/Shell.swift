import BatchCore
import Glibc

/// Other programs, found on the search path.
enum Shell {
  /// What a program writes to its standard output, without the last line break; empty when it fails.
  static func output(_ command: [String]) -> (isSuccess: Bool, text: String, errors: String) {
    guard var child = try? ChildProcess(command: ["/usr/bin/env"] + command) else {
      return (false, "", "cannot start \(command.first ?? "")")
    }
    child.send(ByteBuffer())
    let output = ByteBuffer()
    while child.receive(into: output, waiting: 3600) ?? 0 > 0 {}
    let (ending, errors) = child.wait()
    var text = unsafe output.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
    while text.last?.isNewline == true { text.removeLast() }
    return (ending == .exited(0), text, errors)
  }
}

/// Small files of text.
enum TextFile {
  /// The contents; empty when the file cannot be read.
  static func read(_ path: String) -> String {
    guard let file = unsafe fopen(path, "r") else { return "" }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe fread(&chunk, 1, chunk.count, file)
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk[..<count]
    }
  }

  /// Writes a whole file; false when that fails.
  static func write(_ text: String, to path: String) -> Bool {
    guard let file = unsafe fopen(path, "w") else { return false }
    let bytes = Array(text.utf8)
    let count = unsafe fwrite(bytes, 1, bytes.count, file)
    return unsafe fclose(file) == 0 && count == bytes.count
  }
}
