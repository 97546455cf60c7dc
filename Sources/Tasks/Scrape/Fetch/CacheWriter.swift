internal import BatchCore
internal import Glibc
internal import Synchronization

/// Writes pages to the cache as they arrive, on a thread of its own.
final class CacheWriter: Sendable {
  private enum Order: Sendable {
    case begin(Int, CachedPage, digest: String)
    case piece(Int, ReceivedBytes)
    case commit(Int)
    case abandon(Int)
    case flush(Mailbox<Bool>)
    case stop
  }

  private let cache: PageCache
  private let orders = Mailbox<Order>()
  /// The first thing that went wrong, as a sentence.
  private let trouble = Mutex<String?>(nil)

  init(_ cache: PageCache) {
    self.cache = cache
    WorkThread.start("page-cache") { [self] in run() }
  }

  var problem: String? { trouble.withLock { $0 } }

  /// - Parameter number: the name of the entry until it is committed or abandoned.
  func begin(_ number: Int, _ page: CachedPage, for url: WebURL) {
    orders.post(.begin(number, page, digest: CachedPage.digest(of: url)))
  }

  func append(_ piece: ReceivedBytes, to number: Int) { orders.post(.piece(number, piece)) }
  func commit(_ number: Int) { orders.post(.commit(number)) }
  func abandon(_ number: Int) { orders.post(.abandon(number)) }
  func stop() { orders.post(.stop) }

  /// Returns when everything so far is in the cache.
  func flush() {
    let done = Mailbox<Bool>()
    orders.post(.flush(done))
    _ = done.takeFirst()
  }

  // MARK: - The thread

  private func run() {
    var open: [Int: OpenEntry] = [:]
    let encoder = ZstdEncoder()
    let frame = ByteBuffer(capacity: 80 << 10)
    while true {
      switch orders.takeFirst() {
      case .begin(let number, let page, let digest):
        do throws(SystemError) {
          let entry = try OpenEntry(cache.temporaryPath(number), digest: digest)
          open[number] = entry
          try entry.write(ByteBuffer(Array(page.text.utf8)))
        } catch { report(error, &open, number) }
      case .piece(let number, let piece):
        guard let entry = open[number] else { continue }
        encoder.encode(piece.buffer, into: frame)
        do throws(SystemError) { try entry.write(frame) } catch { report(error, &open, number) }
      case .commit(let number):
        guard let entry = open.removeValue(forKey: number) else { continue }
        let path = cache.path(of: entry.digest, makingFolder: true)
        do throws(SystemError) { try entry.publish(as: path) } catch {
          report(error, &open, number)
        }
      case .abandon(let number): open[number] = nil
      case .flush(let done): done.post(true)
      case .stop: return
      }
    }
  }

  private func report(_ error: SystemError, _ open: inout [Int: OpenEntry], _ number: Int) {
    open[number] = nil
    trouble.withLock { $0 = $0 ?? "the cache is not complete: \(error)" }
  }
}

/// An entry that is being written; the file goes when it is not published.
private final class OpenEntry {
  let digest: String
  private let path: String
  private let file: Int32
  private var checksum = Checksum()
  private var isPublished = false

  init(_ path: String, digest: String) throws(SystemError) {
    file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw SystemError("write", path, code: errno) }
    self.path = path
    self.digest = digest
  }

  deinit {
    close(file)
    if !isPublished { unsafe unlink(path) }
  }

  func write(_ buffer: ByteBuffer) throws(SystemError) {
    unsafe buffer.withBytes { unsafe checksum.update($0) }
    try writeUnchecked(buffer)
  }

  private func writeUnchecked(_ buffer: ByteBuffer) throws(SystemError) {
    try unsafe buffer.withBytes { bytes throws(SystemError) in
      var done = 0
      while done < bytes.count {
        let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
        let count = unsafe Glibc.write(file, rest.baseAddress, rest.count)
        guard count > 0 else { throw SystemError("write", path, code: errno) }
        done += count
      }
    }
  }

  func publish(as target: String) throws(SystemError) {
    try writeUnchecked(ByteBuffer(Array(checksum.hexadecimal().utf8)))
    guard unsafe rename(path, target) == 0 else {
      throw SystemError("write", target, code: errno)
    }
    isPublished = true
  }
}
