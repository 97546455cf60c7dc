import Glibc

/// The most memory this process has held.
enum PeakMemory {
  /// Since the start or the last reset.
  static var bytes: Int {
    let line = TextFile.read("/proc/self/status").split(separator: "\n").first {
      $0.hasPrefix("VmHWM")
    }
    let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return (kilobytes ?? 0) * 1024
  }

  /// Counts from what is held now (proc(5), clear_refs).
  static func reset() {
    guard let file = unsafe fopen("/proc/self/clear_refs", "w") else { return }
    unsafe fputs("5", file)
    unsafe fclose(file)
  }
}
