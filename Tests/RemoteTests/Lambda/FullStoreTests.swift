import BatchCore
import Glibc
import SampleTask
import Testing

extension WithS3 {
  /// A bucket that takes nothing more.
  @Suite("A bucket that is full")
  struct FullStoreTests {
    private let scratch = Scratch()

    private func writeFirms(_ rows: Int) {
      var text = "firm,date,equity,debt,equity_volatility,rate\n"
      for row in 0..<rows {
        text += "F\(row % 100),\(row / 100),\(100 + row % 977),\(50 + row % 613),0.3,0.03\n"
      }
      scratch.write("firms.csv", text)
    }

    @Test("stops the run with a sentence, and the run goes on when there is room again")
    func fills() throws {
      writeFirms(20_000)
      let here = Program.run(
        [Program.batchrun, "price", scratch("firms.csv"), "-o", scratch("here"), "--quiet"])
      #expect(here.code == 0, "\(here.errors)")
      let functions = try Functions(options: ["concurrency": "2"])
      let words = [
        "price", scratch("firms.csv"), "--batch-size", "200", "--on", "lambda", "--bucket",
        "s3://small/full", "--workers", "2", "-o", scratch("there"),
      ]
      let program = try StartedProgram(
        [Program.batchrun] + words, environment: functions.environment, joinsErrors: true)
      for _ in 0..<600 where try functions.counts()["invocations"] ?? 0 < 10 { usleep(50_000) }
      try CephGateway.setFull(true, "small")
      let stopped = program.wait()
      #expect(stopped.code == 2, "\(stopped.output)")
      #expect(stopped.output.contains("there is no room left at 127.0.0.1"), "\(stopped.output)")
      #expect(stopped.output.contains("(QuotaExceeded); remove something, or raise the quota"))
      // What was finished before is there, and is not done again.
      let kept = try RunStatus(directory: scratch("there.run")).finishedItems
      #expect(kept > 0 && kept < 20_000, "\(kept)")
      try CephGateway.setFull(false, "small")
      let again = Program.run([Program.batchrun] + words, environment: functions.environment)
      #expect(again.code == 0, "\(again.errors)")
      #expect(again.errors.contains("\(Quantity.count(kept)) resumed"), "\(again.errors)")
      #expect(try SampleSource.read(scratch("there")) == SampleSource.read(scratch("here")))
      let check = try Verification(directory: scratch("there.run"))
      #expect(check.isGood, "\(check.problems)")
      #expect(
        try CephGateway.store("full", bucket: "small").list("runs/", after: nil).entries.isEmpty)
    }
  }
}
