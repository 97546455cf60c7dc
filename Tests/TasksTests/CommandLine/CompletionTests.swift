import BatchCore
import Commands
import Testing

@Suite("Shell completion")
struct CompletionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    /// The words typed so far; the last one, possibly empty, is to be completed.
    var words: [String]
    var expected: [String]
    var testDescription: String { words.joined(separator: " ") }
  }

  static let cases = [
    Case(
      words: ["batchrun", ""],
      expected: [
        "completion", "count", "deploy", "destroy", "help", "plan", "status", "verify",
      ]),
    Case(words: ["batchrun", "co"], expected: ["completion", "count"]),
    Case(words: ["batchrun", "--v"], expected: ["--version"]),
    Case(words: ["batchrun", "count", "--al"], expected: ["--alphabet"]),
    Case(words: ["batchrun", "count", "--re"], expected: ["--retries", "--retry-failed"]),
    Case(words: ["batchrun", "count", "--alphabet", ""], expected: ["any", "greek", "latin"]),
    Case(words: ["batchrun", "count", "--alphabet", "g"], expected: ["greek"]),
    Case(words: ["batchrun", "count", "--alphabet", "=", "g"], expected: ["greek"]),
    Case(words: ["batchrun", "count", "--alphabet", "="], expected: ["any", "greek", "latin"]),
    Case(words: ["batchrun", "count", "--alphabet=g"], expected: ["--alphabet=greek"]),
    Case(words: ["batchrun", "count", "-a", ""], expected: ["any", "greek", "latin"]),
    Case(words: ["batchrun", "count", "--weight", ""], expected: []),
    Case(
      words: ["batchrun", "count", "--output", "w"], expected: ["with blank.txt", "words.txt"]),
    Case(words: ["batchrun", "count", "wo"], expected: ["words.txt"]),
    Case(words: ["batchrun", "count", "-d", ""], expected: ["lists"]),
    Case(words: ["batchrun", "plan", ""], expected: ["count"]),
    Case(words: ["batchrun", "plan", "count", "wo"], expected: ["words.txt"]),
    Case(words: ["batchrun", "plan", "count", "--st"], expected: ["--start-up"]),
    Case(words: ["batchrun", "plan", "count", "--alph"], expected: ["--alphabet"]),
    Case(words: ["batchrun", "completion", ""], expected: ["bash", "fish", "zsh"]),
    Case(words: ["batchrun", "help", "pl"], expected: ["plan"]),
  ]

  @Test("bash completes commands, options, choices and files", arguments: cases)
  func bash(_ example: Case) throws {
    guard let bash = Tool.find("bash") else { return }
    let folder = try filledFolder()
    let script = try CompletionCommand.script(for: "bash", table: SampleTable.table)
    let words = example.words.map { "'\($0)'" }.joined(separator: " ")
    let driver = """
      cd '\(folder.path)'
      \(script)
      COMP_WORDS=(\(words)) COMP_CWORD=\(example.words.count - 1)
      _batchrun
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let result = try Tool.run(bash, ["--norc", "-u", "-c", driver])
    #expect(result.errors == "")
    let found = result.output.split(separator: "\n").map(String.init).sorted()
    #expect(found == example.expected)
  }

  @Test("the scripts are what their snapshots say", arguments: ["bash", "zsh", "fish"])
  func snapshots(shell: String) throws {
    try Snapshot("completion.\(shell)")
      .compare(CompletionCommand.script(for: shell, table: SampleTable.table))
  }

  @Test("the shell itself can read its script", arguments: ["bash", "zsh", "fish"])
  func syntax(shell: String) throws {
    guard let program = Tool.find(shell) else { return }
    let script = try CompletionCommand.script(for: shell, table: SampleTable.table)
    let result = try Tool.run(program, ["-n"], input: script)
    #expect(result.status == 0)
    #expect(result.errors == "")
  }

  @Test("fish completes options, choices and tasks")
  func fish() throws {
    guard let fish = Tool.find("fish") else { return }
    let script = try CompletionCommand.script(for: "fish", table: SampleTable.table)
    for (line, expected) in [
      ("batchrun count --alphabet ", ["any", "greek", "latin"]), ("batchrun plan cou", ["count"]),
      ("batchrun count --retr", ["--retries", "--retry-failed"]), ("batchrun veri", ["verify"]),
    ] {
      let driver = "\(script)\ncomplete -C '\(line)'"
      let result = try Tool.run(fish, ["--no-config", "-c", driver], environment: ["HOME=/tmp"])
      let found = result.output.split(separator: "\n").compactMap {
        $0.split(separator: "\t").first
      }
      #expect(found.map(String.init).sorted() == expected, "completing: \(line)")
    }
  }

  @Test("a shell that has no script is refused with a suggestion")
  func unknownShell() {
    let error = #expect(throws: TaskError.self) {
      try CompletionCommand.script(for: "zhs", table: SampleTable.table)
    }
    #expect(error?.kind == .usage)
    #expect(error?.message.hasSuffix("did you mean zsh?") == true)
  }

  private func filledFolder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in ["words.txt", "with blank.txt"] {
      try TextFile(folder.path + "/" + name).write("word\n")
    }
    try folder.makeFolder("lists")
    return folder
  }
}
