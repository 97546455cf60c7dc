import BatchCore
import Glibc
import HTTPServer
import SampleTask
import Scrape
import Testing

@Suite("batchrun scrape, and the fields of a record")
struct ScrapeFieldTests: ScrapeProgramTests {
  let scratch = Scratch()

  @Test("writes all keys in their fixed order, and null for what is absent")
  func keys() {
    let server = PaperPage.server()
    defer { server.stop() }
    let result = scrape([server.origin + "/p/1", "ftp://x/"])
    let keys = [
      "url", "final_url", "status", "title", "authors", "abstract", "year", "date", "doi", "venue",
      "pdf_url", "language", "site", "content_type", "charset", "source", "error", "fetched_at",
      "elapsed_ms", "attempts", "bytes",
    ]
    for line in result.lines { #expect(Self.keys(of: line) == keys, "\(line)") }
    #expect(result.records.first?.authors == ["Ada Lovelace", "Émile Borel"])
    #expect(result.records.first?.abstract == PaperPage.abstract("1"))
    #expect(result.records.first?.bytes == PaperPage.html("1").utf8.count)
    let lasting = scrape(
      [server.origin + "/p/1"], ["--deterministic"], output: "deterministic.jsonl")
    #expect(lasting.lines.first.map(Self.keys) == keys.dropLast(4))
  }

  /// The keys of an object whose values hold no key of their own but those of `source` and `error`.
  private static func keys(of line: Substring) -> [String] {
    var keys: [String] = []
    var (depth, isText, isEscaped, text) = (0, false, false, "")
    for character in line {
      if isText {
        if character == "\"", !isEscaped { isText = false } else { text.append(character) }
        isEscaped = character == "\\" && !isEscaped
        continue
      }
      switch character {
      case "\"": (isText, text) = (true, "")
      case "{", "[": depth += 1
      case "}", "]": depth -= 1
      case ":" where depth == 1: keys.append(text)
      default: break
      }
    }
    return keys
  }

  @Test("writes the fields that --fields names in their fixed order, the address always")
  func chosen() {
    let server = PaperPage.server()
    defer { server.stop() }
    let result = scrape([server.origin + "/p/1"], ["--fields", "status, title"])
    #expect(
      result.text == #"{"url":"\#(server.origin)/p/1","status":200,"title":"Paper 1"}"# + "\n")
    let wrong = scrape([server.origin + "/p/1"], ["--fields", "tittle"], output: "wrong.jsonl")
    #expect(wrong.code == 64)
    #expect(wrong.errors.contains("there is no field 'tittle'"))
    #expect(!wrong.errors.contains("without an abstract"))
  }

  @Test("takes fields by CSS selector, XPath and attribute, the first match or all")
  func own() {
    let server = PaperPage.server()
    defer { server.stop() }
    let result = scrape(
      [server.origin + "/p/1", server.origin + "/missing"],
      [
        "--fields", "status", "--field", "first=h1", "--field", "links[]=//a/@href", "--field",
        "pdf=a@href", "--field", "words[]=a", "--field", "none=h6", "--field", "nothing[]=h6",
      ])
    #expect(
      result.lines.first
        == #"{"url":"\#(server.origin)/p/1","status":200,"first":"Paper 1","links":["/pdf/1","/cite"],"pdf":"/pdf/1","words":["PDF","Cite"],"none":null,"nothing":[]}"#
    )
    #expect(
      result.lines.last
        == #"{"url":"\#(server.origin)/missing","status":404,"first":null,"links":null,"pdf":null,"words":null,"none":null,"nothing":null}"#
    )
  }

  @Test(
    "refuses a field that cannot be read with exit code 64 and a sentence that names the place",
    arguments: [
      ("x=h1[", "'h1['"), ("x=//h1[", "'//h1['"), ("x=", "it is empty"),
      ("h1", "the name of the field is missing"), ("title=h1", "'title' already"),
      ("1x=h1", "'1x' is no name"), ("x=h1 >> p", "h1 >> p"), ("x=h1:hover(", "h1:hover("),
    ])
  func badField(definition: String, words: String) {
    scratch.write("urls.txt", "http://127.0.0.1:1/\n")
    let result = scrape(file: "urls.txt", ["--field", definition])
    #expect(result.code == 64)
    #expect(result.errors.contains(words), "\(result.errors)")
    #expect(result.errors.hasPrefix("batchrun: ") && result.errors.contains("; "))
    #expect(!scratch.exists("out.jsonl.run"))
  }

  @Test(
    "refuses options that contradict each other or cannot be meant, with exit code 64",
    arguments: [
      (["--offline"], "--cache"), (["--public-only", "--proxy", "http://h:1"], "proxy"),
      (["--header", "nocolon"], "--header is written NAME: VALUE"), (["--format", "xml"], "jsonl"),
      (["--per-host", "0"], "--per-host"), (["--timeout", "0"], "--timeout"),
    ])
  func badOptions(options: [String], words: String) {
    let result = scrape(["http://127.0.0.1:1/"], options)
    #expect(result.code == 64)
    #expect(result.errors.contains(words), "\(result.errors)")
    #expect(!result.errors.contains("nocolon"))
  }

  @Test("writes CSV with one header, lists in one field and quotes where they are needed")
  func csv() {
    let server = PaperPage.server()
    defer { server.stop() }
    let origin = server.origin
    let result = scrape(
      [origin + "/p/a,b", origin + "/p/2"],
      [
        "--format", "csv", "--fields", "title,authors", "--field", "links[]=a@href", "--workers",
        "2", "--batch-size", "1",
      ], output: "out.csv")
    #expect(
      result.text == """
        url,title,authors,links
        "\(origin)/p/a,b","Paper a,b",Ada Lovelace; Émile Borel,"/pdf/a,b; /cite"
        \(origin)/p/2,Paper 2,Ada Lovelace; Émile Borel,/pdf/2; /cite

        """)
  }

  @Test("adds the main text with --article")
  func article() {
    let server = PaperPage.server()
    defer { server.stop() }
    let result = scrape([server.origin + "/p/1"], ["--fields", "title", "--article"])
    #expect(result.text?.contains(#""article":{"title":"Paper 1""#) == true)
    #expect(result.text?.contains("the proof needs no more") == true)
  }

  @Test("applies the rules of a file, and says what is wrong with one")
  func rules() {
    scratch.write("bad.json", "{")
    let bad = scrape(["http://127.0.0.1:1/"], ["--rules", scratch("bad.json")])
    #expect(bad.code == 2)
    #expect(bad.errors.contains("bad.json"))
    let missing = scrape(["http://127.0.0.1:1/"], ["--rules", scratch("none.json")])
    #expect(missing.code == 2)
    #expect(missing.errors.contains("none.json"))
  }

  @Test("takes the rules of a file along to workers that do not have it")
  func rulesTravel() throws {
    let text = #"{"all": {"venue": ["meta:stone_journal"]}}"#
    let rules = scratch.write("rules.json", text)
    scratch.write("urls.txt", "page.html\n")
    scratch.write(
      "page.html", "<title>Stones</title><meta name=stone_journal content=Pebbles><p>x</p>")
    let list = InputFile(path: scratch("urls.txt"), displayName: scratch("urls.txt"))
    func prepared() throws -> PreparedTask {
      try ScrapePlugin.prepare(
        TaskRequest(options: OptionValues(["rules": [rules], "fields": ["venue"]]), input: list))
    }
    let task = try prepared()
    scratch.write("rules.json", #"{"all": {"venue": ["meta:other"]}}"#)
    let changed = try prepared().identity.map(\.value)
    #expect(changed != task.identity.map(\.value))
    unsafe unlink(rules)
    let worker = try ScrapePlugin.makeTask(message: task.workerMessage)
    #expect(
      try Self.output(of: worker, task.source) == #"{"url":"page.html","venue":"Pebbles"}"# + "\n")
    #expect(throws: TaskError.self) { try prepared() }
  }

  /// What a worker makes of all items.
  private static func output(of task: some BatchTask, _ source: any ItemSource) throws -> String {
    var workspace = try task.makeWorkspace()
    let parts = try task.parts(of: source.input(for: 0..<source.count), in: &workspace)
    return parts.map { part in
      unsafe part.bytes.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }.joined()
  }
}
