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
      mkfifo p; { : >opened; exec sleep 30; } <p >/dev/null & reader=$!
      $BATCHRUN price in.csv -o p & run=$!
      await test -e opened; sleep 0.3; kill -INT $run
      wait $run; echo $?; kill $reader; wait $reader
      """)
    #expect(result.output == "130\n")
    #expect(result.errors.contains("the same command resumes"), "\(result.errors)")
    let resumed = shell("cat p & $BATCHRUN price in.csv -o p; wait")
    #expect(resumed.output == expected)
  }

  @Test("is interrupted while it still reads its input, and leaves nothing behind")
  func interruptedInput() {
    // More than a pipe holds: once `cat` has ended, the program reads.
    scratch.write("in.csv", options(5000))
    for (signal, code) in [("INT", "130"), ("TERM", "143"), ("KILL", "137")] {
      for output in ["out.csv", "/dev/null"] {
        let result = shell(
          """
          mkfifo p; { cat in.csv; : >read; exec sleep 30; } >p & writer=$!
          $BATCHRUN price - -o \(output) <p & run=$!
          await test -e read; rm read; kill -\(signal) $run; wait $run; echo $?; kill $writer; rm p
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

  @Test("says of a run that still reads its input that it has begun")
  func statusWhileReading() {
    scratch.write("in.csv", options(5000))
    let result = shell(
      """
      mkfifo p; { cat in.csv; : >read; exec sleep 30; } >p & writer=$!
      $BATCHRUN price - -o out.csv <p & run=$!
      await test -e read; $BATCHRUN status out.csv.run; $BATCHRUN status out.csv.run --json
      kill $writer; wait $run
      """)
    #expect(result.output.hasPrefix("run       has begun and reads its input\n"))
    #expect(result.output.contains(#""phase":"preparing""#))
  }

  @Test("quotes names and values without obeying them")
  func controlCharacters() {
    scratch.write("in.csv", "spot\u{1B}[2J,strike\u{9B}K,\"rate\n\"\n1,1,1\n")
    let refused = shell("$BATCHRUN price in.csv")
    #expect(refused.code == 2)
    #expect(refused.errors.contains("found: spot\\u001b[2J, strike\\u009bK, rate\\n."))
    #expect(refused.errors.split(separator: "\n").count == 1)
    let named = shell("$BATCHRUN price \"$(printf 'a\\033]0;b.csv')\"")
    #expect(named.errors.contains("cannot open a\\u001b]0;b.csv: No such file"))
    #expect(!shell("$BATCHRUN \"$(printf 'pric\\033[5m')\"").errors.contains("\u{1B}"))
    scratch.write("bad.csv", options(3).replacingLine(2, with: "\u{1B}[1m,1,0,1,1,call"))
    #expect(shell("$BATCHRUN price bad.csv -o out.csv").code == 1)
    let failures = scratch.text("out.csv.run/failures.jsonl") ?? ""
    #expect(failures.contains(#""value":"\u001b[1m""#), "\(failures)")
  }

  @Test("draws its progress on a terminal, but not between rows that appear there")
  func terminal() {
    scratch.write("in.csv", options(50))
    func screen(_ words: String) -> String {
      shell("TERM=xterm script -qec '$BATCHRUN price in.csv --fresh \(words)' /dev/null </dev/null")
        .output
    }
    let erase = "\r\u{1B}[K"
    #expect(screen("-o out.csv").contains(erase))
    for words in ["", "-o /dev/tty", "-o /dev/stderr"] {
      let rows = screen(words)
      #expect(rows.contains(",ok\r\n"), "\(words): \(rows)")
      #expect(!rows.contains(erase), "\(words)")
    }
    #expect(screen("| cat >rows; exit").contains(erase))
  }
}
