/// A place for objects that several machines reach: a shared directory, or a bucket.
///
/// An object appears whole or not at all, and a reader never sees half of one. Calls block, and may
/// come from any thread. A key is never the folder of another: there is no `a/b` beside an `a`.
package protocol BlobStore: Sendable {
  /// What another machine opens the same store by.
  var locator: BlobLocator { get }

  /// Writes an object.
  ///
  /// - Parameter ifAbsent: leaves an object alone that is there already, so that of several writers
  ///   the first one wins; otherwise it is replaced.
  /// - Returns: whether the object is the one given; false only with `ifAbsent`.
  @discardableResult
  func put(_ bytes: ByteBuffer, at key: BlobKey, ifAbsent: Bool) throws(BlobFailure) -> Bool

  /// Writes an object with the content of a file, piece by piece; see ``put(_:at:ifAbsent:)``.
  @discardableResult
  func putFile(_ path: String, at key: BlobKey, ifAbsent: Bool) throws(BlobFailure) -> Bool

  /// Reads an object, or a half-open range of its bytes, which ends at the object's end at the latest.
  ///
  /// - Returns: nil when there is no such object.
  func get(_ key: BlobKey, range: Range<Int>?) throws(BlobFailure) -> ByteBuffer?

  /// Copies an object into a file, piece by piece; the file appears when it is complete.
  ///
  /// - Returns: false when there is no such object.
  func getFile(_ key: BlobKey, to path: String) throws(BlobFailure) -> Bool

  /// Where this machine can read an object in place as a file; nil where it must be copied first, or is
  /// not there.
  func path(of key: BlobKey) throws(BlobFailure) -> String?

  /// The length of an object in bytes; nil when there is none.
  func size(of key: BlobKey) throws(BlobFailure) -> Int?

  /// The objects whose keys begin with `prefix` and come after a key, in the order of their bytes.
  func list(_ prefix: String, after: BlobKey?) throws(BlobFailure) -> BlobPage

  /// Removes objects; one that is not there is no error.
  func delete(_ keys: [BlobKey]) throws(BlobFailure)

  /// Removes everything whose key begins with `prefix`, what broken writes have left included.
  ///
  /// - Parameter prefix: not empty; a store may hold what is not ours.
  func deleteAll(_ prefix: String) throws(BlobFailure)
}

/// Some of the objects of a list.
package struct BlobPage: Sendable, Equatable {
  package struct Entry: Sendable, Equatable {
    package var key: BlobKey
    package var bytes: Int

    package init(_ key: BlobKey, bytes: Int) {
      self.key = key
      self.bytes = bytes
    }
  }

  package var entries: [Entry]
  /// The key after which the list goes on; nil at its end.
  package var next: BlobKey?

  package init(_ entries: [Entry] = [], next: BlobKey? = nil) {
    self.entries = entries
    self.next = next
  }

  /// The most entries of one page of a bucket; a directory gives more.
  package static let mostEntries = 1000
}

extension BlobStore {
  package func path(of key: BlobKey) -> String? { nil }

  package func get(_ key: BlobKey) throws(BlobFailure) -> ByteBuffer? {
    try get(key, range: nil)
  }

  /// Calls `body` with every object whose key begins with `prefix`, in the order of their bytes.
  package func forEach(
    _ prefix: String, _ body: (BlobPage.Entry) throws(BlobFailure) -> Void
  ) throws(BlobFailure) {
    var after: BlobKey?
    repeat {
      let page = try list(prefix, after: after)
      for entry in page.entries { try body(entry) }
      after = page.next
    } while after != nil
  }
}
