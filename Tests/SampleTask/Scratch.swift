import BatchCore
import Glibc

/// A directory of a test's own, removed with everything in it when the test ends.
package final class Scratch: Sendable {
  package let path: String

  package init() {
    var template = Array("/tmp/batchrun-test-XXXXXX".utf8CString)
    path = unsafe template.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress, let made = unsafe mkdtemp(base) else { return "/tmp" }
      return unsafe String(cString: made)
    }
  }

  deinit { Program.run(["/bin/rm", "-rf", path]) }

  package func callAsFunction(_ name: String) -> String { path + "/" + name }

  /// Writes a file of that name; its path.
  @discardableResult
  package func write(_ name: String, _ text: String) -> String {
    let file = self(name)
    let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    var rest = text.utf8[...]
    while !rest.isEmpty {
      let count = unsafe Array(rest.prefix(1 << 20)).withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      guard count > 0 else { break }
      rest = rest.dropFirst(count)
    }
    close(descriptor)
    return file
  }

  package func text(_ name: String) -> String? {
    (try? SampleSource.read(self(name))).map { String(decoding: $0, as: UTF8.self) }
  }

  package func exists(_ name: String) -> Bool { unsafe access(self(name), F_OK) == 0 }
}
