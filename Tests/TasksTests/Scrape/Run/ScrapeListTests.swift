import BatchCore
import HTTPServer
import SampleTask
import Testing

@Suite("batchrun scrape, and the forms of a list")
struct ScrapeListTests: ScrapeProgramTests {
  let scratch = Scratch()
  private static let fields = ["--fields", "title,error", "--ignore-robots"]

  @Test(
    "reads lines with blank ones, comments, CRLF, byte order mark, blanks around and no last newline"
  )
  func plainLines() {
    let server = PaperPage.server()
    defer { server.stop() }
    let origin = server.origin
    scratch.write(
      "urls.txt",
      "\u{FEFF}# papers\r\n\r\n\(origin)/p/1\r\n   \n  # more\n\t\(origin)/p/2 \n\n\(origin)/missing"
    )
    let result = scrape(file: "urls.txt", Self.fields)
    #expect(result.code == 1)
    #expect(result.records.map(\.title) == ["Paper 1", "Paper 2", nil])
    #expect(result.failureLines.map(\.line) == [8])
    #expect(Set(server.paths) == ["/p/1", "/p/2", "/missing"])
  }

  @Test("takes a byte order mark in front of the first address for none of it")
  func byteOrderMark() {
    let server = PaperPage.server()
    defer { server.stop() }
    let result = scrape(["\u{FEFF}\(server.origin)/p/1"], Self.fields)
    #expect(result.records.first?.url == "\(server.origin)/p/1")
    #expect(result.records.first?.title == "Paper 1")
  }

  @Test("takes paths from the folder of the list, and from the current one for standard input")
  func paths() {
    let made = shell("mkdir -p lists/saved")
    #expect(made.code == 0)
    scratch.write("lists/saved/a b.html", PaperPage.html("in the list's folder"))
    scratch.write("here.html", PaperPage.html("here"))
    scratch.write("lists/urls.txt", "saved/a b.html\n\(scratch("here.html"))\nhere.html\n")
    let result = scrape(file: "lists/urls.txt", ["--fields", "title,final_url,error"])
    #expect(result.records.map(\.title) == ["Paper in the list's folder", "Paper here", nil])
    #expect(result.records.first?.finalURL == "saved/a b.html")
    let input = run(["scrape", "-"], output: "-", input: "here.html\n")
    #expect(input.code == 0)
    #expect(input.printed.contains(#""title":"Paper here""#))
  }

  @Test("says in a message the path as it was typed, wherever the list lies")
  func missingPath() {
    let result = scrape(["gone/x.html"], ["--deterministic"])
    #expect(result.text?.contains(#""code":"file_not_found""#) == true)
    #expect(result.text?.contains(scratch.path) == false, "\(result.text ?? "")")
  }

