internal import CCurl
internal import Glibc

/// Which addresses belong to the public internet (IANA special-purpose registries, RFC 6890).
package enum PublicAddress {
  /// Networks that are not public, as the address and the number of leading bits that count.
  private static let private4: [(UInt32, Int)] = [
    (0x0000_0000, 8),  // this network
    (0x0A00_0000, 8),  // private
    (0x6440_0000, 10),  // shared by carriers, RFC 6598
    (0x7F00_0000, 8),  // loopback
    (0xA9FE_0000, 16),  // link-local, where clouds keep their credentials
    (0xAC10_0000, 12),  // private
    (0xC000_0000, 24),  // protocol assignments
    (0xC000_0200, 24),  // documentation
    (0xC058_6300, 24),  // 6to4 relays
    (0xC0A8_0000, 16),  // private
    (0xC612_0000, 15),  // benchmarks
    (0xC633_6400, 24),  // documentation
    (0xCB00_7100, 24),  // documentation
    (0xE000_0000, 4),  // multicast
    (0xF000_0000, 4),  // reserved, broadcast
  ]

  /// - Parameter address: in host byte order.
  static func isPublic(v4 address: UInt32) -> Bool {
    !private4.contains { network, bits in (address ^ network) >> (32 - bits) == 0 }
  }

  /// - Parameter bytes: the 16 bytes of the address.
  static func isPublic(v6 bytes: [UInt8]) -> Bool {
    let v4 = { (from: Int) -> UInt32 in
      bytes[from..<(from + 4)].reduce(0) { $0 << 8 | UInt32($1) }
    }
    // Addresses that contain one of version 4: mapped, and translated (RFC 6052), 6to4, compatible.
    if bytes[..<10].allSatisfy({ $0 == 0 }) {
      if bytes[10] == 0xff, bytes[11] == 0xff { return isPublic(v4: v4(12)) }
      return false
    }
    if bytes[..<12] == [0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0] {
      return isPublic(v4: v4(12))
    }
    if bytes[0] == 0x20, bytes[1] == 0x02 { return isPublic(v4: v4(2)) }
    // Only 2000::/3 is assigned at all; of it, 2001::/23 and 2001:db8::/32 are special.
    guard bytes[0] & 0xe0 == 0x20 else { return false }
    if bytes[0] == 0x20, bytes[1] == 0x01 {
      if bytes[2] < 0x02 { return false }
      if bytes[2] == 0x0d, bytes[3] == 0xb8 { return false }
    }
    return !(bytes[0] == 0x3f && bytes[1] == 0xff && bytes[2] < 0x10)
  }

  /// Whether a textual address is public; nil when it is none.
  package static func isPublic(_ text: String) -> Bool? {
    var v4 = in_addr()
    if unsafe inet_pton(AF_INET, text, &v4) == 1 {
      return isPublic(v4: UInt32(bigEndian: v4.s_addr))
    }
    var v6 = in6_addr()
    guard unsafe inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
    return unsafe withUnsafeBytes(of: &v6) { unsafe isPublic(v6: Array($0)) }
  }

  /// Whether a socket address is public; other families than the internet's are not.
  @safe
  static func isPublic(_ address: UnsafePointer<sockaddr>) -> Bool {
    switch Int32(unsafe address.pointee.sa_family) {
    case AF_INET:
      return unsafe address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
        unsafe isPublic(v4: UInt32(bigEndian: address.pointee.sin_addr.s_addr))
      }
    case AF_INET6:
      return unsafe address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
        var bytes = unsafe address.pointee.sin6_addr
        return unsafe withUnsafeBytes(of: &bytes) { unsafe isPublic(v6: Array($0)) }
      }
    default: return false
    }
  }
}
