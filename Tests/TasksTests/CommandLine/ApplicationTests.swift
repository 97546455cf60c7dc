import BatchCore
import Commands
import Synchronization
import Testing

@Suite("Application")
struct ApplicationTests {
  /// A command that remembers what it was called with through its output.
  enum Echo: Subcommand {
    static let entry = CommandEntry(
      CommandSpec(
        name: "echo", summary: "Show the arguments",
        arguments: [ArgumentSpec("TEXT", help: "The text.", isRequired: false)]))

    static func run(_ invocation: Invocation, in context: CommandContext) throws -> ExitCode {
      switch invocation.arguments.first {
      case "cannot": throw TaskError(.cannotRun, "the disk is full; make room")
      case "usage": throw TaskError(.usage, "that option is wrong")
      case "gone": throw ReaderGone()
      default: try context.console.print(invocation.arguments.joined() + "\n")
      }
      return .itemsFailed
    }
  }

  private let application = Application(plugins: [], commands: [Echo.self])

  private func run(_ line: String) -> (code: ExitCode, output: String, errors: String) {
    let texts = Texts()
    let code = application.run(
      SampleTable.words(line), environment: [:],
      console: Console(output: { texts.addOutput($0) }, errors: { texts.addError($0) }))
    return (code, texts.output, texts.errors)
  }

  @Test("a command's exit code and output are the program's")
  func ordinary() {
    #expect(run("echo hello") == (.itemsFailed, "hello\n", ""))
  }

  @Test("version and help go to standard output and succeed")
  func help() {
    #expect(run("--version") == (.success, "batchrun \(Application.version)\n", ""))
    let help = run("echo --help")
    #expect(help.code == .success)
    #expect(help.output.hasPrefix("Usage: batchrun echo [OPTIONS] [TEXT]\n"))
    #expect(run("help echo") == help)
  }

  @Test("an error is one sentence on standard error, and its kind is the exit code")
  func errors() {
    #expect(run("echo cannot") == (.notCarriedOut, "", "batchrun: the disk is full; make room\n"))
    #expect(run("echo usage") == (.usage, "", "batchrun: that option is wrong\n"))
    #expect(run("ehco") == (.usage, "", "batchrun: 'ehco' is not a command; did you mean echo?\n"))
    #expect(run("help ehco").code == .usage)
  }

  @Test("a reader that goes away ends a short command quietly")
  func readerGone() {
    #expect(run("echo gone") == (.success, "", ""))
  }

  @Test("the man page and the completion scripts are made from the same table")
  func documents() {
    #expect(run("help --man").output.contains("COMMAND ECHO"))
    #expect(run("completion bash").output.contains("echo"))
    #expect(run("completion tcsh").code == .usage)
  }
}

/// What a console was given.
private final class Texts: Sendable {
  private let state = Mutex((output: "", errors: ""))

  func addOutput(_ text: String) { state.withLock { $0.output += text } }
  func addError(_ text: String) { state.withLock { $0.errors += text } }
  var output: String { state.withLock { $0.output } }
  var errors: String { state.withLock { $0.errors } }
}
