import BatchCore
import SampleTask
import Testing

@Suite("A copy of an input that is a stream")
struct InputSpoolTests {
  private let scratch = Scratch()

  @Test("has no name, and can be read by other processes of the user for as long as it lives")
  func nameless() throws {
    scratch.write("in", "some text\n")
    #expect(
      Program.run(["/bin/sh", "-c", "gzip '\(scratch("in"))'; mkdir '\(scratch("d"))'"]).code == 0)
    let path: String
    do {
      let spool = try #require(try InputSpool(path: scratch("in.gz"), directory: scratch("d")))
      path = spool.file.path
      #expect(spool.file.displayName == scratch("in.gz"))
      #expect(Program.run(["/bin/cat", path]).output == "some text\n")
      #expect(Program.run(["/bin/ls", "-A", scratch("d")]).output.isEmpty)
      withExtendedLifetime(spool) {}
    }
    #expect(Program.run(["/bin/cat", path]).output != "some text\n")
  }

  @Test("is not made of a file that can be read in place")
  func plainFile() throws {
    #expect(try InputSpool(path: scratch.write("in", "x"), directory: scratch.path) == nil)
  }
}
