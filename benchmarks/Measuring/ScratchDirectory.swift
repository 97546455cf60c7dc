import Glibc

/// A directory of one benchmark's own, removed with everything in it.
final class ScratchDirectory {
  let path: String

  init() {
    var template = Array("/tmp/batchrun-bench-XXXXXX".utf8CString)
    path = unsafe template.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress, let made = unsafe mkdtemp(base) else {
        preconditionFailure("/tmp cannot be written")
      }
      return unsafe String(cString: made)
    }
  }

  deinit { _ = Shell.output(["rm", "-rf", path]) }

  func callAsFunction(_ name: String) -> String { path + "/" + name }
}
