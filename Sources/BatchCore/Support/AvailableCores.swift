internal import Glibc

/// The cores that this process may use.
///
/// Fewer than the machine has under `taskset`, in a container with a limit and in a job of Slurm.
package enum AvailableCores {
  /// At least 1.
  package static let count: Int = {
    let cores =
      text("/proc/self/status").flatMap(cores(status:))
      ?? sysconf(Int32(_SC_NPROCESSORS_ONLN))
    let time = text("/proc/self/cgroup").flatMap { coreTime(groups: $0, read: text) }
    return max(1, min(cores, time.map { Int($0.rounded(.up)) } ?? cores))
  }()

  private static func text(_ path: String) -> String? {
    (try? TextFile.read(path)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// On how many cores threads of the process may run, by what `/proc/self/status` says.
  package static func cores(status: String) -> Int? {
    let mark = "Cpus_allowed_list:"
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(mark) }) else {
      return nil
    }
    var count = 0
    // Such as 0-3,8.
    for range in line.dropFirst(mark.count).drop(while: \.isWhitespace).split(separator: ",") {
      let ends = range.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first <= last else { return nil }
      count += last - first + 1
    }
    return count > 0 ? count : nil
  }

  /// How many cores' time the control groups of the process leave it; nil for no limit.
  ///
  /// The format of `cpu.max` is that of https://docs.kernel.org/admin-guide/cgroup-v2.html: microseconds,
  /// or `max`, of each period. The limits of the groups around a group hold for it too.
  ///
  /// - Parameters:
  ///   - groups: What `/proc/self/cgroup` says.
  ///   - read: The text of a file; nil when there is none.
  package static func coreTime(groups: String, read: (String) -> String?) -> Double? {
    let mark = "0::/"
    guard let line = groups.split(separator: "\n").first(where: { $0.hasPrefix(mark) }) else {
      return nil
    }
    var names = line.dropFirst(mark.count).split(separator: "/")
    var least: Double?
    while true {
      let path = (["/sys/fs/cgroup"] + names + ["cpu.max"]).joined(separator: "/")
      let numbers = read(path)?.split(whereSeparator: \.isWhitespace).map { Double($0) } ?? []
      if numbers.count == 2, let time = numbers[0], let period = numbers[1], time > 0, period > 0 {
        least = min(least ?? .infinity, time / period)
      }
      guard names.popLast() != nil else { return least }
    }
  }
}
