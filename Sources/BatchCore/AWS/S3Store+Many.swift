// Lists of objects, and removing many at once.

extension S3Store {
  package func list(_ prefix: String, after: BlobKey?) throws(BlobFailure) -> BlobPage {
    var order = S3Bucket.Order(.get, action: "list")
    var last = after.map { name($0) }
    while true {
      order.query = [
        .init("list-type", "2"), .init("max-keys", String(BlobPage.mostEntries)),
        .init("prefix", name(prefix: prefix)),
      ]
      if let last { order.query.append(.init("start-after", last)) }
      let tree = try tree("ListBucketResult", of: bucket.send(order), order)
      let contents = tree.children("Contents")
      let entries = contents.compactMap { entry -> BlobPage.Entry? in
        guard let name = entry["Key"], let size = entry["Size"].flatMap({ Int($0) }),
          let key = key(name)
        else { return nil }
        return BlobPage.Entry(key, bytes: size)
      }
      guard tree["IsTruncated"] == "true", let end = contents.last?["Key"] else {
        return BlobPage(entries)
      }
      // A page may hold nothing but what others have put there.
      if let key = entries.last?.key { return BlobPage(entries, next: key) }
      last = end
    }
  }

  private func tree(
    _ name: String, of answer: AWSAnswer, _ order: S3Bucket.Order
  ) throws(BlobFailure) -> XMLTree {
    guard let tree = XMLTree(answer.body), tree.name == name else {
      throw BlobFailure(
        .failed,
        "cannot \(order.action) \(bucket.address): what answers is not S3; see the endpoint")
    }
    return tree
  }

  // MARK: - Removing

  /// The service takes no more at once.
  private static let mostRemovals = 1000

  package func delete(_ keys: [BlobKey]) throws(BlobFailure) {
    var start = 0
    while start < keys.count {
      let end = min(start + Self.mostRemovals, keys.count)
      try remove(keys[start..<end].map { name($0) })
      start = end
    }
  }

  private func remove(_ names: [String]) throws(BlobFailure) {
    var names = names
    var attempt = 0
    while !names.isEmpty {
      let errors = try removal(of: names)
      names = errors.filter { ["InternalError", "SlowDown"].contains($0["Code"]) }
        .compactMap { $0["Key"] }
      attempt += 1
      let final = names.count < errors.count || attempt > 5 ? errors.first : nil
      if let final {
        let code = final["Code"] ?? ""
        throw BlobFailure(
          code == "AccessDenied" ? .denied : .failed,
          "cannot remove \(bucket.address)/\(final["Key"] ?? ""): \(code); "
            + "see which actions the policy of the credentials allows")
      }
      if !names.isEmpty { AWSBackoff.sleep(Double.random(in: 0...0.2) * Double(1 << attempt)) }
    }
  }

  /// - Returns: what the service says about each that it did not remove.
  private func removal(of names: [String]) throws(BlobFailure) -> [XMLTree] {
    let objects = names.map { "<Object><Key>\(XMLTree.escaped($0))</Key></Object>" }.joined()
    let space = "http://s3.amazonaws.com/doc/2006-03-01/"
    let body = ByteBuffer(
      Array("<Delete xmlns=\"\(space)\"><Quiet>true</Quiet>\(objects)</Delete>".utf8))
    var order = S3Bucket.Order(.post, action: "remove objects of")
    order.query = [.init("delete", "")]
    order.headers = [.init("Content-Type", "application/xml"), AWSDigest.guardField(body)]
    order.body = body
    return try tree("DeleteResult", of: bucket.send(order), order).children("Error")
  }

  package func deleteAll(_ prefix: String) throws(BlobFailure) {
    precondition(BlobKey.isPrefix(prefix), "not what keys begin with: \(prefix)")
    var page: BlobPage
    repeat {
      // From the start: what was there is gone.
      page = try list(prefix, after: nil)
      try delete(page.entries.map(\.key))
    } while page.next != nil
    // Their parts cost money.
    for upload in try uploads(prefix) { try abandon(upload) }
  }

  // MARK: - Uploads

  /// An upload in parts that a writer has begun and not ended.
  package struct Upload: Sendable {
    let name: String
    package let id: String
  }

  /// The uploads under way, or forgotten, of objects whose keys begin with `prefix`.
  package func uploads(_ prefix: String) throws(BlobFailure) -> [Upload] {
    var order = S3Bucket.Order(.get, action: "list the uploads of")
    var marks: [AWSRequest.Field] = []
    var found: [Upload] = []
    while true {
      order.query = [.init("uploads", ""), .init("prefix", name(prefix: prefix))] + marks
      let tree = try tree("ListMultipartUploadsResult", of: bucket.send(order), order)
      found += tree.children("Upload").compactMap { upload in
        guard let name = upload["Key"], let id = upload["UploadId"] else { return nil }
        return Upload(name: name, id: id)
      }
      guard tree["IsTruncated"] == "true", let key = tree["NextKeyMarker"],
        let upload = tree["NextUploadIdMarker"]
      else { return found }
      marks = [.init("key-marker", key), .init("upload-id-marker", upload)]
    }
  }

  /// Begins an upload in parts.
  ///
  /// - Returns: the name that the service gives it.
  package func beginUpload(
    of key: BlobKey, _ fields: [AWSRequest.Field] = []
  ) throws(BlobFailure) -> String {
    var order = S3Bucket.Order(.post, name(key), action: "write")
    order.query = [.init("uploads", "")]
    order.headers = [.init("Content-Type", "application/octet-stream")] + fields
    let tree = try tree("InitiateMultipartUploadResult", of: bucket.send(order), order)
    return tree["UploadId"] ?? ""
  }

  func abandon(_ upload: Upload) throws(BlobFailure) {
    var order = S3Bucket.Order(.delete, upload.name, action: "abandon the upload of")
    order.query = [.init("uploadId", upload.id)]
    order.accepted = [404]
    _ = try bucket.send(order)
  }
}
