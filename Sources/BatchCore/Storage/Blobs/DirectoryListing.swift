internal import Glibc

/// One page of the objects below a directory, in the order of the bytes of their keys.
struct DirectoryListing {
  private let root: String
  private let prefix: String
  private let after: BlobKey?
  /// Whether folders are asked for from the server rather than from what is remembered of them.
  var refreshes = false
  /// Each page reads the names of its folders anew, so that short ones would cost much.
  private static let mostEntries = 10_000
  private var found: [BlobPage.Entry] = []
  private var hasMore = false

  init(root: String, prefix: String, after: BlobKey?) {
    self.root = root
    self.prefix = prefix
    self.after = after
  }

  mutating func page() throws(SystemError) -> BlobPage {
    let slash = prefix.utf8.lastIndex(of: UInt8(ascii: "/"))
    let folder = slash.map { String(prefix[...$0]) } ?? ""
    // No key has such a part; as a path it would lead elsewhere.
    guard folder.isEmpty || BlobKey.isPrefix(folder) else { return BlobPage() }
    try visit(folder)
    return BlobPage(found, next: hasMore ? found.last?.key : nil)
  }

  /// - Parameter inner: the folder's path below the root: empty, or with a slash at its end.
  private mutating func visit(_ inner: String) throws(SystemError) {
    let folder = inner.isEmpty ? root : "\(root)/\(inner.dropLast())"
    if refreshes { Self.refresh(folder) }
    for (text, kind) in try names(in: folder, inner) {
      if hasMore { return }
      switch kind {
      case .folder: try visit(text)
      case .file: try add(text)
      case .other, .unknown: break
      }
    }
  }

  /// The keys of files, and of folders with a slash at their end, that matter to the page, in order.
  ///
  /// The slash takes part in the order, as it does in the keys: `a-b` comes before `a/b`.
  private func names(
    in folder: String, _ inner: String
  ) throws(SystemError) -> [(text: String, kind: DirectoryTree.Entry.Kind)] {
    try DirectoryTree.entries(folder)
      .filter { !$0.name.hasPrefix(".") }
      .map { (text: inner + $0.name + ($0.kind == .folder ? "/" : ""), kind: $0.kind) }
      .filter { mayHold($0.text) }
      .sorted { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }
  }

  /// Whether `text`, or keys that begin with it, may belong to the page.
  private func mayHold(_ text: String) -> Bool {
    guard text.utf8.starts(with: prefix.utf8) || prefix.utf8.starts(with: text.utf8) else {
      return false
    }
    guard let after else { return true }
    return after.hasPrefix(text) || after.text.utf8.lexicographicallyPrecedes(text.utf8)
  }

  private mutating func add(_ text: String) throws(SystemError) {
    guard let key = BlobKey(text), key.hasPrefix(prefix) else { return }
    if let after, key <= after { return }
    guard found.count < Self.mostEntries else {
      hasMore = true
      return
    }
    // It may have been removed since.
    guard let size = try BlobFile.size("\(root)/\(text)") else { return }
    found.append(BlobPage.Entry(key, bytes: size))
  }

  /// Makes and removes a file, after which an NFS client looks at the folder anew.
  ///
  /// Otherwise it may show a folder as it was up to a minute ago (`acdirmax` in nfs(5)).
  private static func refresh(_ folder: String) {
    let draft = Draft(of: folder + "/x")
    let descriptor = unsafe open(draft.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    close(descriptor)
    draft.remove()
  }
}
