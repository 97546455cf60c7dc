import BlackScholes
import Glibc

/// Where the figures come from: processor, commit, settings.
enum Machine {
  static func report() {
    let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    print("machine: \(processor), \(cores) cores")
    print("commit:  \(commit)")
    print("build:   release, kernels of \(Kernels.best.instructionSet.rawValue)")
    print()
  }

  private static var processor: String {
    let lines = TextFile.read("/proc/cpuinfo").split(separator: "\n")
    let name = lines.first { $0.hasPrefix("model name") || $0.hasPrefix("CPU part") }
    let value = name?.split(separator: ":").last?.drop { $0 == " " }
    return value.map(String.init) ?? "unknown processor"
  }

  /// The commit that is checked out, and whether the files differ from it.
  private static var commit: String {
    let hash = Shell.output(["git", "rev-parse", "--short", "HEAD"]).text
    let isChanged = !Shell.output(["git", "status", "--porcelain", "-uno"]).text.isEmpty
    return hash.isEmpty ? "unknown" : hash + (isChanged ? " with changes" : "")
  }
}
