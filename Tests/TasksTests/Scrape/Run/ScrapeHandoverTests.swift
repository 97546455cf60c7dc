import BatchCore
import Glibc
import HTTPServer
import SampleTask
import Scrape
import Testing

@Suite("Batches of one host in processes of their own")
struct ScrapeHandoverTests {
  private let scratch = Scratch()

  /// Runs batches one after another, each in a worker process that knows only what it is handed; the
  /// state that each left.
  ///
  /// - Parameter deadlines: After so many seconds each batch begins nothing new.
  private func run(
    _ lines: [String], batches: [Range<Int>], deadlines: [Double] = [], options: OptionValues,
    whenPrepared: () -> Void = {}
  ) throws -> [BatchResult] {
    scratch.write("urls.txt", lines.map { $0 + "\n" }.joined())
    let path = scratch("urls.txt")
    let prepared = try ScrapePlugin.prepare(
      TaskRequest(options: options, input: InputFile(path: path, displayName: path)))
    let site = LocalSite(
      task: prepared,
      configuration: .init(
        workers: 1, workerCommand: [Program.batchrun, "worker"], inFlightPath: scratch("slots")),
      inFlight: try InFlightSlots(path: scratch("slots"), count: 1), clock: MonotonicClock(),
      buffers: PartBuffers(workers: 1), report: { _ in })
    whenPrepared()
    var state: [UInt8] = []
    var results: [BatchResult] = []
    var failures: [String] = []
    for (number, items) in batches.enumerated() {
      var input = try prepared.source.input(for: items)
      input.laneState = state
      let deadline = number < deadlines.count ? deadlines[number] : .infinity
      var batch = IsolatedBatch(
        order: BatchOrder(
          assignment: Assignment(
            batch: BatchIndex(number), items: items, deadlineSeconds: deadline),
          input: input, timeoutSeconds: 60, isIsolated: true), site: site)
      var child: ChildProcess?
      let result = batch.run(in: &child) { failures += $0.failures.map(\.failure.message) }
      state = result.laneState ?? []
      results.append(result)
    }
    #expect(failures.allSatisfy { $0.contains("robots.txt") }, "\(failures)")
    return results
  }

  private func options(_ values: [String: [String]] = [:]) -> OptionValues {
    OptionValues(values)
  }

  @Test("ask for robots.txt once, and keep to it")
  func robots() throws {
    let server = TestServer { request in
      request.path == "/robots.txt"
        ? .page("User-agent: *\nDisallow: /p/no\n", headers: []) : PaperPage.answer("x")
    }
    defer { server.stop() }
    let lines = (0..<9).map { "\(server.origin)/p/\($0 == 7 ? "no" : "\($0)")" }
    let results = try run(lines, batches: [0..<3, 3..<6, 6..<9], options: options())
    #expect(results.map(\.ending) == [.done, .done, .done])
    #expect(results.allSatisfy { $0.unfinished.isEmpty && $0.laneState?.isEmpty == false })
    #expect(server.paths.count { $0 == "/robots.txt" } == 1)
    #expect(Set(server.pagePaths) == Set(lines.filter { !$0.hasSuffix("no") }.map { $0.path }))
  }

  @Test("keep --delay from the last request of one to the first of the next")
  func delay() throws {
    let server = PaperPage.server()
    defer { server.stop() }
    let lines = (0..<4).map { "\(server.origin)/p/\($0)" }
    _ = try run(
      lines, batches: [0..<2, 2..<4],
      options: options(["delay": ["1s"], "ignore-robots": [""]]))
    let times = server.requests.map(\.time)
    #expect(times.count == 4)
    #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 > 0.95 }, "\(times)")
  }

  @Test("trust the certificates of --ca-file, whose file they do not see")
  func certificates() throws {
    let site = try #require(SecureSite(pages: ["a": PaperPage.html("a")]))
    defer { site.stop() }
    let certificate = scratch.write(
      "mine.crt", String(decoding: try SampleSource.read(site.certificate), as: UTF8.self))
    let results = try run(
      ["\(site.origin)/a"], batches: [0..<1],
      options: options(["ca-file": [certificate], "ignore-robots": [""]]),
      whenPrepared: { _ = unsafe unlink(certificate) })
    #expect(results.map(\.ending) == [.done])
    #expect(results[0].unfinished.isEmpty)
    #expect(site.requests.count == 1)
  }

  @Test("wait as long as a 429 asked, also when the batch that heard it is over before")
  func retryAfter() throws {
    let counter = Counter()
    let server = TestServer { _ in
      counter.next() == 2 ? .status(429, headers: ["Retry-After: 6"]) : PaperPage.answer("x")
    }
    defer { server.stop() }
    let lines = (0..<4).map { "\(server.origin)/p/\($0)" }
    let results = try run(
      lines, batches: [0..<2, 2..<4], deadlines: [3],
      options: options(["ignore-robots": [""], "per-host": ["1"]]))
    #expect(results.map(\.ending) == [.done, .done])
    #expect(results[0].unfinished.ranges == [1..<2])
    #expect(results[1].unfinished.isEmpty)
    let times = server.requests.map(\.time)
    #expect(times.count == 4)
    #expect(times[2] - times[1] > 5.9, "\(times)")
  }

  @Test("hand back what would only wait for long, and say for how long")
  func handsBack() throws {
    let counter = Counter()
    let server = TestServer { _ in
      counter.next() == 2 ? .status(429, headers: ["Retry-After: 60"]) : PaperPage.answer("x")
    }
    defer { server.stop() }
    let lines = (0..<4).map { "\(server.origin)/p/\($0)" }
    let results = try run(
      lines, batches: [0..<4], options: options(["ignore-robots": [""], "per-host": ["1"]]))
    #expect(results[0].ending == .done)
    #expect(results[0].unfinished.ranges == [1..<4])
    #expect(server.requests.count == 2)
    // As long as the server wants, less what has passed since.
    #expect(results[0].laneWaitSeconds > 30 && results[0].laneWaitSeconds <= 60)
  }

  @Test("do not hold up their lane for one of its hosts, which another one of it does not wait for")
  func severalHosts() throws {
    let busy = TestServer(host: "127.0.0.2") { _ in .status(429, headers: ["Retry-After: 60"]) }
    let other = PaperPage.server(host: "127.0.0.3")
    defer {
      busy.stop()
      other.stop()
    }
    let lines = ["\(busy.origin)/p/0", "\(other.origin)/p/1", "\(other.origin)/p/2"]
    let results = try run(lines, batches: [0..<3], options: options(["ignore-robots": [""]]))
    #expect(results[0].ending == .done)
    #expect(results[0].unfinished.count == 1)
    #expect(results[0].laneWaitSeconds == 0)
  }
}

extension String {
  /// What follows the origin of an address.
  fileprivate var path: String {
    "/"
      + split(separator: "/", omittingEmptySubsequences: false).dropFirst(3).joined(separator: "/")
  }
}
