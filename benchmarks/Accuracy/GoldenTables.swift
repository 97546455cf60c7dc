import Glibc

/// The files of exact values: those in the repository, or new ones of another seed.
struct GoldenTables {
  private let scratch: ScratchDirectory?
  private let directory: String

  /// The committed files.
  init() {
    scratch = nil
    directory = "Tests/TasksTests/Kernels"
  }

  /// Has Python compute tables of another seed with mpmath; nil, with the reason printed, if it fails.
  init?(seed: Int) {
    guard Peer.isInstalled else {
      print("mpmath is not installed (tools/peers.sh installs it)")
      return nil
    }
    let scratch = ScratchDirectory()
    let options = Shell.output([Peer.python, "tools/golden-options.py", String(seed)])
    let merton = Shell.output([Peer.python, "tools/golden-merton.py", scratch.path, String(seed)])
    guard options.isSuccess, merton.isSuccess,
      TextFile.write(options.text, to: scratch("golden-options.csv"))
    else {
      print("the tables were not computed: \(options.errors) \(merton.errors)")
      return nil
    }
    self.scratch = scratch
    directory = scratch.path
  }

  var options: String { TextFile.read(directory + "/golden-options.csv") }
  var firms: [[Substring]] { rows("golden-merton.csv") }
  var series: [[Substring]] { rows("golden-merton-series.csv") }

  private func rows(_ name: String) -> [[Substring]] {
    TextFile.read(directory + "/" + name).split(separator: "\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
  }
}
