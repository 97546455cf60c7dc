import BatchCore
import Foundation
import SampleTask
import Testing

extension OnSlurm {
  /// The program's own tasks on a cluster, against the same run on this machine.
  @Suite("On Slurm and here")
  struct SameBytesTests {
    private let scratch = Scratch()
    private let examples =
      URL(filePath: #filePath).pathComponents.dropLast(4).joined(separator: "/")
      .replacing("//", with: "/") + "/examples"

    private func compare(
      _ words: [String], on place: String = "slurm", remote: [String] = []
    ) throws {
      let here = Program.run([Program.batchrun] + words + ["-o", scratch("here"), "--quiet"])
      #expect(here.code == 0, "\(here.errors)")
      let place = [
        "--on", place, "--share", scratch("share"), "--workers", "3", "-o", scratch("there"),
        "--quiet",
      ]
      let there = Program.run(
        [Program.batchrun] + words + place + remote,
        environment: try SlurmCluster.shared.environment)
      #expect(there.code == 0, "\(there.errors)")
      let (local, distant) = (try Data(at: scratch("here")), try Data(at: scratch("there")))
      #expect(!local.isEmpty)
      #expect(local == distant)
      let check = try Verification(directory: scratch("there.run"))
      #expect(check.isGood, "\(check.problems)")
    }

    @Test("prices are the same bytes", arguments: ["firms.csv", "options.csv"])
    func prices(file: String) throws {
      try compare(["price", "\(examples)/\(file)"])
    }

    @Test("prices of a large input, which workers read by range, are the same bytes")
    func largeInput() throws {
      var rows = "firm,date,equity,debt,equity_volatility,rate\n"
      for row in 0..<60_000 {
        rows +=
          "F\(row % 100),\(row / 100),\(100 + row % 977),\(50 + row % 613),0.\(21 + row % 57),0.03\n"
      }
      scratch.write("firms.csv", rows)
      try compare(["price", scratch("firms.csv")], remote: ["--batch-size", "20000"])
    }

    @Test("saved pages give the same records")
    func pages() throws {
      try compare(["scrape", "\(examples)/papers.txt", "--deterministic"])
    }

    @Test("here and on Slurm at once, prices and saved pages are the same bytes")
    func mixed() throws {
      try compare(["price", "\(examples)/firms.csv"], on: "local,slurm")
      let pages = ["scrape", "\(examples)/papers.txt", "--deterministic", "--fresh"]
      try compare(pages, on: "local,slurm", remote: ["--batch-size", "2"])
    }

    @Test("what a run measured is what the plan of the next one begins with")
    func earlierTimes() throws {
      let cache = ["XDG_CACHE_HOME": scratch("cache")]
      let words = ["price", "\(examples)/firms.csv", "--batch-size", "1000"]
      func plan() -> String {
        Program.run(
          [Program.batchrun, "plan"] + words + ["--on", "slurm", "--workers", "2"],
          environment: cache
        ).output
      }
      #expect(plan().contains("Guesses    start-up (2 s)"), "\(plan())")
      let run = Program.run(
        [Program.batchrun] + words + [
          "--on", "slurm", "--share", scratch("share"), "--workers", "2", "-o", scratch("out"),
          "--quiet",
        ], environment: try SlurmCluster.shared.environment.merging(cache) { $1 })
      #expect(run.code == 0, "\(run.errors)")
      let after = plan()
      #expect(after.contains("Earlier    ") && after.contains("from earlier runs"), "\(after)")
      #expect(!after.contains("Guesses    start-up"), "\(after)")
    }

    @Test("a video is the same file")
    func video() throws {
      scratch.write("marker", "")
      let words = [
        "encode", "\(examples)/clip.mp4", "--preset", "ultrafast", "--chunk-seconds", "1",
      ]
      let here = Program.run([Program.batchrun] + words + ["-o", scratch("here.mp4"), "--quiet"])
      #expect(here.code == 0, "\(here.errors)")
      let there = Program.run(
        [Program.batchrun] + words + [
          "--on", "slurm", "--share", scratch("share"), "--workers", "3", "-o",
          scratch("there.mp4"),
          "--quiet",
        ], environment: try SlurmCluster.shared.environment)
      #expect(there.code == 0, "\(there.errors)")
      #expect(try Data(at: scratch("here.mp4")) == Data(at: scratch("there.mp4")))
    }

    @Test("what runs on this machine only is refused elsewhere, with the reason")
    func localOnly() throws {
      let cached = Program.run(
        [
          Program.batchrun, "scrape", "\(examples)/papers.txt", "--cache", scratch("cache"), "--on",
          "slurm", "--share", scratch("share"), "-o", scratch("out"),
        ], environment: try SlurmCluster.shared.environment)
      #expect(cached.code == 64)
      #expect(cached.errors.contains("--cache is a folder of this machine"), "\(cached.errors)")
      let alone = Program.run(
        [Program.batchrun, "price", "\(examples)/firms.csv", "--on", "slurm", "-o", scratch("out")])
      #expect(alone.code == 64)
      #expect(alone.errors.contains("--on slurm needs --share DIR"), "\(alone.errors)")
    }
  }
}

extension Data {
  init(at path: String) throws { self = try Data(contentsOf: URL(filePath: path)) }
}
