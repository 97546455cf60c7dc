import BatchCore
import Foundation
import Glibc
import SampleTask
import Testing

extension WithS3 {
  /// Runs on functions: the packaged program in roots without any system library, in AWS's emulator.
  @Suite("A run on Lambda", .serialized)
  struct LambdaRunTests {
    private let scratch = Scratch()
    private let examples =
      "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/examples"

    /// Prices of so many firms, on this machine.
    private func writeFirms(_ rows: Int) throws -> [UInt8] {
      var text = "firm,date,equity,debt,equity_volatility,rate\n"
      for row in 0..<rows {
        text +=
          "F\(row % 100),\(row / 100),\(100 + row % 977),\(50 + row % 613),0.\(21 + row % 57),0.03\n"
      }
      scratch.write("firms.csv", text)
      let here = Program.run(
        [Program.batchrun, "price", scratch("firms.csv"), "-o", scratch("here"), "--quiet"])
      #expect(here.code == 0, "\(here.errors)")
      return try SampleSource.read(scratch("here"))
    }

    private func run(
      _ functions: Functions, _ words: [String], more: [String] = [], output: String = "there"
    ) -> Program.Result {
      Program.run(
        [Program.batchrun] + words + [
          "--on", "lambda", "--bucket",
          "s3://jobs/\(scratch.path.split(separator: "-").last ?? "x")",
          "-o", scratch(output),
        ] + more, environment: functions.environment)
    }

    private func check(_ expected: [UInt8]) throws {
      #expect(try SampleSource.read(scratch("there")) == expected)
      let verified = try Verification(directory: scratch("there.run"))
      #expect(verified.isGood, "\(verified.problems)")
      // Nothing is left in the bucket.
      let prefix = String(scratch.path.split(separator: "-").last ?? "x")
      let store = try CephGateway.store(prefix)
      #expect(try store.list("runs/", after: nil).entries.isEmpty)
      #expect(try store.list("inputs/", after: nil).entries.isEmpty)
    }

    @Test("gives the bytes of a local run, read by range from the bucket, and tells what it cost")
    func prices() throws {
      let expected = try writeFirms(60_000)
      let functions = try Functions()
      let there = run(functions, ["price", scratch("firms.csv"), "--batch-size", "20000"])
      #expect(there.code == 0, "\(there.errors)")
      #expect(there.errors.contains("3 batches, $0.0"), "\(there.errors)")
      try check(expected)
    }

    @Test("gives the records of saved pages, which travel through the bucket")
    func pages() throws {
      let functions = try Functions()
      let words = ["scrape", "\(examples)/papers.txt", "--deterministic"]
      let here = Program.run([Program.batchrun] + words + ["-o", scratch("here"), "--quiet"])
      #expect(here.code == 0, "\(here.errors)")
      let there = run(functions, words)
      #expect(there.code == 0, "\(there.errors)")
      #expect(try SampleSource.read(scratch("there")) == SampleSource.read(scratch("here")))
    }

    @Test("gives the same video, whose package needs no library of the system")
    func video() throws {
      let functions = try Functions(task: "encode")
      let words = [
        "encode", "\(examples)/clip.mp4", "--preset", "ultrafast", "--chunk-seconds", "1",
      ]
      for workers in ["1", "2"] {
        let here = Program.run(
          [Program.batchrun] + words + [
            "-o", scratch("here\(workers).mp4"), "--quiet", "--workers", workers,
          ])
        #expect(here.code == 0, "\(here.errors)")
      }
      let there = run(functions, words, output: "there.mp4")
      #expect(there.code == 0, "\(there.errors)")
      let alone = try SampleSource.read(scratch("here1.mp4"))
      #expect(!alone.isEmpty)
      #expect(try SampleSource.read(scratch("here2.mp4")) == alone)
      #expect(try SampleSource.read(scratch("there.mp4")) == alone)
      let counts = try functions.counts()
      #expect(counts["invocations"] ?? 0 > 1)
    }

    @Test("says at once that the function's program lacks the task, and how to get one that has it")
    func missingTask() throws {
      let functions = try Functions()
      let there = run(
        functions, ["encode", "\(examples)/clip.mp4", "--preset", "ultrafast"],
        output: "there.mp4")
      #expect(there.code == 2)
      #expect(there.errors.contains("has no task encode"), "\(there.errors)")
      #expect(there.errors.contains("deploy lambda --for encode"), "\(there.errors)")
    }

