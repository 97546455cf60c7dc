import BatchCore
import SampleTask
import Testing

/// `batchrun price` as a process: outputs, inputs, signals.
@Suite("batchrun price, run as a program")
struct RunCommandTests: PriceProgramTests {
  let scratch = Scratch()

  // MARK: - Outputs

  @Test("gives standard output the same bytes as a file")
  func standardOutput() {
    let input = scratch.write("in.csv", options(5000))
    let expected = expected(input)
    #expect(expected.split(separator: "\n").count == 5001)
    let result = shell("$BATCHRUN price in.csv")
    #expect(result.code == 0)
    #expect(result.output == expected)
    #expect(shell("$BATCHRUN price in.csv").output == expected)
  }

  @Test("says that a device is full, and exits with 2")
  func fullDevice() {
    scratch.write("in.csv", options(100))
    let result = shell("$BATCHRUN price in.csv >/dev/full")
    #expect(result.code == 2)
    #expect(result.errors.contains("cannot write to standard output: No space left on device"))
    #expect(shell("$BATCHRUN price in.csv >/dev/null").code == 0)
  }

  @Test("says that its reader went away, and exits with 2")
  func readerGone() {
    scratch.write("in.csv", options(200_000))
    let result = shell("{ $BATCHRUN price in.csv; echo $? >code; } | head -1 >/dev/null; cat code")
    #expect(result.output == "2\n")
    #expect(result.errors.contains("the reader went away"))
  }

  @Test("writes to a pipe and to a device that -o names")
  func pipe() {
    let input = scratch.write("in.csv", options(3000))
    let expected = expected(input)
    let result = shell("mkfifo p; cat p & $BATCHRUN price in.csv -o p; wait")
    #expect(result.output == expected)
    #expect(shell("$BATCHRUN price in.csv -o /dev/null").code == 0)
  }

  @Test("takes /dev/stdout and /dev/fd/N for the streams they are")
  func descriptors() {
    let input = scratch.write("in.csv", options(100))
    let expected = expected(input)
    let script = "echo before >log; $BATCHRUN price in.csv -o /dev/stdout >>log"
    #expect(shell(script).code == 0)
    #expect(scratch.text("log") == "before\n" + expected)
    #expect(shell("$BATCHRUN price in.csv -o /dev/fd/1 | cat").output == expected)
  }

  @Test("refuses to replace its own input", arguments: ["in.csv", "./in.csv", "link.csv"])
  func ownInput(output: String) {
    let text = options(10)
    scratch.write("in.csv", text)
    let result = shell("ln -s in.csv link.csv; $BATCHRUN price in.csv -o \(output)")
    #expect(result.code == 2)
    #expect(result.errors.contains("is the input itself"))
    #expect(scratch.text("in.csv") == text)
  }

  @Test("stops again at once when its failure budget was passed before")
  func budgetAgain() {
    scratch.write("in.csv", options(50).replacingLine(20, with: "-5,100,0.01,0.2,1,call"))
    for _ in 0..<2 {
      let result = shell("$BATCHRUN price in.csv -o out.csv --max-failures 0")
      #expect(result.code == 2)
      #expect(!scratch.exists("out.csv"))
    }
    #expect(shell("$BATCHRUN price in.csv -o out.csv").code == 1)
  }

  @Test("replaces what a symlink points to, and keeps the link")
  func symlink() {
    let input = scratch.write("in.csv", options(10))
    let expected = expected(input)
    scratch.write("target.csv", "old\n")
    let result = shell(
      "ln -s target.csv link.csv; $BATCHRUN price in.csv -o link.csv; readlink link.csv")
    #expect(result.output == "target.csv\n")
    #expect(scratch.text("target.csv") == expected)
  }

  @Test(
    "refuses an output that cannot be written, before anything is computed",
    arguments: [
      ("missing/out.csv", "make the directory"), (".", "is a directory"),
    ])
  func unwritable(output: String, words: String) {
    scratch.write("in.csv", options(10))
    let result = shell("$BATCHRUN price in.csv -o \(output)")
    #expect(result.code == 2)
    #expect(result.errors.contains(words))
  }

