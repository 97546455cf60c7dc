import BatchCore
import Commands
import Testing

@Suite("Summary")
struct SummaryTextTests {
  static let base = RunSummary(
    ending: .finished, totalItems: 300_000, finishedItems: 300_000, batches: 24,
    elapsedSeconds: 2.1, outputBytes: 45_600_000, outputPath: "out.csv", runDirectory: "out.csv.run"
  )

  @Test("a finished run says how much, how fast and where")
  func finished() {
    #expect(
      SummaryText(Self.base).lines == [
        "300,000 items in 2.1 s (143 k/s, 24 batches); 45.6 MB in out.csv"
      ])
  }

  @Test("failures are counted by code, with the file that has them all")
  func failures() {
    var summary = Self.base
    summary.failures = [
      .init(code: .badInput, items: 1200), .init(code: .crashed, items: 1),
    ]
    #expect(
      SummaryText(summary).lines.last
        == "1,201 failed (1,200 bad_input, 1 crashed); see out.csv.run/failures.jsonl")
  }

  @Test("a resumed run says what it did not do again, and counts its rate without it")
  func resumed() {
    var summary = Self.base
    summary.resumedItems = 299_000
    summary.outputPath = nil
    summary.batches = 1
    summary.dollars = 0.25
    #expect(
      SummaryText(summary).lines
        == [
          "300,000 items in 2.1 s (476/s, 1 batch, 299,000 resumed, $0.25); 45.6 MB in standard output"
        ])
  }

  @Test("slow batches that were tried twice are counted, and how often that helped")
  func copies() {
    var summary = Self.base
    (summary.copies, summary.copiesWon) = (1, 1)
    #expect(
      SummaryText(summary).lines.last
        == "1 slow batch was tried twice; the second attempt was faster 1 time")
    (summary.copies, summary.copiesWon) = (3, 0)
    #expect(
      SummaryText(summary).lines.last
        == "3 slow batches were tried twice; the second attempt was faster 0 times")
  }

  @Test("failed items of a run that was finished already can be run again alone")
  func retry() {
    var summary = Self.base
    summary.ending = .alreadyFinished
    summary.failures = [.init(code: .badInput, items: 1)]
    #expect(
      SummaryText(summary).lines.last
        == "--fresh would run it again, --retry-failed the failed items only")
  }

  @Test("one item was finished, and not were")
  func oneItem() {
    var summary = Self.base
    summary.ending = .alreadyFinished
    (summary.totalItems, summary.finishedItems) = (1, 1)
    #expect(SummaryText(summary).lines.first?.hasPrefix("1 item was finished already") == true)
  }

  @Test(
    "any other ending says what to do next",
    arguments: [
      (
        RunSummary.Ending.alreadyFinished,
        "300,000 items were finished already, nothing was computed; 45.6 MB in out.csv",
        "--fresh would run it again"
      ),
      (
        .interrupted, "interrupted after 1,000 of 300,000 items in 2.1 s (476/s, 24 batches)",
        "the same command resumes"
      ),
      (
        .stoppedByFailures,
        "stopped by the failure budget after 1,000 of 300,000 items in 2.1 s (476/s, 24 batches)",
        "the same command with another --max-failures resumes"
      ),
    ])
  func endings(ending: RunSummary.Ending, headline: String, hint: String) {
    var summary = Self.base
    summary.ending = ending
    if ending != .alreadyFinished { summary.finishedItems = 1000 }
    #expect(SummaryText(summary).lines == [headline, hint])
  }
}
