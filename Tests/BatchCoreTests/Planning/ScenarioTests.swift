import BatchCore
import Testing

@Suite("Scenario")
struct ScenarioTests {
  @Test("Missing fields take their defaults")
  func defaults() throws {
    let scenario = try Scenario(json: Array(#"{"item_seconds": [1, 2.5]}"#.utf8))
    #expect(scenario == Scenario(itemSeconds: [1, 2.5]))
    #expect(scenario.workers == 1 && scenario.warmReuse && scenario.timeLimitSeconds == nil)
  }

  @Test("All fields are read")
  func allFields() throws {
    let text = """
      {"item_seconds": [1], "startup_seconds": 20, "batch_overhead_seconds": 0.5,
       "time_limit_seconds": 300, "workers": 900, "ramp_per_second": 100, "warm_reuse": false}
      """
    let scenario = try Scenario(json: Array(text.utf8))
    #expect(scenario.startUpSeconds == 20)
    #expect(scenario.batchOverheadSeconds == 0.5)
    #expect(scenario.timeLimitSeconds == 300)
    #expect(scenario.workers == 900)
    #expect(scenario.rampPerSecond == 100)
    #expect(!scenario.warmReuse)
  }

  @Test(
    "A bad scenario is refused with the name of its field",
    arguments: [
      (#"[1, 2]"#, "JSON object"), (#"{"workers": 2}"#, "item_seconds"),
      (#"{"item_seconds": [-1]}"#, "item_seconds"),
      (#"{"item_seconds": [1], "wrokers": 2}"#, "wrokers"),
      (#"{"item_seconds": [1], "workers": 1.5}"#, "workers"),
      (#"{"item_seconds": [1], "workers": 0}"#, "workers"),
      (#"{"item_seconds": [1], "warm_reuse": 1}"#, "warm_reuse"),
      (#"{"item_seconds": [1], "ramp_per_second": 0}"#, "ramp_per_second"),
      (#"{"item_seconds": [1], "startup_seconds": 60, "time_limit_seconds": 60}"#, "leave nothing"),
    ])
  func refused(json: String, word: String) {
    #expect {
      _ = try Scenario(json: Array(json.utf8))
    } throws: { error in
      "\(error)".contains(word)
    }
  }

  @Test("The answer lists every batch with its worker, times and what it finished")
  func answer() throws {
    var scenario = Scenario(itemSeconds: [1, 2, 3])
    scenario.startUpSeconds = 5
    let json = Simulation.run(scenario).json
    #expect(json.contains("\"makespan_seconds\":11.0"))
    #expect(json.contains("\"limit_kills\":0,\"exceeds_limit\":[]"))
    #expect(
      json.contains(
        "{\"first\":0,\"count\":3,\"worker\":0,\"start\":0.0,\"end\":11.0,\"cold\":true}"))
  }
}
