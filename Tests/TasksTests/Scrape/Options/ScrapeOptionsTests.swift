import BatchCore
import SampleTask
import Scrape
import Testing

@Suite("The options of scrape")
struct ScrapeOptionsTests {
  private let scratch = Scratch()

  private static func options(_ values: [String: [String]]) throws -> ScrapeOptions {
    try ScrapeOptions(OptionValues(values))
  }

  @Test("have defaults that are polite and bounded")
  func defaults() throws {
    let fetch = try Self.options([:]).fetch
    #expect(fetch.perHost == 2 && fetch.transfers == 256 && fetch.redirects == 10)
    #expect(fetch.bodyBytes == 10_000_000 && fetch.timeoutSeconds == 30)
    #expect(fetch.connectSeconds == 10 && fetch.unreachableSeconds == 60)
    #expect(!fetch.ignoresRobots && !fetch.publicOnly && fetch.delaySeconds == 0)
    // The runner repeats what failed in passing.
    #expect(fetch.retries == 0)
  }

  @Test("give no part of an attempt more time than the whole of it")
  func times() throws {
    let quick = try Self.options(["timeout": ["2s"]]).fetch
    #expect(quick.timeoutSeconds == 2 && quick.connectSeconds == 2 && quick.stallSeconds == 2)
    #expect(quick.unreachableSeconds == 12)
    let patient = try Self.options(["timeout": ["5m"], "connect-timeout": ["500ms"]]).fetch
    #expect(patient.timeoutSeconds == 300 && patient.connectSeconds == 0.5)
    #expect(patient.unreachableSeconds == 3)
  }

  @Test("take fields in any order and write them in the fixed one")
  func fields() throws {
    let keys = try Self.options(["fields": ["title, status,title"]]).keys
    #expect(keys == [.url, .status, .title])
    let all = try Self.options([:]).keys
    #expect(all == RecordKey.allCases)
    let lasting = try Self.options(["deterministic": [""]]).keys
    #expect(lasting == all.dropLast(4))
    #expect(throws: TaskError.self) { try Self.options(["fields": ["title,tittle"]]) }
  }

  @Test(
    "name what the output depends on, and nothing else",
    arguments: [
      ("fields", "title"), ("format", "csv"), ("field", "a=h1"), ("article", ""), ("follow", "a"),
      ("url-column", "u"), ("user-agent", "x"), ("ignore-robots", ""), ("header", "A: b"),
      ("max-bytes", "5MB"), ("max-redirects", "1"), ("deterministic", ""),
    ])
  func identity(name: String, value: String) throws {
    func identity(_ values: [String: [String]]) throws -> [String] {
      let values = OptionValues(values)
      return try ScrapeOptions(values).identity(values).map { "\($0.name)=\($0.value)" }
    }
    let none = try identity([:])
    #expect(try identity([name: [value]]) != none)
    for (other, text) in [
      ("per-host", "9"), ("delay", "1"), ("connections", "3"), ("cache", "/tmp/c"),
      ("timeout", "9s"), ("proxy", "http://u:sekrit@h"),
    ] {
      #expect(try identity([other: [text]]) == none, "\(other)")
    }
  }

  @Test("keep header lines out of what is written down")
  func headers() throws {
    let values = OptionValues(["header": ["X-Token: sekrit"]])
    let options = try ScrapeOptions(values)
    #expect(options.fetch.headers == ["X-Token: sekrit"])
    #expect(!options.identity(values).contains { $0.value.contains("sekrit") })
  }
}
