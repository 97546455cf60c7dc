internal import FoundationEssentials

/// One call to a service, as a value that can be shown before it is made.
package struct DeploymentCall: Sendable {
  enum Service: String, Sendable, CaseIterable {
    case sts
    case iam
    case lambda
    case logs
    case s3

    /// The word in the variable that names its endpoint.
    var variable: String { self == .logs ? "CLOUDWATCH_LOGS" : rawValue.uppercased() }
  }

  enum Body: Sendable {
    case none
    /// For services that take forms and answer in XML.
    case form([AWSRequest.Field])
    case json(JSONValue)
  }

  let service: Service
  /// As the service's documentation names it.
  let action: String
  /// What it is for, as it follows "cannot".
  let purpose: String
  var method = HTTPRequest.Method.post
  var path = "/"
  var headers: [AWSRequest.Field] = []
  var body = Body.none
  /// When it is made, where that depends on what is there.
  var condition: String?
  /// What stands in the place of `contentMark`, in Base64.
  var content: ByteBuffer?
  var contentMark = ""

  init(_ service: Service, _ action: String, purpose: String) {
    self.service = service
    self.action = action
    self.purpose = purpose
  }

  // MARK: - As it is sent

  func request(origin: String) -> AWSRequest {
    var fields = headers
    let bytes: ByteBuffer?
    switch body {
    case .none: bytes = nil
    case .form(let form):
      fields.append(.init("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"))
      bytes = ByteBuffer(
        Array(
          form.map { "\(AWSEncoding.encode($0.name))=\(AWSEncoding.encode($0.value))" }
            .joined(separator: "&").utf8))
    case .json(let document):
      if !fields.contains(where: { $0.name == "Content-Type" }) {
        fields.append(.init("Content-Type", "application/json"))
      }
      bytes = encoded(document.text)
    }
    var request = AWSRequest(
      method, origin: origin, path: path, headers: fields, body: bytes)
    // A slow line gets its time: a megabyte in ten seconds.
    request.limits.totalSeconds = 60 + Double(bytes?.count ?? 0) / 1e5
    request.limits.stallSeconds = 60
    return request
  }

  private func encoded(_ text: String) -> ByteBuffer {
    let result = ByteBuffer()
    guard let content, let mark = text.firstRange(of: contentMark) else {
      result.append(text)
      return result
    }
    result.append(String(text[..<mark.lowerBound]))
    // Pieces of a multiple of three bytes end without padding.
    let pieceBytes = 3 << 18
    var place = 0
    while place < content.count {
      let end = min(place + pieceBytes, content.count)
      let piece = unsafe content.withBytes { unsafe Data($0[place..<end]) }
      result.append(Array(piece.base64EncodedData()))
      place = end
    }
    result.append(String(text[mark.upperBound...]))
    return result
  }

  // MARK: - As it is shown

  /// The call in lines for a person: service, method, address and parameters.
  package func lines(origin: String) -> [String] {
    let when = condition.map { "   (\($0))" } ?? ""
    var lines = ["\(service.rawValue) \(action)   \(method.rawValue) \(origin)\(path)\(when)"]
    switch body {
    case .none: break
    case .form(let form):
      lines += form.dropFirst(2).map { "    \($0.name)=\($0.value)" }
    case .json(.object(let fields)):
      lines += fields.map { "    \($0.name)=\($0.value.text)" }
    case .json(let other): lines.append("    \(other.text)")
    }
    return lines
  }
}
