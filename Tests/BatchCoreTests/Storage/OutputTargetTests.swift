import BatchCore
import Glibc
import SampleTask
import Testing

@Suite("An output target")
struct OutputTargetTests {
  private let scratch = Scratch()

  private func link(_ name: String, to target: String) { unsafe symlink(target, scratch(name)) }

  private func refusal(_ path: String) -> String {
    do throws(TaskError) {
      return "resolved to \(try OutputTarget.resolve(path))"
    } catch {
      #expect(error.kind == .cannotRun)
      return error.message
    }
  }

  @Test("is standard output without a name, or with a dash", arguments: [nil, "-"])
  func standardOutput(path: String?) throws {
    #expect(
      try OutputTarget.resolve(path) == .stream(descriptor: 1, name: "standard output"))
  }

  @Test("is the file, there already or not")
  func file() throws {
    #expect(try OutputTarget.resolve(scratch("new")) == .file(path: scratch("new")))
    scratch.write("old", "x")
    #expect(try OutputTarget.resolve(scratch("old")) == .file(path: scratch("old")))
    #expect(scratch.text("old") == "x")
  }

  @Test("is the file behind a chain of links, there already or not")
  func links() throws {
    mkdir("sub")
    scratch.write("real", "x")
    link("sub/a", to: "../b")
    link("b", to: scratch("real"))
    let resolved = try OutputTarget.resolve(scratch("sub/a"))
    guard case .file(let path) = resolved else {
      Issue.record("\(resolved)")
      return
    }
    var status = stat()
    #expect(unsafe lstat(path, &status) == 0)
    #expect(status.st_mode & S_IFMT == S_IFREG)
    link("dangling", to: "later")
    #expect(try OutputTarget.resolve(scratch("dangling")) == .file(path: scratch("later")))
  }

  private func mkdir(_ name: String) { unsafe _ = Glibc.mkdir(scratch(name), 0o700) }

  @Test("cannot be a loop of links")
  func loop() {
    link("a", to: "b")
    link("b", to: "a")
    #expect(refusal(scratch("a")).contains("Too many levels of symbolic links"))
  }

  @Test("cannot be a directory, and the message names a file in it")
  func directory() {
    mkdir("sub")
    let path = scratch("sub")
    #expect(
      refusal(path)
        == "the output \(path) is a directory; name a file in it, such as \(path)/out.csv")
    link("to-sub", to: "sub")
    #expect(refusal(scratch("to-sub")).contains("is a directory"))
  }

  @Test("needs its directory, and the message names it")
  func missingDirectory() {
    let path = scratch("no/where/out")
    #expect(refusal(path).hasSuffix("make the directory \(scratch("no/where")) first"))
    link("astray", to: "none/out")
    #expect(refusal(scratch("astray")).hasSuffix("make the directory \(scratch("none")) first"))
  }

  @Test("cannot be inside a file")
  func insideFile() {
    scratch.write("plain", "x")
    #expect(refusal(scratch("plain/out")).contains("Not a directory"))
  }

  @Test("that is a device is a stream")
  func device() throws {
    guard case .stream(let descriptor, let name) = try OutputTarget.resolve("/dev/null") else {
      Issue.record("/dev/null is no stream")
      return
    }
    #expect(name == "/dev/null")
    #expect(unsafe write(descriptor, "x", 1) == 1)
    close(descriptor)
  }
}
