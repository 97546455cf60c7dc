internal import FoundationEssentials

/// What a service answered, and the error in it, if it is one.
package struct AWSAnswer: Sendable {
  package let head: HTTPHead
  /// Empty where a sink took the body.
  package let body: ByteBuffer

  package init(head: HTTPHead, body: ByteBuffer) {
    self.head = head
    self.body = body
  }

  package var status: Int { head.status }

  /// The parts of an error that a service tells of, as XML or as JSON; empty where it does not.
  package struct Fault: Sendable, Equatable {
    package var code = ""
    package var message = ""
    package var region: String?
  }

  /// What the answer complains about.
  package var fault: Fault {
    var fault = Self.fault(xml: body) ?? Self.fault(json: body) ?? Fault()
    // `TooManyRequestsException:http://internal.amazon.com/…`
    if let type = head.value(of: "x-amzn-errortype") {
      fault.code = String(type.prefix { $0 != ":" })
    }
    if let region = head.value(of: "x-amz-bucket-region"), !region.isEmpty {
      fault.region = region
    }
    return fault
  }

  /// Whether the body is an error in spite of the status: some work begins to answer before it fails.
  var isHiddenFault: Bool { status == 200 && Self.fault(xml: body) != nil }

  private static func fault(xml body: ByteBuffer) -> Fault? {
    guard body.count < 1 << 20, let tree = XMLTree(body) else { return nil }
    let error = tree.name == "Error" ? tree : tree.children("Error").first
    guard tree.name == "Error" || tree.name == "ErrorResponse", let error else { return nil }
    return Fault(
      code: error["Code"] ?? "", message: error["Message"] ?? "",
      region: error["Region"].flatMap { $0.isEmpty ? nil : $0 })
  }

  private struct JSONFault: Decodable {
    var type: String?
    var code: String?
    var message: String?
    var capitalMessage: String?

    enum CodingKeys: String, CodingKey {
      case type = "__type"
      case code
      case message
      case capitalMessage = "Message"
    }
  }

  private static func fault(json body: ByteBuffer) -> Fault? {
    let first = unsafe body.withBytes { unsafe $0.first }
    guard first == UInt8(ascii: "{"), body.count < 1 << 20 else { return nil }
    let data = unsafe body.withBytes { unsafe Data($0) }
    guard let fault = try? JSONDecoder().decode(JSONFault.self, from: data) else { return nil }
    let code = fault.type ?? fault.code ?? ""
    return Fault(
      code: String(code.split(separator: "#").last ?? ""),
      message: fault.message ?? fault.capitalMessage ?? "")
  }
}
