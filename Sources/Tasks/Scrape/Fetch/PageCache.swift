internal import BatchCore
internal import Glibc

/// The folder of a cache; see ``CachedPage`` for its layout.
struct PageCache: Sendable {
  private let root: String

  /// - Throws: when the folder cannot be made or written to.
  init(_ directory: String) throws(SystemError) {
    root = directory + "/v1"
    for path in [directory, root, root + "/tmp"] { try Self.make(path) }
    guard unsafe access(root + "/tmp", W_OK) == 0 else {
      throw SystemError("write to", directory, code: errno)
    }
  }

  private static func make(_ path: String) throws(SystemError) {
    guard unsafe mkdir(path, 0o777) != 0, errno != EEXIST else { return }
    throw SystemError("make the folder", path, code: errno)
  }

  func temporaryPath(_ number: Int) -> String { "\(root)/tmp/\(getpid())-\(number)" }

  /// Where the entry of a page is, its folder made.
  func path(of digest: String, makingFolder: Bool) -> String {
    let folder = "\(root)/\(digest.prefix(2))"
    if makingFolder { unsafe mkdir(folder, 0o777) }
    return "\(folder)/\(digest.dropFirst(2)).page"
  }

  /// The entry of a page; nil when there is none, or it is damaged.
  func entry(of url: WebURL) -> CacheEntry? {
    let path = path(of: CachedPage.digest(of: url), makingFolder: false)
    return Self.content(of: path).flatMap { CacheEntry($0) }
  }

  private static func content(of path: String) -> [UInt8]? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes[done...].withUnsafeMutableBytes { rest in
        unsafe read(file, rest.baseAddress, rest.count)
      }
      guard count > 0 else { return nil }
      done += count
    }
    return bytes
  }
}

/// One entry that was read and found whole.
struct CacheEntry {
  let page: CachedPage
  private let bytes: [UInt8]
  private let body: Range<Int>

  static let checksumBytes = 32

  init?(_ bytes: [UInt8]) {
    guard bytes.count > Self.checksumBytes,
      let headEnd = bytes.firstRange(of: [0x0a, 0x0a])
    else { return nil }
    let end = bytes.count - Self.checksumBytes
    guard headEnd.upperBound <= end else { return nil }
    var checksum = Checksum()
    unsafe bytes[..<end].withUnsafeBytes { unsafe checksum.update($0) }
    guard checksum.hexadecimal().utf8.elementsEqual(bytes[end...]) else { return nil }
    let text = String(decoding: bytes[..<headEnd.lowerBound], as: UTF8.self)
    guard let page = CachedPage(text: text[...]) else { return nil }
    self.page = page
    self.bytes = bytes
    body = headEnd.upperBound..<end
  }

  /// Hands over the body in pieces until `take` says that it wants no more.
  ///
  /// - Returns: whether the body could be decompressed, as far as it was wanted.
  func decode(into pool: ReceivePool, _ take: (ReceivedBytes) -> Bool) -> Bool {
    let decoder = ZstdDecoder()
    return decoder.decode(bytes[body], into: pool, take)
  }
}