    @Test(
      "survives what goes wrong on the way",
      arguments: [
        ["throttle": 6], ["drop": 2], ["refuse": 2], ["error": 2], ["twice": 4], ["kill": 1],
        ["throttle": 3, "drop": 1, "twice": 2, "error": 1],
      ])
    func faults(_ faults: [String: Int]) throws {
      let expected = try writeFirms(12_000)
      let functions = try Functions(options: ["concurrency": "3"])
      try functions.inject(faults)
      let there = run(
        functions, ["price", scratch("firms.csv"), "--batch-size", "1000"],
        more: ["--workers", "6"])
      #expect(there.code == 0, "\(faults): \(there.errors)")
      try check(expected)
      let counts = try functions.counts()
      #expect(counts["most"] ?? 0 <= 3)
    }

    @Test("learns how many invocations the account allows at once by being turned away")
    func concurrency() throws {
      let expected = try writeFirms(20_000)
      let functions = try Functions(options: ["concurrency": "2"])
      let there = run(
        functions, ["price", scratch("firms.csv"), "--batch-size", "1000"],
        more: ["--workers", "8"])
      #expect(there.code == 0, "\(there.errors)")
      try check(expected)
      let counts = try functions.counts()
      #expect(counts["throttled"] ?? 0 > 0)
      #expect(counts["most"] == 2)
    }

    @Test("tries a batch a second time that takes too long, and pays for both")
    func slowBatch() throws {
      let expected = try writeFirms(12_000)
      let functions = try Functions(options: ["timeout": "60"])
      try functions.inject(["stall": 1])
      let there = run(
        functions, ["price", scratch("firms.csv"), "--batch-size", "1000"],
        more: ["--workers", "4"])
      #expect(there.code == 0, "\(there.errors)")
      #expect(
        there.errors.contains(
          "1 slow batch was tried twice; the second attempt was faster 1 time"), "\(there.errors)")
      #expect(there.errors.contains("13 batches, $0.0"), "\(there.errors)")
      try check(expected)
    }

    @Test("here and on functions at once gives the same bytes")
    func mixed() throws {
      let expected = try writeFirms(20_000)
      let functions = try Functions()
      let there = Program.run(
        [
          Program.batchrun, "price", scratch("firms.csv"), "--batch-size", "500", "--on",
          "local,lambda", "--bucket",
          "s3://jobs/\(scratch.path.split(separator: "-").last ?? "x")", "-o", scratch("there"),
        ], environment: functions.environment)
      #expect(there.code == 0, "\(there.errors)")
      try check(expected)
    }

    @Test("stops before it costs more than it may, and goes on when it may")
    func mostDollars() throws {
      let expected = try writeFirms(5000)
      let functions = try Functions()
      let words = ["price", scratch("firms.csv"), "--batch-size", "500"]
      let stopped = run(functions, words, more: ["--max-cost", "0.00002"])
      #expect(stopped.code == 2)
      #expect(stopped.errors.contains("--max-cost"), "\(stopped.errors)")
      let there = run(functions, words, more: ["--max-cost", "1"])
      #expect(there.code == 0, "\(there.errors)")
      try check(expected)
    }

    @Test("says what is missing: the function, the bucket, the right to use them")
    func refusals() throws {
      scratch.write("firms.csv", "firm,date,equity,debt,equity_volatility,rate\na,1,2,3,0.4,0.03\n")
      let functions = try Functions()
      let words = ["price", scratch("firms.csv"), "-o", scratch("there"), "--on", "lambda"]
      func errors(_ more: [String], _ changes: [String: String] = [:]) -> String {
        let ended = Program.run(
          [Program.batchrun] + words + more,
          environment: functions.environment.merging(changes) { $1 })
        #expect(ended.code == 2, "\(more)")
        return ended.errors
      }
      #expect(
        errors(["--bucket", "s3://jobs/x", "--function", "other"]).contains(
          "there is no function named other; make it with `batchrun deploy lambda`"))
      #expect(errors(["--bucket", "s3://nowhere/x"]).contains("nowhere"))
      #expect(
        errors(["--bucket", "s3://jobs/x"], ["AWS_ACCESS_KEY_ID": "SOMEBODYELSE"]).contains(
          "does not know the access key"))
      #expect(errors(["--bucket", "/tmp/x"]).contains("functions reach buckets only"))
    }
  }
}
