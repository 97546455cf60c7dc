import BatchCore
import Foundation
import Glibc
import HTTPServer
import SampleTask
import Synchronization
import Testing

extension OnSlurm {
  /// The program's own tasks on a cluster that has its troubles.
  @Suite("All tasks on Slurm")
  struct AllTasksTests {
    private let scratch = Scratch()
    private let examples =
      "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/examples"

    private func writeFirms(_ rows: Int) {
      var text = "firm,date,equity,debt,equity_volatility,rate\n"
      for row in 0..<rows {
        text +=
          "F\(row % 100),\(row / 100),\(100 + row % 977),\(50 + row % 613),0.\(21 + row % 57),0.03\n"
      }
      scratch.write("firms.csv", text)
    }

    /// Saved pages with names of their own, and the list of them.
    private func writePages(_ count: Int) throws {
      let folder = "\(examples)/papers"
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        .filter { $0.hasSuffix(".html") }
      let pages = try names.map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
      try FileManager.default.createDirectory(
        atPath: scratch("pages"), withIntermediateDirectories: true)
      var list = ""
      for number in 0..<count {
        scratch.write("pages/\(number).html", pages[number % pages.count])
        list += "pages/\(number).html\n"
      }
      scratch.write("urls.txt", list)
    }

    /// The number of batches that have ended, by the events of the run.
    private func batches(_ name: String) -> Int {
      let events = scratch.text("\(name).run/events.jsonl") ?? ""
      return events.split(separator: "\n").count { $0.contains("\"event\":\"batch\"") }
    }

    @Test("lose nothing and do nothing twice in 500 batches, when a node dies in the middle")
    func nodeFailure() throws {
      let cluster = try SlurmCluster.shared
      writeFirms(9000)
      try writePages(2400)
      let runs: [(name: String, words: [String], more: [String])] = [
        ("price.csv", ["price", scratch("firms.csv")], ["--batch-size", "20"]),
        (
          "scrape.jsonl", ["scrape", scratch("urls.txt"), "--deterministic"],
          ["--batch-size", "48"]
        ),
        (
          "encode.mp4",
          [
            "encode", "\(examples)/clip.mp4", "--preset", "ultrafast", "--chunk-seconds", "0.5",
          ], []
        ),
      ]
      for run in runs {
        let here = Program.run(
          [Program.batchrun] + run.words + ["-o", scratch("here-\(run.name)"), "--quiet"])
        #expect(here.code == 0, "\(here.errors)")
      }
      let programs = try runs.map { run in
        try StartedProgram(
          [Program.batchrun] + run.words + run.more + [
            "--on", "slurm", "--share", scratch("share-\(run.name)"), "--workers", "8", "-o",
            scratch(run.name), "--sbatch-option=--exclude=n4",
            "--sbatch-option=--comment=\(scratch.path)",
          ], environment: cluster.environment)
      }
      var isAtWork = false
      for _ in 0..<1200 where !isAtWork {
        usleep(50_000)
        isAtWork = cluster.running(scratch.path).contains { $0.node == "n5" }
      }
      #expect(isAtWork)
      cluster.fail("n5")
      let results = programs.map { $0.wait() }
      cluster.mend("n5")
      var total = 0
      for (run, result) in zip(runs, results) {
        #expect(result.code == 0, "\(run.name): \(result.errors)")
        #expect(
          try Data(at: scratch(run.name)) == Data(at: scratch("here-\(run.name)")), "\(run.name)")
        let check = try Verification(directory: scratch("\(run.name).run"))
        #expect(check.isGood, "\(run.name): \(check.problems)")
        total += batches(run.name)
      }
      #expect(total >= 500, "\(total) batches")
    }

    @Test("ask a host from one worker at a time, and for robots.txt once")
    func politeness() throws {
      let page = "<title>A page</title><p>x</p>"
      let servers = (2...7).map { number in
        TestServer(host: "127.0.0.\(number)") { request in
          request.path == "/robots.txt"
            ? .page("User-agent: *\nDisallow: /no\n", headers: []) : .page(page).after(0.02)
        }
      }
      defer { for server in servers { server.stop() } }
      var lines: [String] = []
      for number in 0..<150 { lines += servers.map { "\($0.origin)/p/\(number)" } }
      scratch.write("urls.txt", lines.joined(separator: "\n") + "\n")
      let ended = Program.run(
        [
          Program.batchrun, "scrape", scratch("urls.txt"), "--on", "slurm", "--share",
          scratch("share"), "--workers", "3", "--batch-size", "50", "-o", scratch("out"),
          // Other tests have nodes fail.
          "--sbatch-option", "--exclude=n4,n5",
        ], environment: try SlurmCluster.shared.environment.merging(["no_proxy": "*"]) { $1 })
      #expect(ended.code == 0, "\(ended.errors)")
      #expect((scratch.text("out") ?? "").split(separator: "\n").count == lines.count)
      for server in servers {
        #expect(server.paths.count { $0 == "/robots.txt" } == 1, "\(server.host)")
        #expect(server.mostAtOnce <= 2, "\(server.host)")
        #expect(server.paths.count == 151)
      }
    }

    @Test("keep no worker waiting for a host that asks to be left alone, while there is other work")
    func leftAlone() throws {
      let counter = Counter()
      let page = TestAnswer.page("<title>A page</title><p>x</p>")
      let busy = TestServer(host: "127.0.0.8") { _ in
        counter.next() == 3 ? .status(429, headers: ["Retry-After: 20"]) : page
      }
      let other = TestServer(host: "127.0.0.9") { _ in page }
      defer {
        busy.stop()
        other.stop()
      }
      // The host with more pages is asked first, by the only worker.
      let lines =
        (0..<20).map { "\(busy.origin)/p/\($0)" } + (0..<10).map { "\(other.origin)/p/\($0)" }
      scratch.write("urls.txt", lines.joined(separator: "\n") + "\n")
      let ended = Program.run(
        [
          Program.batchrun, "scrape", scratch("urls.txt"), "--ignore-robots", "--per-host", "1",
          "--on", "slurm", "--share", scratch("share"), "--workers", "1", "-o", scratch("out"),
          "--sbatch-option", "--exclude=n4,n5",
        ], environment: try SlurmCluster.shared.environment.merging(["no_proxy": "*"]) { $1 })
      #expect(ended.code == 0, "\(ended.errors)")
      #expect((scratch.text("out") ?? "").split(separator: "\n").count == lines.count)
      let times = busy.requests.map(\.time)
      #expect(times.count == 21 && other.requests.count == 10)
      #expect(times[3] - times[2] > 19.9, "\(times)")
      #expect(other.requests.allSatisfy { $0.time < times[3] })
    }
  }
}

private final class Counter: Sendable {
  private let count = Atomic(0)

  func next() -> Int { count.wrappingAdd(1, ordering: .relaxed).newValue }
}
