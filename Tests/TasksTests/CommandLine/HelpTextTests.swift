import BatchCore
import BlackScholes
import Commands
import Testing

@Suite("Help")
struct HelpTextTests {
  @Test(
    "the help of every command is what its snapshot says",
    arguments: [
      "count", "plan", "status", "verify", "deploy", "destroy", "completion", "help", "worker",
    ])
  func commands(name: String) throws {
    try Snapshot("help-\(name).txt").compare(HelpText(table: SampleTable.table).text(command: name))
  }

  @Test("the help of the program is what its snapshot says")
  func program() throws {
    try Snapshot("help.txt").compare(HelpText(table: SampleTable.table).text(command: nil))
  }

  @Test("the help of the task price is what its snapshot says, and no line of it is too wide")
  func price() throws {
    let table = CommandTable(tasks: [PricePlugin.command], commands: SampleTable.commands)
    let text = HelpText(table: table).text(command: "price")
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    try Snapshot("help-price.txt").compare(text)
  }

  @Test("no line of help is wider than a terminal of 80 columns")
  func width() {
    let help = HelpText(table: SampleTable.table)
    for name in SampleTable.table.visible.map(\.spec.name) {
      for line in help.text(command: name).split(separator: "\n") {
        #expect(line.count <= 80, "in the help of \(name): \(line)")
      }
    }
  }

  @Test("a hidden command has help and is not listed")
  func hidden() {
    let help = HelpText(table: SampleTable.table)
    #expect(!help.text(command: nil).contains("worker "))
    #expect(help.text(command: "worker").hasPrefix("Usage: batchrun worker"))
  }

  @Test("the man page is what its snapshot says")
  func manualPage() throws {
    try Snapshot("batchrun.1").compare(ManualPage(table: SampleTable.table).text)
  }

  @Test("troff has nothing to complain about in the man page")
  func troff() throws {
    guard let groff = Tool.find("groff") else { return }
    let page = ManualPage(table: SampleTable.table).text
    let result = try Tool.run(groff, ["-man", "-Tutf8", "-ww", "-z"], input: page)
    #expect(result.status == 0)
    #expect(result.errors == "")
  }
}
