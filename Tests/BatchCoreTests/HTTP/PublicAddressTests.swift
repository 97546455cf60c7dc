import BatchCore
import Testing

@Suite("A public address")
struct PublicAddressTests {
  @Test(
    "is one of the internet at large",
    arguments: [
      "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
      "128.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0",
      "223.255.255.255", "2606:4700::1111", "2001:4860:4860::8888", "::ffff:8.8.8.8",
      "64:ff9b::8.8.8.8", "2002:0808:0808::1",
    ])
  func publicOnes(address: String) { #expect(PublicAddress.isPublic(address) == true) }

  @Test(
    "is none of those with a special purpose",
    arguments: [
      "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1",
      "127.255.255.255", "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.1",
      "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1",
      "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1",
      "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1",
      "64:ff9b:1::8.8.8.8", "100::1", "2001::1", "2001:db8::1", "2002:7f00:0001::1", "3fff::1",
      "fc00::1", "fdff::1", "fe80::1", "fec0::1", "ff02::1",
    ])
  func others(address: String) { #expect(PublicAddress.isPublic(address) == false) }

  @Test("is an address at all", arguments: ["", "a.org", "1.2.3", "1.2.3.4.5", "::g"])
  func none(text: String) { #expect(PublicAddress.isPublic(text) == nil) }
}
