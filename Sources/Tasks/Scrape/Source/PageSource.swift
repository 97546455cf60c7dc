package import BatchCore
internal import Synchronization

/// The pages of a list as items, handed out by host.
package final class PageSource: ItemSource {
  package let file: ListFile
  package let contentDigest: String
  package let dispatchOrder: DispatchOrder?
  /// The hosts of the list with their pages; the empty name stands for files.
  package let hosts: [(name: String, pages: Int)]
  /// The hosts of each lane of the order, as indices of `hosts`.
  let laneHosts: [[Int]]
  /// Whether a position has the address of the one before.
  private let repeats: [Bool]
  private let buffer = Mutex(ByteBuffer())
  private let folder: String

  /// - Parameter folder: What relative paths are relative to, with a slash at its end.
  package init(_ input: InputFile, urlColumn: String?, folder: String, limit: Int?) throws {
    self.folder = folder
    var lanes = HostLanes()
    var files = SHA256()
    var hasFiles = false
    file = try ListFile(input, urlColumn: urlColumn, limit: limit) { page in
      let url = try? page.url(from: folder)
      if let path = url?.filePath {
        // A saved page is input as much as the list is: its size and time tell whether it has changed.
        let mark = FileFingerprint(path: path).map { "\($0.sizeBytes) \($0.modifiedNanoseconds)" }
        files.update("\(page.typed)\0\(mark ?? "-")\n")
        hasFiles = true
      }
      lanes.add(
        host: url.map { $0.scheme == .file ? "" : HostQueue.name(of: $0) } ?? "",
        address: url?.text ?? page.typed)
    }
    (dispatchOrder, laneHosts, repeats) = lanes.order()
    hosts = zip(lanes.hostNames, lanes.pagesPerHost).map { ($0, $1) }
    let filesDigest = files.hexadecimal()
    contentDigest = hasFiles ? "\(file.digest) with \(filesDigest)" : file.digest
  }

  package var count: Int { file.count }
  package var byteCount: Int { file.byteCount }

  package func prefix(of items: Range<Int>, fitting maxBytes: Int) -> Int {
    min(items.count, HostLanes.largestBatch(lanes: dispatchOrder?.lanes.count ?? 1))
  }

  /// A page that is listed several times is fetched once: its items stay in one batch.
  package func cut(_ items: Range<Int>, at position: Int) -> Int {
    var end = position
    while end < items.upperBound, repeats[end] { end += 1 }
    return end
  }

  package func input(for items: Range<Int>) throws -> BatchInput {
    let pages = try items.map { try page(inputIndex(of: $0)) }
    return BatchInput(
      items: items, bytes: .inline(ListedPage.bytes(pages)), firstLine: pages.first?.line ?? 1)
  }

  package func files(for items: Range<Int>) -> [String] {
    let paths = items.compactMap { try? page(inputIndex(of: $0)).url(from: folder).filePath }
    return Set(paths).sorted()
  }

  /// The line of an item, by its place in the list.
  package func page(_ index: Int) throws -> ListedPage {
    do {
      return try buffer.withLock { try file.page(index, buffer: &$0) }
    } catch let error as InputError {
      throw TaskError(.cannotRun, "\(InputError(error.code, input: file.displayName))")
    }
  }

  package func changed() -> String? { file.changed() }
}
