import BatchCore
import Commands
import Testing

@Suite("Command line parser")
struct CommandLineParserTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var line: String
    var arguments: [String] = []
    var options: [String: [String]] = [:]
    var testDescription: String { line }
  }

  static let spellings = [
    Case(line: "count a.txt", arguments: ["a.txt"]),
    Case(
      line: "count --alphabet greek a.txt", arguments: ["a.txt"], options: ["alphabet": ["greek"]]),
    Case(
      line: "count a.txt --alphabet=greek", arguments: ["a.txt"], options: ["alphabet": ["greek"]]),
    Case(line: "count -a greek a.txt", arguments: ["a.txt"], options: ["alphabet": ["greek"]]),
    Case(line: "count -agreek a.txt", arguments: ["a.txt"], options: ["alphabet": ["greek"]]),
    Case(
      line: "count -vagreek a.txt", arguments: ["a.txt"],
      options: ["verbose": ["1"], "alphabet": ["greek"]]),
    Case(line: "count a.txt -oout.csv", arguments: ["a.txt"], options: ["output": ["out.csv"]]),
    Case(line: "count - -o -", arguments: ["-"], options: ["output": ["-"]]),
    Case(line: "count -v -- --alphabet", arguments: ["--alphabet"], options: ["verbose": ["1"]]),
    Case(
      line: "count a.txt --set x=1 --set y=a=b", arguments: ["a.txt"],
      options: ["set": ["x=1", "y=a=b"]]),
    Case(
      line: "count a.txt --output=--weight", arguments: ["a.txt"], options: ["output": ["--weight"]]
    ),
    Case(line: "count a.txt --weight 1e-3", arguments: ["a.txt"], options: ["weight": ["1e-3"]]),
  ]

  @Test("options are taken in every ordinary spelling", arguments: spellings)
  func spelling(_ example: Case) throws {
    let invocation = try SampleTable.invocation(example.line)
    #expect(invocation.command == "count")
    #expect(invocation.task == nil)
    #expect(invocation.arguments == example.arguments)
    #expect(invocation.options.values == example.options)
  }

  @Test("a task's options follow its name after plan, beside plan's own")
  func plan() throws {
    let invocation = try SampleTable.invocation("plan --workers 900 count a.txt -a greek --json")
    #expect(invocation.task == "count")
    #expect(invocation.arguments == ["a.txt"])
    #expect(invocation.options["workers"] == "900")
    #expect(invocation.options["alphabet"] == "greek")
    #expect(try PlanSubject(invocation) == .task(TaskName("count"), input: "a.txt"))
  }

  @Test("plan takes a task or a scenario, and exactly one of them")
  func planSubjects() throws {
    let simulation = try SampleTable.invocation("plan --simulate s.json")
    #expect(try PlanSubject(simulation) == .scenario(path: "s.json"))
    for line in ["plan", "plan count a.txt --simulate s.json"] {
      let invocation = try SampleTable.invocation(line)
      #expect(throws: TaskError.self) { try PlanSubject(invocation) }
    }
  }

  @Test(
    "help and version are found wherever they stand",
    arguments: [
      ("--help", ParsedCommand.help(command: nil)), ("-h", .help(command: nil)),
      ("count --help", .help(command: "count")), ("count a.txt b.txt -vh", .help(command: "count")),
      ("plan count -h", .help(command: "plan")), ("-V", .version), ("count --version", .version),
    ])
  func special(line: String, expected: ParsedCommand) throws {
    #expect(try SampleTable.parse(line) == expected)
  }

  @Test("after -- help is a file name")
  func helpAfterTheEnd() throws {
    #expect(try SampleTable.invocation("count -- --help").arguments == ["--help"])
  }

  // MARK: - Environment

  @Test("an option that is not typed comes from the environment, and a typed one wins")
  func environment() throws {
    let environment = [
      "BATCHRUN_BATCH_SIZE": "7", "BATCHRUN_ALPHABET": "greek", "BATCHRUN_QUIET": "yes",
      "BATCHRUN_FRESH": "0", "BATCHRUN_UNRELATED": "x", "BATCHRUN_HELP": "1",
    ]
    let options = try SampleTable.invocation("count a.txt -a latin", environment: environment)
      .options
    #expect(options.values == ["batch-size": ["7"], "alphabet": ["latin"], "quiet": ["yes"]])
    let planned = try SampleTable.invocation("plan count a.txt", environment: environment).options
    #expect(planned["alphabet"] == "greek")
  }

  @Test("a wrong value from the environment names the variable")
  func wrongEnvironment() {
    #expect(
      message(of: "count a.txt", environment: ["BATCHRUN_WORKERS": "many"])
        == "the environment variable BATCHRUN_WORKERS is 'many', but must be a whole number from 1 to "
        + "10000")
  }

  // MARK: - Errors

  struct Mistake: Sendable, CustomTestStringConvertible {
    var line: String
    var message: String
    var testDescription: String { line }
  }

  static let mistakes = [
    Mistake(line: "", message: "a command is missing; batchrun --help lists them"),
    Mistake(line: "cuont a", message: "'cuont' is not a command; did you mean count?"),
    Mistake(line: "xyz", message: "'xyz' is not a command; batchrun --help lists them"),
    Mistake(line: "verfiy x", message: "'verfiy' is not a command; did you mean verify?"),
    Mistake(line: "plan cuont a", message: "'cuont' is not a task; did you mean count?"),
    Mistake(
      line: "count a --wrokers 3",
      message: "--wrokers is not an option of count; did you mean --workers?"),
    Mistake(
      line: "count a --zzz=3",
      message: "--zzz is not an option of count; batchrun count --help lists them"),
    Mistake(
      line: "count a -x", message: "-x is not an option of count; batchrun count --help lists them"),
    Mistake(
      line: "--workers 3 count a",
      message: "--workers stands before the command; options follow the command's name"),
    Mistake(
      line: "plan --alphabet greek count a",
      message: "--alphabet is an option of count; it follows the name of the task"),
    Mistake(
      line: "count a --workers",
      message: "--workers needs a value that is a whole number from 1 to 10000"),
    Mistake(
      line: "count a -a", message: "-a needs a value that is latin, greek or any"),
    Mistake(
      line: "count a -o --quiet",
      message:
        "-o needs a value that is the name of a file, not --quiet; --output=--quiet would force "
        + "it"),
    Mistake(line: "count a --quiet=yes", message: "--quiet takes no value; write --quiet alone"),
    Mistake(
      line: "count a --alphabet grek",
      message:
        "the value of --alphabet is 'grek', but must be latin, greek or any; did you mean greek?"),
    Mistake(
      line: "count a -aklingon",
      message: "the value of -a is 'klingon', but must be latin, greek or any"),
    Mistake(
      line: "count a --output=",
      message: "the value of --output is '', but must be the name of a file"),
    Mistake(
      line: "count", message: "count needs FILE: the words, one on each line. `-` is standard input"
    ),
    Mistake(
      line: "status", message: "status needs RUN_DIR: the run directory, such as out.csv.run"),
    Mistake(
      line: "count a b",
      message: "count has no place for the argument 'b'; a name with blanks needs quotes"),
    Mistake(
      line: "plan count",
      message: "plan count needs FILE: the words, one on each line. `-` is standard "
        + "input"),
  ]

  @Test("a mistake is named with its cure", arguments: mistakes)
  func mistake(_ example: Mistake) {
    #expect(message(of: example.line) == example.message)
  }

  private func message(of line: String, environment: [String: String] = [:]) -> String? {
    do throws(TaskError) {
      _ = try SampleTable.parse(line, environment: environment)
      return nil
    } catch {
      #expect(error.kind == .usage)
      return error.message
    }
  }
}