  @Test("carries the other columns of a CSV list through, quoted line breaks included")
  func csv() {
    let server = PaperPage.server()
    defer { server.stop() }
    let origin = server.origin
    scratch.write(
      "list.csv",
      "id,url,note,title\n1,\(origin)/p/1,\"two\nlines, \"\"quoted\"\"\",mine\n"
        + "2,\(origin)/missing,plain,\n")
    let result = scrape(file: "list.csv", ["--url-column", "url"] + Self.fields)
    #expect(result.code == 1)
    #expect(result.lines.count == 2)
    #expect(
      result.lines.first
        == #"{"url":"\#(origin)/p/1","title":"Paper 1","error":null,"id":"1","note":"two\nlines, \"quoted\"","input_title":"mine"}"#
    )
    // The second record begins on the fourth line of the file.
    #expect(result.failureLines.map(\.line) == [4])
    let table = scrape(
      file: "list.csv", ["--url-column", "url", "--format", "csv"] + Self.fields,
      output: "out.csv")
    #expect(
      table.text?.hasPrefix(
        """
        url,title,error,error_message,error_transient,id,note,input_title
        \(origin)/p/1,Paper 1,,,,1,"two
        lines, ""quoted""\",mine
        \(origin)/missing,,http_404,
        """) == true, "\(table.text ?? "")")
  }

  @Test("carries the other keys of JSON Lines through as they stand")
  func jsonLines() {
    let server = PaperPage.server()
    defer { server.stop() }
    let origin = server.origin
    scratch.write(
      "list.jsonl",
      """
      {"n": 1.50, "url": "\(origin.replacing("/", with: #"\/"#))/p/1", "tags": ["a", {"b": null}], "url2": "é\\n"}

      {"url": "\(origin)/p/2", "extra": true}
      {"url": 7}
      {"url": "\(origin)/p/3"
      """)
    let result = scrape(file: "list.jsonl", ["--url-column", "url"] + Self.fields)
    #expect(result.code == 1)
    #expect(
      result.lines.first
        == #"{"url":"\#(origin)/p/1","title":"Paper 1","error":null,"n":1.50,"tags":["a", {"b": null}],"url2":"é\n"}"#
    )
    #expect(result.records.map(\.title) == ["Paper 1", "Paper 2", nil, nil])
    #expect(result.records.map(\.error?.code) == [nil, nil, "bad_input", "bad_input"])
    #expect(result.failureLines.map(\.line) == [4, 5])
    #expect(
      result.lines.dropFirst().allSatisfy { $0.hasSuffix(#""n":null,"tags":null,"url2":null}"#) })
  }

  @Test("says which column is missing, and exits with 2 before anything is asked")
  func missingColumn() {
    scratch.write("list.csv", "id,link\n1,http://127.0.0.1:1/\n")
    let table = scrape(file: "list.csv", ["--url-column", "url"])
    #expect(table.code == 2)
    #expect(table.errors.contains("no column 'url'") && table.errors.contains("id, link"))
    #expect(table.text == nil)
    scratch.write("list.jsonl", "{\"link\":\"http://127.0.0.1:1/\"}\n")
    let lines = scrape(file: "list.jsonl", ["--url-column", "url"])
    #expect(lines.code == 2)
    #expect(lines.errors.contains("no key 'url'"))
  }

  @Test(
    "writes an empty output for a list without pages, and says so", arguments: ["", "# none\n\n"])
  func empty(list: String) {
    scratch.write("urls.txt", list)
    let result = scrape(file: "urls.txt")
    #expect(result.code == 0)
    #expect(result.text == "")
    #expect(result.errors.contains("lists no pages"))
    let table = scrape(
      file: "urls.txt", ["--format", "csv", "--fields", "title"], output: "out.csv")
    #expect(table.text == "url,title\n")
  }

  @Test(
    "says that the list looks like a table or like objects when no column was named",
    arguments: [
      ("id,link\n1,http://127.0.0.1:1/\n", "the header of a table"),
      ("{\"url\":\"http://127.0.0.1:1/\"}\n", "JSON"),
    ])
  func columnHint(list: String, words: String) {
    scratch.write("list", list)
    let result = scrape(file: "list", ["--retries", "0", "--connect-timeout", "50ms"])
    #expect(result.code == 1)
    #expect(result.errors.contains("looks like \(words): --url-column NAME"), "\(result.errors)")
    scratch.write("plain", "page,1.html\n")
    #expect(scrape(file: "plain", output: "plain.jsonl").errors.contains("looks like the header"))
    scratch.write("urls", "http://127.0.0.1:1/a,b\n")
    let urls = scrape(file: "urls", ["--connect-timeout", "50ms", "--retries", "0"], output: "u")
    #expect(!urls.errors.contains("looks like"))
  }

  @Test("says what to do with an address in the place of the list, and with a list in UTF-16")
  func notAList() {
    let address = run(["scrape", "http://reader:sekrit@127.0.0.1:1/p"])
    #expect(address.code == 2)
    #expect(address.errors.contains("http://127.0.0.1:1/p is an address, and scrape takes a list"))
    _ = shell("printf 'http://127.0.0.1:1/\\n' | iconv -t UTF-16 > wide.txt")
    let wide = scrape(file: "wide.txt")
    #expect(wide.code == 2)
    #expect(wide.errors.contains("is in UTF-16; save it as UTF-8"), "\(wide.errors)")
  }

  @Test("says that there is no such list")
  func missingList() {
    let result = scrape(file: "nowhere.txt")
    #expect(result.code == 2)
    #expect(result.errors.contains("nowhere.txt"))
  }

  @Test("gives the same bytes for a list on standard input, in a pipe and compressed")
  func streams() {
    let server = PaperPage.server()
    defer { server.stop() }
    let list = (0..<30).map { "\(server.origin)/p/\($0)\n" }.joined()
    scratch.write("urls.txt", list)
    let options = "--deterministic --ignore-robots"
    let expected = scrape(file: "urls.txt", ["--deterministic", "--ignore-robots"]).text
    #expect(expected?.split(separator: "\n").count == 30)
    #expect(shell("$BATCHRUN scrape urls.txt \(options)").output == expected)
    #expect(shell("$BATCHRUN scrape - \(options) <urls.txt").output == expected)
    #expect(shell("cat urls.txt | $BATCHRUN scrape - \(options)").output == expected)
    #expect(shell("gzip -k urls.txt; $BATCHRUN scrape urls.txt.gz \(options)").output == expected)
  }

  @Test("takes the first pages only with --limit")
  func limit() {
    let server = PaperPage.server()
    defer { server.stop() }
    let result = scrape(
      (0..<5).map { "\(server.origin)/p/\($0)" }, ["--limit", "2"] + Self.fields)
    #expect(result.records.map(\.title) == ["Paper 0", "Paper 1"])
    #expect(server.pagePaths.sorted() == ["/p/0", "/p/1"])
  }
}
