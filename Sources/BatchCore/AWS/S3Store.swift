internal import Glibc

/// Objects in a bucket of S3, or of a service that speaks its language.
///
/// "The first one wins" is `If-None-Match: *`, which the service decides. A write whose answer was lost
/// is repeated, and then finds its own object there: each carries a mark by which it is told from
/// another's.
package struct S3Store: BlobStore {
  let bucket: S3Bucket
  private let place: BlobLocator.S3
  private let endpoint: String?
  let sizes: Sizes

  /// The sizes at which objects are cut.
  package struct Sizes: Sendable {
    /// Of larger files it is asked first whether they are there.
    package var smallBytes = 64 << 10
    /// Larger files are sent in parts.
    package var largestSingleBytes = 16 << 20
    /// The service wants at least 5 MiB of all but the last.
    package var partBytes = 8 << 20
    /// Parts under way at once, each of which is held in memory.
    package var partsAtOnce = 4

    package init() {}
  }

  package init(
    _ place: BlobLocator.S3, client: AWSClient, region: String, endpoint: String?,
    sizes: Sizes = Sizes(), patience: StorePatience = .current
  ) {
    self.place = place
    self.endpoint = endpoint
    self.sizes = sizes
    bucket = S3Bucket(
      S3Place(bucket: place.bucket, region: region, endpoint: endpoint), client: client,
      patience: patience)
  }

  /// Opens a bucket with what the environment says of region, endpoint and credentials.
  package init(
    _ place: BlobLocator.S3, environment: AWSEnvironment = AWSEnvironment()
  ) throws(BlobFailure) {
    do throws(AWSFailure) {
      let client = AWSClient(
        environment: environment, backoff: StorePatience.current.backoff)
      let endpoint = try environment.endpoint("S3", at: place.endpoint)
      let region = try environment.region(place.region)
      // That of the region which knows where all buckets are.
      self.init(place, client: client, region: region ?? "us-east-1", endpoint: endpoint)
    } catch {
      throw BlobFailure(error, "cannot use s3://\(place.bucket)")
    }
  }

  /// Region and endpoint as they were given or found.
  package var locator: BlobLocator {
    .s3(
      BlobLocator.S3(
        bucket: place.bucket, prefix: place.prefix, region: bucket.region, endpoint: endpoint))
  }

  var bucketName: String { place.bucket }

  /// The URL of an object, as requests about it have it.
  package func address(of key: BlobKey) -> String { bucket.address(of: name(key)) }

  func name(_ key: BlobKey) -> String { name(prefix: key.text) }

  func name(prefix: String) -> String {
    place.prefix.isEmpty ? prefix : "\(place.prefix)/\(prefix)"
  }

  /// The key of an object; nil for those that are not ours.
  func key(_ name: String) -> BlobKey? {
    guard !place.prefix.isEmpty else { return BlobKey(name) }
    let start = place.prefix + "/"
    return name.utf8.starts(with: start.utf8)
      ? BlobKey(String(Substring(name.utf8.dropFirst(start.utf8.count)))) : nil
  }

  // MARK: - Reading

  package func get(_ key: BlobKey, range: Range<Int>?) throws(BlobFailure) -> ByteBuffer? {
    var order = S3Bucket.Order(.get, name(key), action: "read")
    order.accepted = [404, 416]
    if let range {
      guard !range.isEmpty else {
        return try size(of: key) == nil ? nil : ByteBuffer(capacity: 0)
      }
      order.headers = [.init("Range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")]
    }
    let answer = try bucket.send(order)
    switch answer.status {
    case 404:
      try refuseMissingBucket(answer, order)
      return nil
    // The range begins at the object's end or behind it.
    case 416: return ByteBuffer(capacity: 0)
    // A service may send the whole object instead of a range.
    case 200:
      guard let range else { return answer.body }
      return answer.body.copy(range.clamped(to: 0..<answer.body.count))
    default: return answer.body
    }
  }

  package func size(of key: BlobKey) throws(BlobFailure) -> Int? {
    guard let head = try describe(name(key)) else { return nil }
    guard let length = head.contentLength else {
      throw BlobFailure(
        .failed, "\(bucket.address) does not tell how long \(name(key)) is; see the endpoint")
    }
    return length
  }

  /// The head of an object; nil when there is none.
  ///
  /// An answer to `HEAD` has no body that could explain a failure: the question is asked again in
  /// another way then.
  func describe(_ name: String) throws(BlobFailure) -> HTTPHead? {
    var order = S3Bucket.Order(.head, name, action: "look at")
    order.accepted = [301, 307, 400, 403, 404]
    let answer = try bucket.send(order)
    switch answer.status {
    case 200...299: return answer.head
    case 404: return nil
    default:
      order.method = .get
      order.headers = [.init("Range", "bytes=0-0")]
      order.accepted = [404, 416]
      let full = try bucket.send(order)
      if full.status == 404 {
        try refuseMissingBucket(full, order)
        return nil
      }
      // It is readable after all, in a region that is known by now.
      order.method = .head
      order.headers = []
      let second = try bucket.send(order)
      return second.status == 404 ? nil : second.head
    }
  }

  /// An object that is not there is an answer; a bucket that is not there is a failure.
  func refuseMissingBucket(_ answer: AWSAnswer, _ order: S3Bucket.Order) throws(BlobFailure) {
    guard answer.fault.code == "NoSuchBucket" else { return }
    throw BlobFailure(
      .noStore,
      "cannot \(order.action) \(bucket.address)/\(order.name): there is no bucket of that name; "
        + "make it first, or see its spelling")
  }

  package func getFile(_ key: BlobKey, to path: String) throws(BlobFailure) -> Bool {
    try S3Download(name(key), of: self).run(to: path)
  }

  // MARK: - Writing

  package func put(
    _ bytes: ByteBuffer, at key: BlobKey, ifAbsent: Bool
  ) throws(BlobFailure) -> Bool {
    let mark = S3Mark()
    var order = S3Bucket.Order(.put, name(key), action: "write")
    order.body = bytes
    order.headers = [.init("Content-Type", "application/octet-stream"), mark.field]
    if ifAbsent {
      order.headers.append(.init("If-None-Match", "*"))
      order.accepted = [412]
    }
    var attempts = 0
    let answer = try bucket.send(
      { attempt in
        attempts = attempt + 1
        return order
      }, into: nil)
    guard answer.status == 412 else { return true }
    // An earlier attempt may have come through without its answer.
    return attempts > 1 ? try isOurs(mark, order.name) : false
  }

  /// Whether the object of that name is the one that carries a mark.
  func isOurs(_ mark: S3Mark, _ name: String) throws(BlobFailure) -> Bool {
    try describe(name)?.value(of: S3Mark.fieldName) == mark.text
  }

  package func putFile(
    _ path: String, at key: BlobKey, ifAbsent: Bool
  ) throws(BlobFailure) -> Bool {
    let file = try UploadFile(path)
    // Before much is sent in vain.
    if ifAbsent, file.size > sizes.smallBytes, try size(of: key) != nil { return false }
    guard file.size > sizes.largestSingleBytes else {
      let bytes = ByteBuffer(capacity: file.size)
      try file.read(0..<file.size, into: bytes)
      try file.refuseChange()
      return try put(bytes, at: key, ifAbsent: ifAbsent)
    }
    return try S3Upload(file, as: key, ifAbsent: ifAbsent, in: self).run()
  }
}

/// A mark on an object by which its writer knows it again.
struct S3Mark: Equatable {
  let text = String(UInt64.random(in: 0 ... .max), radix: 36)

  static let fieldName: StaticString = "x-amz-meta-batchrun-write"
  var field: AWSRequest.Field { AWSRequest.Field("x-amz-meta-batchrun-write", text) }
}
