package import BatchCore

/// The name of a page among the requests of one inbox, chosen by who asks.
package struct PageID: Hashable, Sendable {
  package let rawValue: Int
  package init(_ rawValue: Int) { self.rawValue = rawValue }
}

/// A page that is wanted.
package struct PageRequest: Sendable {
  package var id: PageID
  package var url: WebURL
  /// Where this machine has the saved page that the address names; nil for just there.
  package var localPath: String?

  package init(_ id: PageID, _ url: WebURL, localPath: String? = nil) {
    self.id = id
    self.url = url
    self.localPath = localPath
  }
}

/// What an inbox gets about one page: any of the four, in the order of the fields.
///
/// A page that fits into one piece comes as one message. A second head for a page means that an
/// attempt broke in the middle, and that the page begins anew.
package struct PageMessage: Sendable {
  package let id: PageID
  /// The page cannot be asked for yet.
  package var wait: PoliteWait?
  package var head: PageHead?
  package var body: ReceivedBytes?
  /// The last message about the page.
  package var end: PageResult?

  init(_ id: PageID) { self.id = id }
}

/// Why a page has to wait, and for how long at least.
package struct PoliteWait: Sendable, Equatable {
  package enum Reason: Int, Sendable {
    /// The server answered 429 or 503.
    case pushedBack
    /// `--delay`, or the crawl-delay of robots.txt.
    case delay
    /// The server cannot be reached.
    case unreachable
    /// The page itself failed and is tried again.
    case retry
  }

  package var host: String
  package var reason: Reason
  package var seconds: Double
  /// Whether nobody need stay for it: what ends the wait at last is known of the host, and not of this
  /// page alone.
  package var mayLeave = false
}

/// What is known of a page when its body begins.
package struct PageHead: Sendable {
  /// Nil for a file.
  package var status: Int?
  /// The address that answered.
  package var url: WebURL
  /// The addresses that led there by redirects, the one asked for first; empty without redirects.
  package var redirects: [WebURL] = []
  /// As the server sent it, with its parameters.
  package var contentType: String?
  package var contentLanguage: String?
  /// The whole `Link` field, which may name the canonical address.
  package var link: String?
  /// The length of the body as it travels; nil when it is not known.
  package var contentLength: Int?
  package var lastModified: String?
}

/// How the fetching of a page ended.
package struct PageResult: Sendable {
  package enum Outcome: Sendable, Equatable {
    /// The whole body has been handed over.
    case complete
    /// The reader needed no more.
    case enough
    case failed(PageFailure)
    /// Cancelled; nothing counts as tried.
    case notStarted
  }

  package enum Source: String, Sendable {
    case network
    /// The server said that what the cache holds has not changed.
    case revalidated
    case cache
    case file
  }

  package var outcome: Outcome
  /// The last status that came, if any.
  package var status: Int?
  /// The address asked last.
  package var url: WebURL
  package var redirects: [WebURL] = []
  package var attempts = 0
  /// Bytes of the body after decompression, and as they travelled.
  package var bodyBytes = 0
  package var wireBytes = 0
  /// From the first attempt's start.
  package var elapsedSeconds = 0.0
  package var source = Source.network

  package var failure: PageFailure? {
    if case .failed(let failure) = outcome { failure } else { nil }
  }
}
