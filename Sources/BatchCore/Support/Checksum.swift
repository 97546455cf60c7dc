internal import CChecksum

/// A running XXH3 checksum of 128 bits.
///
/// It finds damage and change, at the speed of memory; it does not resist a forger, who could write a
/// ledger to match as well.
@safe
public struct Checksum: ~Copyable {
  private let state: UnsafeMutableRawPointer

  public init() {
    guard let state = unsafe batchrun_checksum_new() else {
      preconditionFailure("no memory for a checksum")
    }
    unsafe self.state = unsafe state
  }

  deinit { unsafe batchrun_checksum_free(state) }

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    unsafe batchrun_checksum_update(state, bytes.baseAddress, bytes.count)
  }

  /// The checksum of all bytes so far as 32 hexadecimal digits; then begins anew.
  public mutating func hexadecimal() -> String {
    var result = [UInt8](repeating: 0, count: 16)
    unsafe batchrun_checksum_finish(state, &result)
    return Hexadecimal.text(result)
  }

  public static func hexadecimal(of bytes: UnsafeRawBufferPointer) -> String {
    var checksum = Checksum()
    unsafe checksum.update(bytes)
    return checksum.hexadecimal()
  }
}

/// Bytes as hexadecimal digits.
enum Hexadecimal {
  static func text(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
