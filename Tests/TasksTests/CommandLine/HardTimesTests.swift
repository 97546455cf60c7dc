import BatchCore
import SampleTask
import Testing

/// Files without permission, disks without room, inputs and readers that do not stay.
@Suite("batchrun price in hard times")
struct HardTimesTests: PriceProgramTests {
  let scratch = Scratch()

  /// Before a command: takes from root the power over other people's files.
  private let asAnyone =
    "if [ $(id -u) = 0 ]; then set -- setpriv --bounding-set=-dac_override,-dac_read_search; fi; $@"

  @Test("names an input that may not be read, and leaves nothing behind")
  func unreadable() {
    scratch.write("in.csv", options(10))
    let result = shell(
      "chmod 000 in.csv; \(asAnyone) $BATCHRUN price in.csv -o out.csv; echo $?; ls")
    #expect(result.output == "2\nin.csv\n")
    #expect(result.errors.contains("cannot open in.csv: Permission denied"))
  }

  @Test("names an output that may not be written, before anything is computed")
  func forbiddenOutput() {
    scratch.write("in.csv", options(10))
    let result = shell(
      "mkdir shut; chmod 500 shut; \(asAnyone) $BATCHRUN price in.csv -o shut/out.csv; echo $?")
    #expect(result.output == "2\n")
    #expect(result.errors.contains("shut/out.csv cannot be written: Permission denied"))
  }

  @Test("says that the disk is full while a stream is copied, and leaves nothing behind")
  func fullWhileCopying() {
    scratch.write("in.csv", options(10))
    for output in ["out.csv", "/dev/null"] {
      let result = shell(
        "BATCHRUN_FAULT=spool.copy.write.before:1:28 $BATCHRUN price - -o \(output) <in.csv; "
          + "echo $?; ls -A")
      #expect(result.output == "2\nin.csv\n")
      #expect(result.errors.contains("No space left on device"))
    }
  }

  @Test("says that a device which -o names is full")
  func fullDevice() {
    scratch.write("in.csv", options(10))
    let result = shell("$BATCHRUN price in.csv -o /dev/full")
    #expect(result.code == 2)
    #expect(result.errors.contains("cannot write to /dev/full: No space left on device"))
  }

  @Test("says that the reader of a pipe which -o names went away, and continues for the next")
  func pipeReaderGone() {
    let input = scratch.write("in.csv", options(20_000))
    let expected = expected(input)
    let result = shell("mkfifo p; head -c 10 p >/dev/null & $BATCHRUN price in.csv -o p")
    #expect(result.code == 2)
    #expect(result.errors.contains("cannot write to p: Broken pipe: the reader went away"))
    #expect(shell("cat p & $BATCHRUN price in.csv -o p; wait").output == expected)
  }

  @Test(
    "stops when its input changes under it, publishes nothing, and begins anew when told to",
    arguments: ["echo x >>in.csv", "truncate -s 1000 in.csv", "cp in.csv b; mv b in.csv"])
  func changedInput(change: String) {
    let input = scratch.write("in.csv", series(300))
    let result = shell(
      "$BATCHRUN price in.csv -o out.csv --workers 1 & begun; \(change); wait $!; echo $?")
    #expect(result.output == "2\n")
    #expect(result.errors.contains("in.csv changed while it was read"), "\(result.errors)")
    #expect(!scratch.exists("out.csv"))
    scratch.write("in.csv", options(10))
    let refused = price([input, "-o", scratch("out.csv")])
    #expect(refused.code == 2)
    #expect(refused.errors.contains("--fresh"))
    #expect(price([input, "-o", scratch("out.csv"), "--fresh"]).code == 0)
  }
}
