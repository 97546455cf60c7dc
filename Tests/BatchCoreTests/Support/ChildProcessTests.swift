import BatchCore
import SampleTask
import Testing

@Suite("A child process")
struct ChildProcessTests {
  private func shell(_ script: String, input: String = "") -> Program.Result {
    Program.run(["/bin/sh", "-c", script], input: input)
  }

  @Test("gets its input whole and gives its output whole")
  func streams() {
    let text = (0..<30_000).map { "line \($0)\n" }.joined()
    let result = shell("cat > /tmp/$$.in; cat /tmp/$$.in; rm /tmp/$$.in", input: text)
    #expect(result.code == 0)
    #expect(result.output == text)
  }

  @Test("that does not read its input is no error")
  func deafChild() {
    let result = shell("exit 4", input: String(repeating: "x", count: 1 << 20))
    #expect(result.code == 4)
  }

  @Test("tells how it ended", arguments: [("exit 0", 0), ("exit 200", 200), ("kill -15 $$", -15)])
  func ending(script: String, code: Int) {
    #expect(shell(script).code == code)
  }

  @Test("gives the last lines of its errors only")
  func errorText() {
    let script = "i=0; while [ $i -lt 500 ]; do echo problem $i >&2; i=$((i+1)); done; exit 1"
    #expect(shell(script).errors == "problem 498 problem 499")
    #expect(shell("exit 1").errors == "")
  }

  @Test("says nothing for as long as it was waited for, and can be ended")
  func patience() throws {
    var child = try ChildProcess(command: ["/bin/sh", "-c", "exec sleep 60"])
    child.send(ByteBuffer())
    let buffer = ByteBuffer()
    #expect(child.receive(into: buffer, waiting: 0.02) == nil)
    child.terminate()
    #expect(child.wait().ending == .signalled(9))
  }

  @Test("sees the variables it is given, which replace those of its parent")
  func variables() {
    let result = Program.run(
      ["/bin/sh", "-c", "echo $GIVEN $HOME"], environment: ["GIVEN": "a b", "HOME": "/nowhere"])
    #expect(result.output == "a b /nowhere\n")
  }

  @Test("inherits no descriptor but its three streams")
  func descriptors() throws {
    let scratch = Scratch()
    let directory = try RunDirectory(path: scratch("out.run"))
    let result = shell("ls -l /proc/self/fd")
    #expect(!result.output.contains("out.run"))
    withExtendedLifetime(directory) {}
  }

  @Test("that cannot be started is an error that names it")
  func missing() {
    let error = #expect(throws: SystemError.self) {
      _ = try ChildProcess(command: ["/no/such/program"])
    }
    #expect(error?.description == "cannot start /no/such/program: No such file or directory")
  }
}
