import BatchCore
import Glibc
import SampleTask
import Testing

@Suite("A run directory")
struct RunDirectoryTests {
  private let scratch = Scratch()

  private func refusal() -> String {
    do throws(TaskError) {
      _ = try RunDirectory(path: scratch("out.run"))
      return ""
    } catch {
      return error.message
    }
  }

  @Test("is its owner's only")
  func mode() throws {
    let directory = try RunDirectory(path: scratch("out.run"))
    var status = stat()
    #expect(unsafe stat(directory.path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o700)
    #expect(unsafe stat(directory.path + "/lock", &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
  }

  @Test("belongs to one process, whose number the refusal names, until it lets go")
  func lock() throws {
    do {
      let directory = try RunDirectory(path: scratch("out.run"))
      #expect(refusal().contains("another batchrun (process \(getpid())) is working on"))
      withExtendedLifetime(directory) {}
    }
    #expect(refusal() == "")
  }

  @Test("is free when its owner was killed")
  func death() throws {
    scratch.write("in", "sleep 60\n")
    var child = try ChildProcess(
      command: [Program.sample, "run", scratch("in"), scratch("out"), "1", "1"])
    child.send(ByteBuffer())
    // The ledger is there once the lock is taken.
    for _ in 0..<2000 where !scratch.exists("out.run/in-flight") { usleep(5000) }
    let whileAlive = refusal()
    child.terminate()
    #expect(child.wait().ending == .signalled(9))
    #expect(whileAlive.contains("another batchrun (process "))
    #expect(refusal() == "")
  }

  @Test("cannot be a file, and needs a place")
  func unusable() {
    scratch.write("out.run", "x")
    #expect(refusal().hasSuffix("is needed as the run directory, but is a file; move it away"))
    #expect(throws: TaskError.self) { try RunDirectory(path: scratch("none/out.run")) }
  }
}
