import Glibc

/// The seed of a property test.
///
/// The same in every run, so that what passed on one machine passes on the next. With
/// `BATCHRUN_TEST_SEED=random` each use draws another, to search further; with a number, all use that one.
package enum PropertySeed {
  package static var next: UInt64 {
    guard let text = unsafe getenv("BATCHRUN_TEST_SEED").map({ unsafe String(cString: $0) }) else {
      return 20_261_127
    }
    return UInt64(text) ?? .random(in: 0...UInt64.max)
  }
}
