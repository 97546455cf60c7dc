internal import BatchCore
internal import Synchronization

/// The worker half of `scrape`: a batch of addresses in, a record for each out.
///
/// One fetcher serves all batches of the process; pages are parsed on the threads of the batches, as
/// they arrive, and finish in any order.
final class ScrapeTask: BatchTask {
  let setup: ScrapeSetup
  let extractor: Extractor
  let writer: RecordWriter
  let memories = PageMemories()
  /// Made when the first page is wanted: a process that only plans asks nobody for anything.
  private let made = Mutex<Fetcher?>(nil)

  init(_ setup: ScrapeSetup) {
    self.setup = setup
    extractor = Extractor(setup.options.request)
    writer = RecordWriter(setup.options, setup.shape)
  }

  /// As many batches as there are lanes of hosts, each open twice on two workers.
  var overlap: Int { HostLanes.mostLanes }

  /// Batches are many and wait most of the time: what reading takes is shared by all of them.
  func makeWorkspace() {}

  /// - Throws: `TaskError` when the folder of the cache cannot be used.
  func run(_ input: BatchInput, in workspace: inout Void, output: BatchOutput) throws {
    guard case .inline(let bytes) = input.bytes else { return }
    var pass = ScrapePass(
      task: self, fetcher: try fetcher(), pages: try ListedPage.read(bytes), input: input,
      output: output)
    try pass.run()
  }

  private func fetcher() throws -> Fetcher {
    try made.withLock { fetcher in
      if let fetcher { return fetcher }
      do throws(SystemError) {
        let new = try Fetcher(setup.options.fetch)
        fetcher = new
        return new
      } catch {
        throw TaskError(.cannotRun, "the cache cannot be used: \(error)")
      }
    }
  }
}
