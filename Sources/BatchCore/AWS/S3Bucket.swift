internal import Synchronization

/// Requests about one bucket, signed, repeated, and sent to the region where it turns out to be.
package final class S3Bucket: Sendable {
  /// One thing to do, as a request that can be made again.
  struct Order {
    var method: HTTPRequest.Method
    /// The whole name of the object; empty for the bucket.
    var name = ""
    var query: [AWSRequest.Field] = []
    var headers: [AWSRequest.Field] = []
    var body: ByteBuffer?
    /// Statuses beside 200 to 299 that are answers.
    var accepted: Set<Int> = []
    /// How long the service may take over what it is sent, in seconds; nil for the usual time.
    var patienceSeconds: Double?
    /// What is attempted, for messages: "read".
    var action: String

    init(_ method: HTTPRequest.Method, _ name: String = "", action: String) {
      self.method = method
      self.name = name
      self.action = action
    }
  }

  private let client: AWSClient
  private let patience: StorePatience
  private let place: Mutex<S3Place>
  /// `s3://bucket`.
  let address: String

  init(_ place: S3Place, client: AWSClient, patience: StorePatience) {
    self.client = client
    self.patience = patience
    self.place = Mutex(place)
    address = "s3://\(place.bucket)"
  }

  /// The region as far as it is known.
  var region: String { place.withLock { $0.region } }

  func address(of name: String) -> String {
    place.withLock { $0 }.request(.get, name).address
  }

  func send(_ order: Order) throws(BlobFailure) -> AWSAnswer {
    try send({ _ in order }, into: nil)
  }

  /// Sends an order whose answer is taken piece by piece.
  ///
  /// - Parameter make: the order, made anew for each attempt, of which the number is given.
  func send(
    _ make: (Int) -> Order, into sink: ((HTTPHead, ByteBuffer) -> Bool)?
  ) throws(BlobFailure) -> AWSAnswer {
    let first = make(0)
    var moves = 0
    while true {
      let place = self.place.withLock { $0 }
      do throws(AWSFailure) {
        return try client.send(place.signer, accepting: first.accepted, into: sink) { attempt in
          request(attempt == 0 ? first : make(attempt), at: place)
        }
      } catch {
        // A service that sends us about is not followed for ever.
        guard moves < 2, let next = place.moved(by: error) else { throw failure(error, first) }
        moves += 1
        self.place.withLock { $0 = next }
      }
    }
  }

  private func request(_ order: Order, at place: S3Place) -> AWSRequest {
    var request = place.request(
      order.method, order.name, query: order.query, headers: order.headers, body: order.body)
    // A slow line gets its time: a megabyte in ten seconds, and no limit for what still comes.
    let isRead = order.method == .get
    let answerSeconds = order.patienceSeconds ?? patience.answerSeconds
    request.limits.totalSeconds =
      isRead ? 86_400 : answerSeconds + Double(order.body?.count ?? 0) / 1e5
    request.limits.stallSeconds = patience.silenceSeconds
    request.limits.stallsBeforeHead = isRead
    request.limits.bodyBytes = .max
    return request
  }

  private func failure(_ failure: AWSFailure, _ order: Order) -> BlobFailure {
    let name = order.name.isEmpty ? "" : "/" + order.name
    let what = "cannot \(order.action) \(address)\(name)"
    guard failure.kind == .denied, order.method == .get else { return BlobFailure(failure, what) }
    // To those who may not list, S3 does not tell that an object is not there.
    return BlobFailure(failure, what, hint: ", s3:ListBucket among them")
  }
}

extension BlobFailure {
  /// - Parameter hint: the end of the sentence.
  init(_ failure: AWSFailure, _ what: String, hint: String = "") {
    let code: Code =
      switch failure.kind {
      case .credentials: .credentials
      case .clock: .clock
      case .region: .region
      case .denied: .denied
      case .notFound: .noStore
      case .full: .full
      case .throttled: .throttled
      case .unreachable: .unreachable
      case .refused: .failed
      }
    self.init(code, isTransient: failure.isTransient, "\(what): \(failure.message)\(hint)")
  }
}
