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
      _ words: [String], on place: String = "slurm", remote: [String] = [], ending: String = ""
    ) throws {
      for workers in ["1", "2"] {
        let here = Program.run(
          [Program.batchrun] + words + [
            "-o", scratch("here\(workers)\(ending)"), "--quiet", "--workers", workers,
          ])
        #expect(here.code == 0, "\(here.errors)")
      }
      let place = [
        "--on", place, "--share", scratch("share"), "--workers", "3", "-o",
        scratch("there\(ending)"), "--quiet",
      ]
      let there = Program.run(
        [Program.batchrun] + words + place + remote,
        environment: try SlurmCluster.shared.environment)
      #expect(there.code == 0, "\(there.errors)")
      let alone = try Data(at: scratch("here1\(ending)"))
      #expect(!alone.isEmpty)
      #expect(try Data(at: scratch("here2\(ending)")) == alone)
      #expect(try Data(at: scratch("there\(ending)")) == alone)
      let check = try Verification(directory: scratch("there\(ending).run"))
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
      try compare(
        ["encode", "\(examples)/clip.mp4", "--preset", "ultrafast", "--chunk-seconds", "1"],
        ending: ".mp4")
    }

    @Test("saved pages that only this machine has reach the nodes")
    func otherFileSystem() throws {
      let here = Program.run(
        [
          Program.batchrun, "scrape", "\(examples)/papers.txt", "--deterministic", "-o",
          scratch("here"), "--quiet",
        ])
      #expect(here.code == 0, "\(here.errors)")
      // A folder that the cluster's daemons, started before, see empty.
      let hidden = scratch("hidden")
      let script = """
        set -e
        mkdir "$0"; mount --make-rprivate /; mount -t tmpfs none "$0"
        cp -r "$1"/* "$0"
        exec "$2" scrape "$0/papers.txt" --deterministic --on slurm --share "$3" --workers 2 -o "$4" --quiet
        """
      let there = Program.run(
        [
          "/usr/bin/unshare", "-m", "/bin/sh", "-c", script, hidden, examples, Program.batchrun,
          scratch("share"), scratch("there"),
        ], environment: try SlurmCluster.shared.environment)
      #expect(there.code == 0, "\(there.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: hidden).isEmpty)
      let local = try Data(at: scratch("here"))
      #expect(!local.isEmpty)
      #expect(try Data(at: scratch("there")) == local)
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
      let frames = Program.run(
        [
          Program.batchrun, "frames", "\(examples)/clip.mp4", "--on", "slurm", "--share",
          scratch("share"), "-o", scratch("frames"),
        ])
      #expect(frames.code == 64)
      #expect(frames.errors.contains("a folder of this machine"), "\(frames.errors)")
      // Nothing was begun, and nothing is left.
      #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
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
