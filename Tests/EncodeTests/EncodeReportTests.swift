import BatchCore
import Encode
import EncodeOptions
import Testing

@Suite("EncodeReport")
struct EncodeReportTests {
  private func report() throws -> (report: EncodeReport, job: EncodeJob) {
    let job = try EncodeJob(
      path: "in.mp4", name: "in.mp4",
      values: OptionValues(["output": ["o.mkv"], "chunk-seconds": ["4"]]),
      index: .regular(frames: 1000, keysEvery: 10), soundStreams: [1])
    return (EncodeReport(job: job), job)
  }

  private func tally(done: Int, total: Int, resumed: Int = 0) -> RunTally {
    var tally = RunTally()
    (tally.done, tally.total, tally.resumed) = (done, total, resumed)
    tally.elapsedSeconds = 10
    tally.outputBytes = 2_000_000
    return tally
  }

  @Test("counts frames, those of an earlier process included")
  func frames() throws {
    let (report, job) = try report()
    let progress = report.progress(
      tally(done: 4, total: job.itemCount, resumed: 3), encoded: 150, bytes: 3_000_000, rate: 50)
    // The sound is an item without frames, before two chunks of a hundred.
    #expect(progress.finishedItems == 350)
    #expect(progress.totalItems == 1000)
    #expect(progress.unit == "frame")
    #expect(progress.remarks == ["2.0x real time", "3 MB"])
    #expect(progress.timeLeft?.expectedSeconds == 13)
  }

  @Test("says which chunks that were under way when a process died run alone")
  func isolated() throws {
    let (report, job) = try report()
    var tally = tally(done: 3, total: job.itemCount)
    tally.isolated = 2
    let progress = report.progress(tally, encoded: 0, bytes: 0, rate: 0)
    #expect(progress.remarks.last == "2 chunks alone in child processes")
  }

  @Test("never says that all frames are there before the runner does")
  func notBefore() throws {
    let (report, job) = try report()
    let early = report.progress(
      tally(done: 3, total: job.itemCount), encoded: 5000, bytes: 0, rate: 50)
    #expect(early.finishedItems == 999)
  }

  @Test("counts the frames of chunks that were finished on other workers or in a child process")
  func elsewhere() throws {
    let (report, job) = try report()
    // Four finished chunks of a hundred frames behind the sound, one of them encoded here.
    #expect(report.framesElsewhere(tally(done: 5, total: job.itemCount), encoded: 100) == 300)
    #expect(
      report.framesElsewhere(tally(done: 5, total: job.itemCount, resumed: 3), encoded: 200) == 0)
    var outcome = RunOutcome(
      ending: .complete, tally: tally(done: job.itemCount, total: job.itemCount),
      runDirectory: "o.mkv.run")
    outcome.outputPath = "o.mkv"
    // 1,000 frames in 10 s, however few of them this process encoded.
    let lines = report.summary(outcome, encoded: 100, resume: "")
    #expect(lines[0].contains("(100 frames/s, 4.0x real time"), "\(lines)")
  }

  @Test(
    "says whether it was faster than real time",
    arguments: [
      (20.0, "slower than real time at 24, 30 and 60 fps"),
      (40, "faster than real time at 24 and 30 fps, slower at 60 fps"),
      (100, "faster than real time at 24, 30 and 60 fps"),
    ])
  func realTime(rate: Double, words: String) throws {
    let (report, job) = try report()
    var tally = tally(done: job.itemCount, total: job.itemCount)
    tally.elapsedSeconds = 1000 / rate
    var outcome = RunOutcome(ending: .complete, tally: tally, runDirectory: "o.mkv.run")
    outcome.outputPath = "o.mkv"
    let lines = report.summary(outcome, encoded: 1000, resume: "")
    #expect(lines.contains(words), "\(lines)")
    #expect(lines[0].contains("1,000 frames in, 1,000 frames out"))
  }

  @Test("names the command that continues a run that was stopped")
  func stopped() throws {
    let (report, job) = try report()
    let outcome = RunOutcome(
      ending: .stopped("the disk is full"), tally: tally(done: 3, total: job.itemCount),
      runDirectory: "o.mkv.run")
    let lines = report.summary(outcome, encoded: 10, resume: "batchrun encode in.mp4 -o o.mkv")
    #expect(lines[0] == "the disk is full")
    #expect(lines[1].hasSuffix("to continue: batchrun encode in.mp4 -o o.mkv"))
  }
}
