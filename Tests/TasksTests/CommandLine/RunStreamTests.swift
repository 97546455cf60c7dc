import BatchCore
import SampleTask
import Testing

/// What happens when streams stand still, break off or are looked at.
@Suite("batchrun price between streams and signals")
struct RunStreamTests: PriceProgramTests {
  let scratch = Scratch()

  @Test(
    "stops at the first interrupt when only its reader stands still, and continues later",
    arguments: [false, true])
  func stalledReader(wasFinished: Bool) {
    let input = scratch.write("in.csv", options(5000))
    let expected = expected(input)
    if wasFinished { _ = shell("$BATCHRUN price in.csv >/dev/null") }
    let result = shell(
      """
      mkfifo p; sleep 30 <p >/dev/null & reader=$!
      $BATCHRUN price in.csv -o p & run=$!
      sleep 0.7; kill -INT $run; wait $run; echo $?; kill $reader
      """)
    #expect(result.output == "130\n")
    #expect(result.errors.contains("the same command resumes"), "\(result.errors)")
    let resumed = shell("cat p & $BATCHRUN price in.csv -o p; wait")
    #expect(resumed.output == expected)
  }

  @Test("is interrupted while it still reads its input, and leaves nothing behind")
  func interruptedInput() {
    scratch.write("in.csv", options(1000))
    for (signal, code) in [("INT", "130"), ("TERM", "143"), ("KILL", "137")] {
      for output in ["out.csv", "/dev/null"] {
        let result = shell(
          """
          mkfifo p; { cat in.csv; exec sleep 30; } >p & writer=$!
          $BATCHRUN price - -o \(output) <p & run=$!
          sleep 0.4; kill -\(signal) $run; wait $run; echo $?; kill $writer; rm p
          find . -name '*spool*'; \(signal == "KILL" ? "rm -rf out.csv.run" : "ls -A")
          """)
        let left = signal == "KILL" ? "" : "in.csv\n"
        #expect(result.output == "\(code)\n" + left, "\(signal) \(output)")
      }
    }
  }

  @Test("refuses a stream that is no table, and leaves nothing behind")
  func refusedInput() {
    for output in ["out.csv", "/dev/null"] {
      let result = shell("echo a,b | $BATCHRUN price - -o \(output); echo $?; ls -A")
      #expect(result.output == "2\n", "\(output)")
    }
  }
}
