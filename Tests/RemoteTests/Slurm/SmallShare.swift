import BatchCore
import Glibc
import SampleTask

/// A share of its own file system, which can be filled.
struct SmallShare {
  private let path: String

  /// - Throws: When nothing can be mounted.
  init(_ path: String, megabytes: Int) throws {
    self.path = path
    let made = Program.run([
      "/bin/sh", "-c", "mkdir \(path) && mount -t tmpfs -o size=\(megabytes)m none \(path)",
    ])
    guard made.code == 0 else {
      throw TaskError(.cannotRun, "no small file system at \(path): \(made.errors)")
    }
  }

  /// Takes all the room that is left.
  func fill() {
    Program.run(["/bin/sh", "-c", "head -c 1G /dev/zero > \(path)/filler"])
  }

  func makeRoom() { unsafe unlink("\(path)/filler") }

  func remove() { Program.run(["/bin/umount", "-l", path]) }
}
