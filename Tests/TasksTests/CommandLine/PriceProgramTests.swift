import BatchCore
import SampleTask

/// Tests that run `batchrun price` as a process, each in a directory of its own.
protocol PriceProgramTests {
  var scratch: Scratch { get }
}

extension PriceProgramTests {
  func options(_ rows: Int) -> String {
    let lines = (0..<rows).map { row in
      "\(80 + row % 40),100,0.0\(row % 9),0.2,\(1 + row % 3),\(row % 2 == 0 ? "call" : "put")"
    }
    return "spot,strike,rate,volatility,maturity,type\n" + lines.joined(separator: "\n") + "\n"
  }

  /// Firms' series that take some seconds to price with the iterative method.
  func series(_ firms: Int) -> String {
    var random = SeededRandom(seed: 11)
    var text = "firm,date,equity,debt,rate\n"
    for firm in 0..<firms {
      var equity = 100.0
      for day in 0..<400 {
        equity *= 1 + 0.02 * (random.unit() - 0.5)
        text += "F\(firm),\(day + 1),\(equity),80,0.03\n"
      }
    }
    return text
  }

  @discardableResult
  func price(
    _ arguments: [String], input: String = "", environment: [String: String] = [:]
  ) -> Program.Result {
    Program.run(
      [Program.batchrun, "price"] + arguments, environment: environment, input: input)
  }

  /// Runs the script in the scratch directory. `await COMMAND` waits there until the command succeeds, and
  /// `begun` until the run of out.csv has begun, which can take long on a busy machine.
  func shell(_ script: String) -> Program.Result {
    let waiting = """
      await() {
        for i in $(seq 3000); do if "$@"; then return; fi; sleep 0.01; done
        echo "waited in vain for: $*" >&2; exit 99
      }
      begun() { await grep -qs run_started out.csv.run/events.jsonl; }
      """
    return Program.run(
      ["/bin/sh", "-c", "cd \(scratch.path)\n\(waiting)\n\(script)"],
      environment: ["BATCHRUN": Program.batchrun])
  }

  func expected(_ input: String) -> String {
    price([input, "-o", scratch("expected")])
    return scratch.text("expected") ?? ""
  }
}

extension String {
  /// The text with its line of that number, counted from one, replaced.
  func replacingLine(_ number: Int, with line: String) -> String {
    var lines = split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines[number - 1] = line
    return lines.joined(separator: "\n")
  }
}
