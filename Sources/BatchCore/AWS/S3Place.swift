/// Where a bucket is and how it is addressed; a service may correct the region.
struct S3Place: Sendable, Equatable {
  let bucket: String
  var region: String
  /// Scheme, host, port and perhaps a path; nil for AWS.
  let endpoint: String?

  /// AWS has the bucket in the host's name, unless its dots would not match the certificate; services
  /// elsewhere seldom have a name for each bucket, and get it in the path.
  private var origin: (text: String, path: String) {
    guard let endpoint else {
      let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
      return bucket.contains(".")
        ? ("https://s3.\(region).\(domain)", "/\(bucket)")
        : ("https://\(bucket).s3.\(region).\(domain)", "")
    }
    let afterScheme = endpoint.firstRange(of: "://")?.upperBound ?? endpoint.startIndex
    let slash = endpoint[afterScheme...].firstIndex(of: "/") ?? endpoint.endIndex
    return (String(endpoint[..<slash]), "\(endpoint[slash...])/\(bucket)")
  }

  var signer: AWSSigner { AWSSigner(service: "s3", region: region) }

  /// A request about an object, or about the bucket where `name` is empty.
  ///
  /// - Parameter name: the whole name of the object, not encoded.
  func request(
    _ method: HTTPRequest.Method, _ name: String, query: [AWSRequest.Field] = [],
    headers: [AWSRequest.Field] = [], body: ByteBuffer? = nil
  ) -> AWSRequest {
    let (origin, path) = self.origin
    return AWSRequest(
      method, origin: origin, path: "\(path)/\(AWSEncoding.encode(name, keepsSlashes: true))",
      query: query, headers: headers, body: body)
  }

  /// The place that a failure points to; nil when it is this one, or when it does not say.
  func moved(by failure: AWSFailure) -> S3Place? {
    guard failure.kind == .region, let region = failure.region, region != self.region else {
      return nil
    }
    var place = self
    place.region = region
    return place
  }
}
