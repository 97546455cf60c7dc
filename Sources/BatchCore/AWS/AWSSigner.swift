internal import Glibc

/// Signs requests with Signature Version 4.
///
/// S3 differs from the other services: it signs the path as it travels, where they encode it once
/// more, and it wants the digest of the body as a field.
///
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
package struct AWSSigner: Sendable, Equatable {
  package var service: String
  package var region: String

  package init(service: String, region: String) {
    self.service = service
    self.region = region
  }

  private var isS3: Bool { service == "s3" }

  /// The fields of a request with those of its signature, `Host` left out.
  ///
  /// - Parameter seconds: the time of the request, since 1970.
  package func signed(
    _ request: AWSRequest, with credentials: AWSCredentials, at seconds: Int
  ) -> [AWSRequest.Field] {
    let time = Self.timestamp(seconds)
    var fields = request.headers
    fields.append(AWSRequest.Field("X-Amz-Date", time))
    if isS3 || request.payload == .unsigned {
      fields.append(AWSRequest.Field("X-Amz-Content-SHA256", request.payload.text))
    }
    if let token = credentials.sessionToken {
      fields.append(AWSRequest.Field("X-Amz-Security-Token", token))
    }
    let (canonical, names) = canonicalFields(fields + [AWSRequest.Field("Host", request.host)])
    let canonicalRequest = [
      request.method.rawValue, canonicalPath(request.path), request.encodedQuery, canonical, names,
      request.payload.text,
    ].joined(separator: "\n")
    let day = String(time.prefix(8))
    let scope = "\(day)/\(region)/\(service)/aws4_request"
    let text = ["AWS4-HMAC-SHA256", time, scope, AWSDigest.sha256(canonicalRequest)]
      .joined(separator: "\n")
    let signature = Hexadecimal.text(
      AWSDigest.authentication(of: text, key: key(credentials, day: day)))
    fields.append(
      AWSRequest.Field(
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), SignedHeaders=\(names), "
          + "Signature=\(signature)"))
    return fields
  }

  /// A key for one day, region and service, so that the secret itself signs nothing else.
  private func key(_ credentials: AWSCredentials, day: String) -> [UInt8] {
    [day, region, service, "aws4_request"]
      .reduce(Array("AWS4\(credentials.secretKey)".utf8)) { key, word in
        AWSDigest.authentication(of: word, key: key)
      }
  }

  private func canonicalPath(_ path: String) -> String {
    isS3 ? path : AWSEncoding.encode(path, keepsSlashes: true)
  }

  /// The fields in lower case and in order, each on a line with an end; and their names.
  private func canonicalFields(_ fields: [AWSRequest.Field]) -> (lines: String, names: String) {
    let sorted = fields.map { (name: $0.name.lowercased(), value: Self.trimmed($0.value)) }
      .sorted { $0.name < $1.name }
    return (
      sorted.map { "\($0.name):\($0.value)\n" }.joined(),
      sorted.map(\.name).joined(separator: ";")
    )
  }

  /// Without white space around it, and with one space for several.
  private static func trimmed(_ value: String) -> String {
    value.utf8.split { $0 == 0x20 || $0 == 0x09 }.map { String(Substring($0)) }
      .joined(separator: " ")
  }

  /// `20150830T123600Z`.
  static func timestamp(_ seconds: Int) -> String {
    var seconds = seconds
    var parts = unsafe tm()
    unsafe gmtime_r(&seconds, &parts)
    var text = [CChar](repeating: 0, count: 17)
    _ = unsafe strftime(&text, text.count, "%Y%m%dT%H%M%SZ", &parts)
    return String(decoding: text.prefix(16).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
