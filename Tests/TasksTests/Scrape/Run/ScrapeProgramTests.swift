import BatchCore
import FoundationEssentials
import HTTPServer
import SampleTask

/// Tests that run `batchrun scrape` as a process, each in a directory of its own.
protocol ScrapeProgramTests {
  var scratch: Scratch { get }
}

extension ScrapeProgramTests {
  /// Writes the lines as `urls.txt` and scrapes them into a file of that name.
  func scrape(
    _ lines: [String], _ options: [String] = [], output: String = "out.jsonl",
    environment: [String: String] = [:]
  ) -> ScrapeResult {
    scratch.write("urls.txt", lines.map { $0 + "\n" }.joined())
    return scrape(file: "urls.txt", options, output: output, environment: environment)
  }

  func scrape(
    file: String, _ options: [String] = [], output: String = "out.jsonl",
    environment: [String: String] = [:]
  ) -> ScrapeResult {
    run(
      ["scrape", scratch(file), "-o", scratch(output)] + options, output: output,
      environment: environment)
  }

  /// Runs the program with all it says on standard error kept, however long it is.
  func run(
    _ arguments: [String], output: String = "out.jsonl", environment: [String: String] = [:],
    input: String = ""
  ) -> ScrapeResult {
    let errors = "errors-\(output)"
    let result = Program.run(
      ["/bin/sh", "-c", "cd \"$0\"; e=$1; shift; exec \"$@\" 2>\"$e\"", scratch.path, errors]
        + [Program.batchrun] + arguments,
      // The server of a test is not behind the proxy of the machine.
      environment: ["no_proxy": "*"].merging(environment) { $1 }, input: input)
    return ScrapeResult(
      code: result.code, printed: result.output, errors: scratch.text(errors) ?? "",
      text: scratch.text(output), failures: scratch.text("\(output).run/failures.jsonl") ?? "")
  }

  func shell(_ script: String, environment: [String: String] = [:]) -> Program.Result {
    Program.run(
      ["/bin/sh", "-c", "cd \(scratch.path); \(script)"],
      environment: ["BATCHRUN": Program.batchrun, "no_proxy": "*"].merging(environment) { $1 })
  }
}

/// What a run left behind.
struct ScrapeResult {
  var code: Int
  /// What came on standard output.
  var printed: String
  var errors: String
  /// The output file; nil when there is none.
  var text: String?
  /// The lines of failures.jsonl.
  var failures: String

  var lines: [Substring] { (text ?? "").split(separator: "\n") }

  /// The records of a JSON Lines output; one that cannot be read is missing.
  var records: [PageRecord] {
    lines.compactMap { try? PageRecord(json: $0) }
  }

  var failureLines: [FailedPage] {
    failures.split(separator: "\n").compactMap {
      try? JSONDecoder().decode(FailedPage.self, from: Data($0.utf8))
    }
  }
}

/// A record of the output, as a user's script would read it.
struct PageRecord: Decodable {
  struct Fault: Decodable {
    var code: String
    var message: String
    var transient: Bool
  }

  var url: String
  var finalURL: String?
  var status: Int?
  var title: String?
  var authors: [String]?
  var abstract: String?
  var error: Fault?
  var attempts: Int?
  var bytes: Int?

  enum CodingKeys: String, CodingKey {
    case url, status, title, authors, abstract, error, attempts, bytes
    case finalURL = "final_url"
  }

  init(json: Substring) throws {
    self = try JSONDecoder().decode(PageRecord.self, from: Data(json.utf8))
  }
}

/// A line of failures.jsonl.
struct FailedPage: Decodable {
  var item: Int
  var line: Int?
  var value: String?
  var code: String
  var message: String
  var attempts: Int
}

/// Pages for servers of tests.
enum PaperPage {
  /// A page with a title, two authors and an abstract.
  static func html(_ name: String) -> String {
    """
    <html><head><title>Paper \(name)</title>
    <meta name="citation_title" content="Paper \(name)">
    <meta name="citation_author" content="Ada Lovelace">
    <meta name="citation_author" content="Émile Borel">
    </head><body><h1>Paper \(name)</h1>
    <h2>Abstract</h2><p>\(abstract(name))</p>
    <p><a href="/pdf/\(name)">PDF</a> <a href="/cite">Cite</a></p></body></html>
    """
  }

  static func abstract(_ name: String) -> String {
    "We study the question of \(name), and show by measurement that the answer is simpler than "
      + "it was thought to be; the proof needs no more than what a student knows."
  }

  static func answer(_ name: String) -> TestAnswer { .page(html(name)) }

  /// A server of papers at `/p/NAME`, without a robots.txt.
  static func server(host: String = "127.0.0.1") -> TestServer {
    TestServer(host: host) { request in
      request.path.hasPrefix("/p/") ? answer(String(request.path.dropFirst(3))) : .status(404)
    }
  }
}

extension TestServer {
  /// The paths of pages that were asked for, in the order of the requests.
  var pagePaths: [String] { paths.filter { $0 != "/robots.txt" } }
}