  @Test("leaves the old output alone until the new one is complete")
  func oldOutput() {
    scratch.write("in.csv", options(100))
    scratch.write("out.csv", "old\n")
    let failed = price(
      [scratch("in.csv"), "-o", scratch("out.csv")],
      environment: ["BATCHRUN_FAULT": "output.write.before:2:28"])
    #expect(failed.code == 2)
    #expect(failed.errors.contains("No space left on device"))
    #expect(scratch.text("out.csv") == "old\n")
  }

  @Test("gives the output the usual permissions, or those of the file it replaces")
  func permissions() {
    scratch.write("in.csv", options(10))
    let modes = shell(
      """
      umask 022; $BATCHRUN price in.csv -o new.csv
      touch old.csv; chmod 640 old.csv; $BATCHRUN price in.csv -o old.csv
      stat -c %a new.csv old.csv new.csv.run
      """)
    #expect(modes.output == "644\n640\n700\n")
  }

  // MARK: - Inputs

  @Test("reads standard input, pipes and compressed files as it reads the file")
  func inputs() {
    let input = scratch.write("in.csv", options(3000))
    let expected = expected(input)
    #expect(shell("$BATCHRUN price - <in.csv").output == expected)
    #expect(shell("cat in.csv | $BATCHRUN price -").output == expected)
    #expect(shell("cat in.csv | $BATCHRUN price /dev/stdin").output == expected)
    #expect(shell("gzip -k in.csv; $BATCHRUN price in.csv.gz").output == expected)
    #expect(shell("zstd -q in.csv; $BATCHRUN price in.csv.zst").output == expected)
    #expect(!shell("ls .batchrun").output.contains("spool"))
  }

  @Test("says that a compressed file is damaged")
  func damaged() {
    scratch.write("in.csv", options(3000))
    for (command, name) in [("gzip -k in.csv", "in.csv.gz"), ("zstd -q in.csv", "in.csv.zst")] {
      let result = shell("\(command); truncate -s 500 \(name); $BATCHRUN price \(name) -o out.csv")
      #expect(result.code == 2)
      #expect(result.errors.contains("\(name) cannot be decompressed"))
      #expect(!scratch.exists("out.csv.run"))
    }
  }

  @Test("refuses an input that is missing, a directory or empty, with a sentence that names it")
  func unusableInputs() {
    scratch.write("empty.csv", "")
    for name in ["missing.csv", ".", "empty.csv"] {
      let result = shell("$BATCHRUN price \(name) -o out.csv")
      #expect(result.code == 2, "\(name)")
      #expect(result.errors.contains(name), "\(name): \(result.errors)")
      #expect(!scratch.exists("out.csv"))
    }
  }

  // MARK: - Runs

  @Test("prices bad rows' neighbours, lists the bad ones, and exits with 1")
  func badRows() {
    let text = options(50).replacingLine(20, with: "-5,100,0.01,0.2,1,call")
    let input = scratch.write("in.csv", text)
    let result = price([input, "-o", scratch("out.csv")])
    #expect(result.code == 1)
    #expect(result.errors.contains("1 failed (1 bad_input)"))
    let failures = scratch.text("out.csv.run/failures.jsonl") ?? ""
    #expect(failures.contains(#""line":20,"column":"spot","value":"-5","code":"bad_input""#))
    #expect(scratch.text("out.csv")?.split(separator: "\n").count == 51)
  }

  @Test("computes nothing again when it is run again, and says so")
  func again() {
    let input = scratch.write("in.csv", options(100))
    price([input, "-o", scratch("out.csv")])
    let result = price([input, "-o", scratch("out.csv")])
    #expect(result.code == 0)
    #expect(result.errors.contains("finished already"))
  }

