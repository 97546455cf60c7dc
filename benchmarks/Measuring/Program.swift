import Glibc

/// Programs that were built beside the benchmarks.
enum Program {
  /// The program that users run.
  static let batchrun = path("batchrun")
  /// The program of the tests, whose items do as they are told.
  static let sample = path("sample-program")

  private static func path(_ name: String) -> String {
    var bytes = [CChar](repeating: 0, count: 4096)
    let count = unsafe readlink("/proc/self/exe", &bytes, bytes.count)
    let path = String(
      decoding: bytes.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path[..<(path.lastIndex(of: "/") ?? path.startIndex)] + "/" + name
  }

  /// Says how to build it when it is not there.
  static func isBuilt(_ program: String = batchrun) -> Bool {
    guard unsafe access(program, X_OK) != 0 else { return true }
    let product = program.split(separator: "/").last ?? ""
    print("\(program) is not there: swift build -c release --product \(product)")
    return false
  }
}
