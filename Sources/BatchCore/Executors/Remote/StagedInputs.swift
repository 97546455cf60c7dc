internal import Glibc

/// Puts what batches need into the store: large inputs once, read by range, and the local files that
/// items name, each by its content.
///
/// Used by one thread.
struct StagedInputs {
  private let store: any BlobStore
  private let source: any ItemSource
  private var inputs: [String: BlobKey] = [:]
  private var files: [String: BlobKey] = [:]
  /// What was not there before.
  private(set) var added: [BlobKey] = []

  /// Smaller inputs ride in the order.
  static let inlineBytes = 256 << 10

  init(store: any BlobStore, source: any ItemSource) {
    self.store = store
    self.source = source
  }

  /// The order as it goes to the store.
  ///
  /// - Throws: `BlobFailure`, or `SystemError` when the input cannot be read.
  mutating func stored(_ order: BatchOrder) throws -> StoredOrder {
    var result = StoredOrder(order: order, input: nil)
    if case .file(let path, let range) = order.input.bytes {
      result.order.input.bytes = .inline([])
      if range.count > Self.inlineBytes {
        result.input = StoredOrder.Input(key: try input(path), range: range)
      } else if !range.isEmpty {
        result.order.input.bytes = .inline(try Self.read(path, range))
      }
    }
    for path in try source.files(for: order.input.items) {
      if let key = try file(path) { result.order.input.files[path] = key.text }
    }
    return result
  }

  private mutating func input(_ path: String) throws -> BlobKey {
    if let key = inputs[path] { return key }
    let key = BlobKeys.input(digest: try Self.digest(path))
    try put(path, key)
    inputs[path] = key
    return key
  }

  /// Nil when there is no such file; the worker finds that out by itself, and says so in the record.
  private mutating func file(_ path: String) throws -> BlobKey? {
    if let key = files[path] { return key }
    guard DirectoryEntry.exists(path) else { return nil }
    let key = BlobKeys.file(digest: try Self.digest(path))
    try put(path, key)
    files[path] = key
    return key
  }

  private mutating func put(_ path: String, _ key: BlobKey) throws(BlobFailure) {
    if try store.size(of: key) == nil, try store.putFile(path, at: key, ifAbsent: true) {
      added.append(key)
    }
  }

  private static func digest(_ path: String) throws -> String {
    let source = try open(path)
    defer { close(source.descriptor) }
    var digest = SHA256()
    let piece = ByteBuffer(capacity: 1 << 20)
    var offset = 0
    while offset < source.size {
      piece.removeAll()
      try FileReading.append(
        source.descriptor, path: path, offset: offset, count: min(1 << 20, source.size - offset),
        to: piece)
      unsafe piece.withBytes { unsafe digest.update($0) }
      offset += piece.count
    }
    return digest.hexadecimal()
  }

  private static func read(_ path: String, _ range: Range<Int>) throws -> [UInt8] {
    let source = try open(path)
    defer { close(source.descriptor) }
    let bytes = ByteBuffer(capacity: range.count)
    try FileReading.append(
      source.descriptor, path: path, offset: range.lowerBound, count: range.count, to: bytes)
    return unsafe bytes.withBytes { unsafe Array($0) }
  }

  private static func open(_ path: String) throws -> (descriptor: Int32, size: Int) {
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError.last("read", path) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      close(descriptor)
      throw SystemError.last("read", path)
    }
    return (descriptor, Int(status.st_size))
  }
}
