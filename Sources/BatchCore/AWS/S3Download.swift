internal import Glibc

/// An object on its way into a file; a connection that breaks is followed by one for the rest.
struct S3Download {
  private let name: String
  private let store: S3Store

  init(_ name: String, of store: S3Store) {
    self.name = name
    self.store = store
  }

  /// The file, and what has come so far.
  private final class Landing {
    private let file: DurableFile
    private(set) var offset = 0
    /// Which content the bytes are of; nil before the first.
    private(set) var version: String?
    private(set) var problem: SystemError?
    private var isNewAnswer = true
    /// How often the service began anew, though it was asked for the rest.
    private var restarts = 0

    init(_ path: String) throws(SystemError) {
      file = try DurableFile(path: path, role: Draft.role, flags: O_RDWR | O_CREAT | O_EXCL)
    }

    func expectAnswer() { isNewAnswer = true }

    func take(_ head: HTTPHead, _ bytes: ByteBuffer) -> Bool {
      if isNewAnswer {
        isNewAnswer = false
        version = head.value(of: "etag")
        if head.status == 200, offset > 0 {
          restarts += 1
          guard restarts < 4 else { return false }
          offset = 0
        }
      }
      do throws(SystemError) {
        try unsafe file.write(bytes.bytes, at: offset)
        offset += bytes.count
        return true
      } catch {
        problem = error
        return false
      }
    }

    /// Forgets what has come, of an object that was replaced meanwhile.
    func startOver() throws(SystemError) {
      offset = 0
      version = nil
      try file.truncate(to: 0)
    }
  }

  /// - Returns: false when there is no such object.
  func run(to path: String) throws(BlobFailure) -> Bool {
    let draft = Draft(of: path)
    defer { draft.remove() }
    let folder = OutputTarget.directory(of: path)
    let landing = try BlobFailure.of(folder) { () throws(SystemError) in try Landing(draft.path) }
    for _ in 0..<3 {
      switch try fetch(landing, folder) {
      case .complete:
        try BlobFailure.of(folder) { () throws(SystemError) in
          try DirectoryEntry.rename(draft.path, to: path, role: Draft.role)
        }
        return true
      case .missing: return false
      case .replaced:
        try BlobFailure.of(folder) { () throws(SystemError) in try landing.startOver() }
      }
    }
    throw BlobFailure(
      .failed, isTransient: true,
      "cannot read \(store.bucket.address)/\(name): it is replaced again and again while it is read"
    )
  }

  private enum Ending {
    case complete
    case missing
    case replaced
  }

  private func fetch(_ landing: Landing, _ folder: String) throws(BlobFailure) -> Ending {
    var order = S3Bucket.Order(.get, name, action: "read")
    order.accepted = [404, 412, 416]
    let answer: AWSAnswer
    do throws(BlobFailure) {
      answer = try store.bucket.send(
        { [order] _ in
          landing.expectAnswer()
          guard landing.offset > 0, let version = landing.version else { return order }
          var rest = order
          rest.headers = [
            .init("Range", "bytes=\(landing.offset)-"), .init("If-Match", version),
          ]
          return rest
        }, into: { landing.take($0, $1) })
    } catch {
      guard let problem = landing.problem else { throw error }
      throw BlobFailure(problem, store: folder)
    }
    switch answer.status {
    case 404:
      try store.refuseMissingBucket(answer, order)
      return .missing
    case 412: return .replaced
    // All had come; only the end of the answer was lost.
    default: return .complete
    }
  }
}