  @Test("gives the same bytes for any workers, batch size and instruction set")
  func sameBytes() {
    let input = scratch.write("in.csv", series(6))
    let expected = expected(input)
    let variants: [([String], [String: String])] = [
      (["--workers", "1"], [:]), (["--workers", "3", "--batch-size", "77"], [:]),
      ([], ["BATCHRUN_INSTRUCTION_SET": "v3"]), ([], ["BATCHRUN_INSTRUCTION_SET": "baseline"]),
    ]
    for (index, variant) in variants.enumerated() {
      price([input, "-o", scratch("out-\(index)")] + variant.0, environment: variant.1)
      #expect(scratch.text("out-\(index)") == expected, "\(variant)")
    }
  }

  @Test("stops at the first interrupt, exits with 130, and continues to the same bytes")
  func interrupt() {
    let input = scratch.write("in.csv", series(300))
    let expected = expected(input)
    let result = shell(
      "$BATCHRUN price in.csv -o out.csv --workers 1 & begun; kill -INT $!; wait $!; echo $?")
    #expect(result.output == "130\n")
    #expect(result.errors.contains("the same command resumes"))
    #expect(!scratch.exists("out.csv"))
    let status = shell("$BATCHRUN status out.csv.run").output
    #expect(status.contains("interrupted"))
    #expect(price([input, "-o", scratch("out.csv")]).code == 0)
    #expect(scratch.text("out.csv") == expected)
  }

  @Test("refuses to share its run directory with another batchrun")
  func second() {
    scratch.write("in.csv", series(300))
    let result = shell(
      """
      $BATCHRUN price in.csv -o out.csv --quiet & begun
      $BATCHRUN price in.csv -o out.csv; echo $?; wait $!
      """)
    #expect(result.output == "2\n")
    #expect(result.errors.contains("another batchrun (process"))
  }

  @Test("writes events as JSON Lines with --json, and nothing with --quiet")
  func json() {
    scratch.write("in.csv", options(10))
    let result = shell("$BATCHRUN price in.csv -o out.csv --json")
    #expect(result.errors.hasPrefix(#"{"time":""#))
    #expect(result.errors.contains(#""event":"run_finished","exit":0,"items":10"#))
    #expect(shell("$BATCHRUN price in.csv -o out.csv --quiet").errors.isEmpty)
  }

  // MARK: - Afterwards

  @Test("is verified: every part is recounted, and a changed byte is found")
  func verify() {
    scratch.write("in.csv", options(1000))
    _ = shell("$BATCHRUN price in.csv -o out.csv")
    let good = shell("$BATCHRUN verify out.csv.run")
    #expect(good.code == 0)
    #expect(good.output.contains("out.csv holds all 1,000 items in input order"))
    #expect(shell("$BATCHRUN verify out.csv.run --json").output.contains(#""good":true"#))
    _ = shell("printf X | dd of=out.csv bs=1 seek=5000 conv=notrunc status=none")
    let bad = shell("$BATCHRUN verify out.csv.run")
    #expect(bad.code == 2)
    #expect(bad.output.contains("differ from what was committed"))
    _ = shell("truncate -s 5000 out.csv")
    #expect(shell("$BATCHRUN verify out.csv.run").code == 2)
    #expect(shell("$BATCHRUN verify .").code == 2)
  }

  @Test("is planned without writing anything")
  func plan() {
    scratch.write("in.csv", options(1000))
    let before = shell("ls -A").output
    let result = shell(
      "$BATCHRUN plan price in.csv --start-up 20s --time-limit 300s --workers 9 --batch-size 10")
    #expect(result.code == 0)
    #expect(result.output.contains("Batches    100, 10 items each, on 1 worker"))
    #expect(result.output.contains("1 worker is enough: all 9"))
    #expect(shell("ls -A").output == before)
    let piped = shell("gzip -c in.csv | $BATCHRUN plan price - --batch-size 10")
    #expect(piped.code == 2)
    #expect(shell("cat in.csv | $BATCHRUN plan price - --batch-size 10").code == 0)
    #expect(shell("gzip in.csv; $BATCHRUN plan price in.csv.gz --batch-size 10").code == 0)
  }
}
