internal import Glibc
internal import Synchronization

/// A local file that is sent, and must stay as it is meanwhile.
final class UploadFile: Sendable {
  private let file: BlobFile
  private let path: String
  private let mark: FileMark?

  init(_ path: String) throws(BlobFailure) {
    self.path = path
    mark = FileMark(path)
    let folder = OutputTarget.directory(of: path)
    file = try BlobFailure.of(folder) { () throws(SystemError) in
      guard let file = try BlobFile(reading: path) else {
        throw SystemError("read", path, code: ENOENT)
      }
      return file
    }
  }

  var size: Int { file.size }

  /// Fills `buffer` with a range of the file, and nothing else.
  func read(_ range: Range<Int>, into buffer: ByteBuffer) throws(BlobFailure) {
    buffer.removeAll()
    try BlobFailure.of(path) { () throws(SystemError) in try file.read(range, into: buffer) }
  }

  /// - Throws: `BlobFailure` when it was written to or replaced since.
  func refuseChange() throws(BlobFailure) {
    guard FileMark(path) != mark else { return }
    throw BlobFailure(
      .failed, "\(path) was changed while it was sent; wait until it is finished and run again")
  }
}

/// A large file on its way to S3 in parts, several at once; it appears as one object, or not at all.
struct S3Upload: Sendable {
  private let file: UploadFile
  private let key: BlobKey
  private let name: String
  private let ifAbsent: Bool
  private let store: S3Store
  private let mark = S3Mark()
  private let partBytes: Int

  /// The service takes no more parts than this.
  private static let mostParts = 10_000

  init(_ file: UploadFile, as key: BlobKey, ifAbsent: Bool, in store: S3Store) {
    self.file = file
    self.key = key
    name = store.name(key)
    self.ifAbsent = ifAbsent
    self.store = store
    let least = (file.size + Self.mostParts - 1) / Self.mostParts
    partBytes = max(store.sizes.partBytes, least)
  }

  private enum Ending {
    case written
    /// Another's object is there.
    case present
    /// The upload has vanished, and so has the object: two writers were in each other's way.
    case lost
  }

  func run() throws(BlobFailure) -> Bool {
    for _ in 0..<3 {
      switch try attempt() {
      case .written: return true
      case .present: return false
      case .lost: continue
      }
    }
    throw BlobFailure(
      .failed, isTransient: true,
      "cannot write \(store.bucket.address)/\(name): others write it at the same time")
  }

  private func attempt() throws(BlobFailure) -> Ending {
    let upload = try store.beginUpload(of: key, [mark.field])
    do throws(BlobFailure) {
      let tags = try sendParts(upload)
      try file.refuseChange()
      // For services that do not know the condition on the last request.
      if ifAbsent, let there = try store.describe(name) {
        abandon(upload)
        return isOurs(there) ? .written : .present
      }
      let ending = try complete(upload, tags)
      if ending != .written { abandon(upload) }
      return ending
    } catch {
      abandon(upload)
      throw error
    }
  }

  private func isOurs(_ head: HTTPHead) -> Bool { head.value(of: S3Mark.fieldName) == mark.text }

  // MARK: - Requests

  /// - Parameter buffer: for the bytes of the part.
  private func send(
    _ part: Int, _ upload: String, by buffer: ByteBuffer
  ) throws(BlobFailure) -> String {
    let start = (part - 1) * partBytes
    var order = S3Bucket.Order(.put, name, action: "write part \(part) of")
    order.query = [.init("partNumber", String(part)), .init("uploadId", upload)]
    try file.read(start..<min(start + partBytes, file.size), into: buffer)
    order.body = buffer
    guard let tag = try store.bucket.send(order).head.value(of: "etag") else {
      throw BlobFailure(
        .failed,
        "cannot write \(store.bucket.address)/\(name): what answers is not S3; see the endpoint")
    }
    return tag
  }

  private func complete(_ upload: String, _ tags: [String]) throws(BlobFailure) -> Ending {
    let parts = tags.enumerated().map { place, tag in
      "<Part><PartNumber>\(place + 1)</PartNumber><ETag>\(XMLTree.escaped(tag))</ETag></Part>"
    }
    let space = "http://s3.amazonaws.com/doc/2006-03-01/"
    var order = S3Bucket.Order(.post, name, action: "complete")
    order.query = [.init("uploadId", upload)]
    order.headers = [.init("Content-Type", "application/xml")]
    if ifAbsent { order.headers.append(.init("If-None-Match", "*")) }
    order.body = ByteBuffer(
      Array(
        "<CompleteMultipartUpload xmlns=\"\(space)\">\(parts.joined())</CompleteMultipartUpload>"
          .utf8))
    order.accepted = [404, 412]
    // It may take minutes to put together what has thousands of parts.
    order.patienceSeconds = 600
    let answer = try store.bucket.send(order)
    if 200...299 ~= answer.status { return .written }
    try store.refuseMissingBucket(answer, order)
    // An attempt before may have come through without its answer.
    guard let there = try store.describe(name) else { return .lost }
    if isOurs(there) { return .written }
    return ifAbsent ? .present : .lost
  }

  /// Parts that belong to nothing cost money; what cannot be removed now, `deleteAll` finds later.
  private func abandon(_ upload: String) {
    try? store.abandon(S3Store.Upload(name: name, id: upload))
  }

  // MARK: - Side by side

  private final class Progress: Sendable {
    struct State {
      var nextPart = 1
      var tags: [String]
      var failure: BlobFailure?
    }

    let state: Mutex<State>
    let ended = Mailbox<Void>()

    init(parts: Int) {
      state = Mutex(State(tags: Array(repeating: "", count: parts)))
    }

    /// The number of a part that nobody sends yet; nil when none is left, or one has failed.
    func next() -> Int? {
      state.withLock { state in
        guard state.failure == nil, state.nextPart <= state.tags.count else { return nil }
        defer { state.nextPart += 1 }
        return state.nextPart
      }
    }
  }

  /// - Returns: the tag of each part.
  private func sendParts(_ upload: String) throws(BlobFailure) -> [String] {
    let progress = Progress(parts: (file.size + partBytes - 1) / partBytes)
    let helpers = min(store.sizes.partsAtOnce, progress.state.withLock { $0.tags.count }) - 1
    for _ in 0..<max(0, helpers) {
      WorkThread.start("s3-upload") {
        sendParts(upload, progress)
        progress.ended.post(())
      }
    }
    sendParts(upload, progress)
    for _ in 0..<max(0, helpers) { progress.ended.takeFirst() }
    return try progress.state.withLock { state throws(BlobFailure) in
      if let failure = state.failure { throw failure }
      return state.tags
    }
  }

  private func sendParts(_ upload: String, _ progress: Progress) {
    // One for all parts that this thread sends.
    let buffer = ByteBuffer(capacity: min(partBytes, file.size))
    while let part = progress.next() {
      do throws(BlobFailure) {
        let tag = try send(part, upload, by: buffer)
        progress.state.withLock { $0.tags[part - 1] = tag }
      } catch {
        progress.state.withLock { state in
          if state.failure == nil { state.failure = error }
        }
      }
    }
  }
}
