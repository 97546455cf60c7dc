package import BatchCore
internal import Synchronization

/// Fetches pages for all batches of a process, politely.
///
/// One thread holds all connections, what is known of every host, and the order in which hosts are
/// asked. Batches submit their pages at any time and read the answers from inboxes of their own.
///
/// - A page that fails for reasons that may pass is tried again here, within the limits of the
///   options, before its batch hears of it.
/// - Files are read by a thread of their own; they have no status, and a content type by their ending.
/// - While robots.txt of a host answers with server errors or not at all, nothing else is asked of
///   the host; it is tried again like a page, and then its pages fail as transient.
package final class Fetcher: Sendable {
  package let options: FetchOptions
  private let engine: HTTPEngine
  private let orders: FetchOrders
  private let writer: CacheWriter?

  /// - Throws: when the folder of the cache cannot be used.
  /// - Precondition: the options do not contradict each other; see ``FetchOptions/contradiction``.
  package init(_ options: FetchOptions) throws(SystemError) {
    precondition(options.contradiction == nil, "contradictory options")
    var options = options
    // Those under way, as many that are kept, and as many again for everything else.
    let descriptors = DescriptorLimit.raise(to: options.transfers * 4 + 256)
    options.transfers = max(1, min(options.transfers, (descriptors - 64) / 3))
    let orders = FetchOrders()
    self.options = options
    self.orders = orders
    let cache: PageCache? = if let path = options.cachePath { try PageCache(path) } else { nil }
    let writer = options.isOffline ? nil : cache.map { CacheWriter($0) }
    self.writer = writer
    engine = HTTPEngine(name: "fetcher", settings: options.settings) { [options] loop in
      let disk = DiskPages(options, loop.pool, cache, orders, wake: loop.signal)
      return FetchDriver(options, orders, loop, disk, writer)
    }
  }

  deinit {
    engine.stop()
    writer?.stop()
  }

  /// Asks for pages; every one of them gets messages in `inbox`, an end at last.
  ///
  /// Pages of one host are asked for in the order of submission, hosts take turns.
  package func submit(_ pages: [PageRequest], to inbox: PageInbox) {
    give(.submit(pages, inbox))
  }

  package func submit(_ page: PageRequest, to inbox: PageInbox) { submit([page], to: inbox) }

  /// Ends a page of which no more is needed.
  ///
  /// When at most 64 KiB are to come, they are taken and dropped to keep the connection; when it is
  /// more, or not known, the connection is given up.
  package func enough(_ id: PageID, in inbox: PageInbox) { give(.enough([id], inbox)) }

  /// Ends pages without a result: they come back as not started.
  ///
  /// - Parameter startedToo: whether those that are being received are ended as well; otherwise they
  ///   end in their own time.
  package func cancel(_ ids: [PageID], in inbox: PageInbox, startedToo: Bool = true) {
    give(.cancel(ids, inbox, startedToo: startedToo))
  }

  /// Has the fetcher know what was learnt of hosts elsewhere; it keeps what it knows better.
  ///
  /// Called before pages of these hosts are submitted.
  package func recall(_ memories: [HostMemory]) {
    if !memories.isEmpty { give(.recall(memories)) }
  }

  /// What is known of those hosts that were asked for something.
  package func memories(of hosts: Set<String>) -> [HostMemory] {
    guard !hosts.isEmpty else { return [] }
    let reply = Mailbox<[HostMemory]>()
    give(.remember(hosts, reply))
    return reply.takeFirst()
  }

  /// Returns when every page that has ended is in the cache.
  package func flushCache() { writer?.flush() }

  /// Why the cache lacks pages, as a sentence; nil when it does not.
  package var cacheProblem: String? { writer?.problem }

  /// What has been done so far.
  package var counters: FetchCounters { orders.counters }

  private func give(_ order: FetchOrders.Order) {
    if orders.append(order) { engine.wakeUp() }
  }
}

/// What the fetcher has done, for the report of a run.
package struct FetchCounters: Sendable, Equatable {
  /// Requests sent, those for robots.txt and each step of a redirect included.
  package var requests = 0
  package var robotsRequests = 0
  /// Pages that ended with a result, good or bad.
  package var pages = 0
  package var failedPages = 0
  package var retries = 0
  /// Answers with 429 or 503.
  package var pushBacks = 0
  package var redirects = 0
  package var bodyBytes = 0
  package var wireBytes = 0
  package var cacheHits = 0
  package var revalidated = 0
  package var files = 0
}

/// Orders on their way to the fetcher's thread, and the counters on their way back.
final class FetchOrders: Sendable {
  enum Order: Sendable {
    case submit([PageRequest], PageInbox)
    case enough([PageID], PageInbox)
    case cancel([PageID], PageInbox, startedToo: Bool)
    case recall([HostMemory])
    case remember(Set<String>, Mailbox<[HostMemory]>)
    /// What the cache knows of a page that was submitted.
    case looked(PageID, PageInbox, CachedPage?)
    /// A page whose entry has gone after the server confirmed it.
    case submitAgain(PageRequest, PageInbox)
  }

  private struct State {
    var waiting: [Order] = []
    var counters = FetchCounters()
  }

  private let state = Mutex(State())

  /// Whether the thread has to be woken: it has not yet taken what was there before.
  func append(_ order: Order) -> Bool {
    state.withLock { state in
      state.waiting.append(order)
      return state.waiting.count == 1
    }
  }

  func take(reporting counters: FetchCounters) -> [Order] {
    state.withLock { state in
      state.counters = counters
      guard !state.waiting.isEmpty else { return [] }
      var taken: [Order] = []
      swap(&taken, &state.waiting)
      return taken
    }
  }

  var counters: FetchCounters { state.withLock { $0.counters } }
}
