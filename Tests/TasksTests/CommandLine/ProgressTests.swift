import BatchCore
import Commands
import Synchronization
import Testing

@Suite("Progress")
struct ProgressTests {
  static let half = RunProgress(
    totalItems: 2_400_000, finishedItems: 1_234_567, failedItems: 3, elapsedSeconds: 20,
    itemsPerSecond: 3_400_000,
    timeLeft: .init(expectedSeconds: 130.2, lowSeconds: 120, highSeconds: 140), dollars: 1.5)

  private func terminal(_ width: Int, unicode: Bool = true, color: Bool = false) -> Terminal {
    Terminal(redraws: true, hasColor: color, hasUnicode: unicode, width: width)
  }

  // MARK: - Line

  @Test("a wide terminal shows everything")
  func wide() {
    #expect(
      ProgressLine(terminal(121)).text(Self.half)
        == "████████████████████▌░░░░░░░░░░░░░░░░░░░   51 %  1,234,567 of 2,400,000  3.4 M/s  "
        + "2 min 10 s left  3 failed  $1.50")
  }

  @Test("the least important facts make room first")
  func narrow() {
    let lines = [80, 60, 40, 30, 20, 10, 6, 1].map {
      ProgressLine(terminal($0, unicode: false)).text(Self.half)
    }
    #expect(
      lines == [
        "[#####.....]   51 %  1,234,567 of 2,400,000  3.4 M/s  2 min 10 s left  3 failed",
        "[#######.......]   51 %  3.4 M/s  2 min 10 s left  3 failed",
        "[##########..........]   51 %  3 failed",
        "[#####.....]   51 %  3 failed",
        "[#####.....]   51 %",
        " 51 %",
        " 51 %",
        "",
      ])
  }

  @Test("no line is wider than the terminal leaves room for", arguments: 1...140)
  func fits(width: Int) {
    for unicode in [true, false] {
      let text = ProgressLine(terminal(width, unicode: unicode)).text(Self.half)
      #expect(text.count < width)
    }
  }

  @Test(
    "the bar is empty at the start, full at the end and never out of step",
    arguments: [true, false])
  func bar(unicode: Bool) {
    for finished in [0, 1, 333, 999, 1000] {
      let progress = RunProgress(totalItems: 1000, finishedItems: finished)
      let text = ProgressLine(terminal(79, unicode: unicode)).text(progress)
      let bar = text.prefix(40)
      let full: Character = unicode ? "█" : "#"
      let expected = unicode ? 40 * finished / 1000 : 38 * finished / 1000
      #expect(bar.count { $0 == full } == expected, "\(text)")
      #expect(text.contains(finished == 1000 ? "100 %" : "\(finished / 10) %"))
    }
    #expect(ProgressLine(terminal(40)).text(RunProgress(totalItems: 0)).contains("0 %"))
  }

  @Test("failures are red where there is color, and only there")
  func color() {
    #expect(
      ProgressLine(terminal(100, color: true)).text(Self.half).contains(
        "\u{1B}[31m3 failed\u{1B}[0m"))
    #expect(!ProgressLine(terminal(100)).text(Self.half).contains("\u{1B}"))
  }

  @Test(
    "time left is one time when it is known well, and a band when it is not",
    arguments: [
      (42.4, 40.0, 44.0, "42 s left"), (42, 20, 80, "20 s to 80 s left"),
      (3, 1, 6, "3 s left"), (0.2, 0.1, 0.3, "1 s left"), (1234, 1200, 1300, "21 min left"),
      (7500, 7000, 8000, "2 h 05 min left"),
    ])
  func timeLeft(expected: Double, low: Double, high: Double, text: String) {
    var progress = RunProgress(totalItems: 10, finishedItems: 1)
    progress.timeLeft = .init(expectedSeconds: expected, lowSeconds: low, highSeconds: high)
    #expect(ProgressLine.plainText(progress).contains(text))
  }

  @Test("a plain line has the same facts")
  func plain() {
    #expect(
      ProgressLine.plainText(Self.half)
        == "51 % of 2,400,000 items, 3.4 M/s, 2 min 10 s left, 3 failed, $1.50")
  }

  // MARK: - Display

  private func display(_ terminal: Terminal, isShown: Bool = true) -> (ProgressDisplay, Recorder) {
    let recorder = Recorder()
    let console = Console(output: { _ in }, errors: { recorder.add($0) })
    return (ProgressDisplay(console: console, terminal: terminal, isShown: isShown), recorder)
  }

  @Test("the bar is erased before any message and at the end")
  func erased() {
    let (display, recorder) = display(terminal(20))
    display.note("before")
    display.update(Self.half)
    display.note("between")
    display.note("again")
    display.update(Self.half)
    display.finish()
    display.finish()
    let bar = "\r\u{1B}[K" + ProgressLine(terminal(20)).text(Self.half)
    #expect(
      recorder.texts == [
        "batchrun: before\n", bar, "\r\u{1B}[K", "batchrun: between\n", "batchrun: again\n", bar,
        "\r\u{1B}[K",
      ])
  }

  @Test("without a terminal there is a plain line every ten seconds")
  func lines() {
    let (display, recorder) = display(
      Terminal(isTerminal: false, columns: nil, environment: ["LANG": "C.UTF-8"]))
    for tenth in 0...250 {
      var progress = Self.half
      progress.elapsedSeconds = Double(tenth) / 10
      display.update(progress)
    }
    display.finish()
    let line = "batchrun: \(ProgressLine.plainText(Self.half))\n"
    #expect(recorder.texts == [line, line])
  }

  @Test("a quiet run shows no progress, and its messages all the same")
  func quiet() {
    let (display, recorder) = display(terminal(80), isShown: false)
    display.update(Self.half)
    display.note("the disk is full")
    display.finish()
    #expect(recorder.texts == ["batchrun: the disk is full\n"])
  }

  // MARK: - Terminal

  @Test("what a terminal can do follows from the environment")
  func terminals() {
    func terminal(_ environment: [String: String], tty: Bool = true, columns: Int? = 100)
      -> Terminal
    {
      Terminal(isTerminal: tty, columns: columns, environment: environment)
    }
    #expect(
      terminal(["LANG": "en_US.UTF-8", "TERM": "xterm"])
        == Terminal(redraws: true, hasColor: true, hasUnicode: true, width: 100))
    #expect(!terminal(["TERM": "dumb"]).redraws && !terminal(["TERM": "dumb"]).hasColor)
    #expect(!terminal([:], tty: false).redraws && !terminal([:], tty: false).hasColor)
    #expect(!terminal(["NO_COLOR": "1"]).hasColor && terminal(["NO_COLOR": "1"]).redraws)
    #expect(terminal(["NO_COLOR": ""]).hasColor)
    #expect(!terminal(["LC_ALL": "C", "LANG": "en_US.UTF-8"]).hasUnicode)
    #expect(terminal(["LC_ALL": "", "LC_CTYPE": "C.utf8"]).hasUnicode)
    #expect(!terminal([:]).hasUnicode)
    #expect(terminal(["COLUMNS": "33"], columns: nil).width == 33)
    #expect(terminal(["COLUMNS": "-1"], columns: nil).width == 80)
    #expect(terminal(["COLUMNS": "33"], columns: 50).width == 50)
  }
}

/// What was written, write by write.
private final class Recorder: Sendable {
  private let state = Mutex<[String]>([])

  func add(_ text: String) { state.withLock { $0.append(text) } }
  var texts: [String] { state.withLock { $0 } }
}
