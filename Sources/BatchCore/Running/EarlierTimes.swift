internal import FoundationEssentials
internal import Glibc

/// What earlier runs of a task have measured at a place: start-up, overhead, and the times of items.
///
/// One small file for each place and task in a folder of the user's cache. It only makes the first
/// batches of a run better: one that is missing, damaged or of another version is none, and of two runs
/// that end at once the later one's file stays.
package struct EarlierTimes: Sendable, Equatable {
  /// The times of items with certain options.
  package struct Items: Sendable, Equatable, Codable {
    /// A digest of the options that the output depends on.
    var options: String
    var count: Int
    var mean: Double
    var deviation: Double
    var longest: Double
  }

  private struct Content: Equatable, Codable {
    var format = 1
    var startUpSeconds: Double?
    var batchOverheadSeconds: Double?
    /// The latest first.
    var items: [Items] = []
  }

  private var content = Content()

  /// So many sets of options are kept.
  private static let mostItems = 16
  /// A file that is longer is none of ours.
  private static let mostBytes = 1 << 16
  /// How many items' weight the knowledge of earlier runs has at most, and how many deviations above
  /// the mean their longest may be: one that was ever stuck is not expected each time.
  private static let mostWeight = 1000
  private static let mostDeviations = 8.0
  /// Less work than this, in seconds, tells how long a program takes for the first time, not what its
  /// items cost: five firms took 0.8 ms each in a cold function, of which a million take 3 us each.
  private static let leastWorkSeconds = 0.1

  package init() {}

  // MARK: - As a prior

  /// Replaces what is guessed by what was measured.
  package func apply(to model: inout CostModel, options: String) {
    if let seconds = content.startUpSeconds, model.startUpSeconds.provenance == .guess {
      model.startUpSeconds = Figure(seconds, .history)
    }
    if let seconds = content.batchOverheadSeconds, model.batchOverheadSeconds.provenance == .guess {
      model.batchOverheadSeconds = Figure(seconds, .history)
    }
    guard let items = content.items.first(where: { $0.options == options }) else { return }
    let longest = min(items.longest, items.mean + Self.mostDeviations * items.deviation)
    model.assume(
      ItemTimes(
        count: items.count, mean: items.mean, deviation: items.deviation,
        longest: max(items.mean, longest)), .history)
  }

  /// Takes in what a run has measured; half the weight of a figure is that of the latest run.
  package mutating func note(_ model: CostModel, options: String) {
    content.startUpSeconds = Self.mean(content.startUpSeconds, model.startUpSeconds)
    content.batchOverheadSeconds = Self.mean(
      content.batchOverheadSeconds, model.batchOverheadSeconds)
    let times = model.items
    guard model.itemProvenance == .measured,
      Double(times.count) * times.meanSeconds >= Self.leastWorkSeconds
    else { return }
    content.items.removeAll { $0.options == options }
    content.items.insert(
      Items(
        options: options, count: min(times.count, Self.mostWeight), mean: times.meanSeconds,
        deviation: times.deviationSeconds, longest: times.maxSeconds), at: 0)
    content.items = Array(content.items.prefix(Self.mostItems))
  }

  private static func mean(_ old: Double?, _ figure: Figure) -> Double? {
    guard figure.provenance == .measured, figure.value.isFinite else { return old }
    return old.map { ($0 + figure.value) / 2 } ?? figure.value
  }

  /// The digest of the options of a task that item times depend on.
  package static func options(of task: PreparedTask) -> String {
    var hash = SHA256()
    for (name, value) in task.identity { hash.update("\(name)\u{0}\(value)\n") }
    return String(hash.hexadecimal().prefix(12))
  }

  // MARK: - As a file

  /// The folder for them: `batchrun` in `XDG_CACHE_HOME`, or in `.cache` of the home directory; nil
  /// where neither is known.
  package static func folder(_ environment: [String: String]) -> String? {
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
      return cache + "/batchrun"
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return home + "/.cache/batchrun"
  }

  /// Reads what is there; nothing when that cannot be used.
  package init(folder: String, place: String, task: TaskName) {
    guard let store = try? DirectoryStore(path: folder), let key = Self.key(place, task),
      let size = try? store.size(of: key), size <= Self.mostBytes,
      let bytes = try? store.get(key),
      let read = try? JSONDecoder().decode(
        Content.self, from: unsafe bytes.withBytes { unsafe Data($0) })
    else { return }
    if Self.isSound(read) { content = read }
  }

  /// Keeps them for later runs; a folder that cannot be written is no error.
  package func write(folder: String, place: String, task: TaskName) {
    let cache = String(folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)])
    if !cache.isEmpty { unsafe mkdir(cache, 0o700) }
    guard let store = try? DirectoryStore(path: folder, makes: true),
      let key = Self.key(place, task), let data = try? JSONEncoder().encode(content)
    else { return }
    _ = try? store.put(ByteBuffer(Array(data)), at: key, ifAbsent: false)
  }

  private static func key(_ place: String, _ task: TaskName) -> BlobKey? {
    BlobKey("times/\(place)-\(task)")
  }

  private static func isSound(_ content: Content) -> Bool {
    func isTime(_ seconds: Double) -> Bool { seconds.isFinite && seconds >= 0 }
    return content.format == 1 && content.items.count <= mostItems
      && [content.startUpSeconds, content.batchOverheadSeconds].allSatisfy {
        $0.map(isTime) ?? true
      }
      && content.items.allSatisfy {
        $0.count > 0 && $0.count <= mostWeight
          && [$0.mean, $0.deviation, $0.longest].allSatisfy(isTime)
      }
  }
}
