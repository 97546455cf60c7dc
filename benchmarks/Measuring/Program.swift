import Glibc

/// The program that users run, as it was built beside the benchmarks.
enum Program {
  static let batchrun: String = {
    var bytes = [CChar](repeating: 0, count: 4096)
    let count = unsafe readlink("/proc/self/exe", &bytes, bytes.count)
    let path = String(
      decoding: bytes.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path[..<(path.lastIndex(of: "/") ?? path.startIndex)] + "/batchrun"
  }()

  /// Says how to build it when it is not there.
  static func isBuilt() -> Bool {
    guard unsafe access(batchrun, X_OK) != 0 else { return true }
    print("\(batchrun) is not there: swift build -c release --product batchrun")
    return false
  }
}
