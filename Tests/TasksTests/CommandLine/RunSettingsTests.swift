import BatchCore
import Commands
import Testing

@Suite("Run settings")
struct RunSettingsTests {
  private func settings(_ line: String) throws -> RunSettings {
    try RunSettings(SampleTable.invocation("count a.txt " + line).options)
  }

  @Test("nothing typed is the default of every setting")
  func defaults() throws {
    #expect(try settings("") == RunSettings())
    #expect(try settings("-o -") == RunSettings())
  }

  @Test("every option becomes its setting")
  func everything() throws {
    var expected = RunSettings()
    expected.output = "out.csv"
    expected.workers = 3
    expected.batchSize = 777
    expected.timeoutSeconds = 90
    expected.retries = 0
    expected.maxFailures = .share(0.05)
    expected.limit = 10
    expected.retryFailed = true
    expected.showsProgress = false
    let line =
      "-o out.csv --workers 3 --batch-size 777 --timeout 1.5m --retries 0 --max-failures 5% "
      + "--limit 10 --retry-failed --no-progress"
    #expect(try settings(line) == expected)
  }

  @Test("quiet and json runs show no progress", arguments: ["--quiet", "--json"])
  func silence(flag: String) throws {
    #expect(try !settings(flag).showsProgress)
  }

  @Test(
    "options that contradict each other are refused",
    arguments: ["--fresh --retry-failed", "--timeout 0"])
  func contradictions(line: String) throws {
    #expect(throws: TaskError.self) { try settings(line) }
  }

  @Test("a run goes to the places that are named, and each has its options")
  func places() throws {
    let remote = try settings("--on local,slurm --share /s --workers 9 --no-speculation").remote
    #expect(remote.places == [.local, .slurm(SlurmSettings(share: "/s", tasks: 9))])
    #expect(!remote.copiesSlowBatches)
    #expect(try settings("--on slurm --share /s").remote.copiesSlowBatches)
    let both = try settings("--on local,lambda --bucket s3://b/p --max-cost 2").remote
    #expect(both.places == [.local, .lambda(LambdaSettings(bucket: "s3://b/p"))])
    #expect(both.mostDollars == 2)
    #expect(both.mostOverheadShare == nil)
    #expect(
      try settings("--on slurm --share /s --overhead 12.5%").remote.mostOverheadShare == 0.125)
    for line in [
      "--on local,slurm", "--on local,lambda", "--on local,slurm --share /s --bucket s3://b",
      "--share /s", "--on slurm,lambda", "--overhead 10%", "--on slurm --share /s --overhead 10",
      "--on slurm --share /s --overhead 0%", "--on slurm --share /s --overhead 100%",
    ] {
      #expect(throws: TaskError.self, "\(line)") { try settings(line) }
    }
  }

  @Test("what-if options of a plan become numbers")
  func plan() throws {
    let line =
      "plan count a.txt --start-up 20s --time-limit 300s --workers 900 --worker-memory 1.5GB "
      + "--batch-size 10 --limit 5 --json"
    let settings = try PlanSettings(SampleTable.invocation(line).options)
    #expect(settings.startUpSeconds == 20)
    #expect(settings.timeLimitSeconds == 300)
    #expect(settings.workers == 900)
    #expect(settings.workerMemoryBytes == 1_500_000_000)
    #expect(settings.batchSize == 10)
    #expect(settings.limit == 5)
    #expect(settings.json)
    #expect(settings.mostOverheadShare == nil)
  }

  @Test("a plan bounds the overhead of workers elsewhere, and refuses to do so for threads")
  func planOverhead() throws {
    for line in [
      "plan count a.txt --on slurm --overhead 5%", "plan count a.txt --start-up 20s --overhead 5%",
      "plan count a.txt --on local,lambda --overhead 5%", "plan --simulate s.json --overhead 5%",
    ] {
      let settings = try PlanSettings(SampleTable.invocation(line).options)
      #expect(settings.mostOverheadShare == 0.05, "\(line)")
    }
    #expect(throws: TaskError.self) {
      try PlanSettings(SampleTable.invocation("plan count a.txt --overhead 5%").options)
    }
  }
}
