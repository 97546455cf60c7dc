import BatchCore
import Foundation
import Testing

@Suite("Signatures")
struct AWSSignerTests {
  /// A request that botocore has signed; see `tools/golden-signatures.py`.
  struct Golden: Decodable, CustomTestStringConvertible {
    var name: String
    var service: String
    var region: String
    var method: String
    var origin: String
    var path: String
    var query: [[String]]
    var headers: [[String]]
    var body: String
    var token: String?
    var seconds: Int
    var unsigned: Bool
    /// The headers that botocore adds, by name in lower case.
    var signed: [String: String]

    var testDescription: String { name }

    var request: AWSRequest? {
      HTTPRequest.Method(rawValue: method).map { method in
        AWSRequest(
          method, origin: origin, path: path, query: query.map { .init($0[0], $0[1]) },
          headers: headers.map { .init($0[0], $0[1]) }, body: ByteBuffer(Array(body.utf8)),
          payload: unsigned ? .unsigned : nil)
      }
    }
  }

  static let golden: [Golden] = {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "golden-signatures.jsonl")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").dropFirst()
      .compactMap { try? JSONDecoder().decode(Golden.self, from: Data($0.utf8)) }
  }()

  @Test("are those of botocore", arguments: golden)
  func likeBotocore(_ golden: Golden) throws {
    let credentials = AWSCredentials(
      accessKey: "AKIDEXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
      sessionToken: golden.token, source: "a test")
    let request = try #require(golden.request)
    let fields = AWSSigner(service: golden.service, region: golden.region)
      .signed(request, with: credentials, at: golden.seconds)
    let own = fields.dropFirst(golden.headers.count)
    #expect(
      Dictionary(uniqueKeysWithValues: own.map { ($0.name.lowercased(), $0.value) })
        == golden.signed)
  }

  @Test("are compared in every case of the table")
  func complete() { #expect(Self.golden.count == 187) }

  @Test("are those that AWS has published")
  func published() throws {
    // docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
    let request = AWSRequest(
      .get, origin: "https://examplebucket.s3.amazonaws.com", path: "/test.txt",
      headers: [.init("Range", "bytes=0-9")])
    let credentials = AWSCredentials(
      accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      source: "a page")
    let fields = AWSSigner(service: "s3", region: "us-east-1")
      .signed(request, with: credentials, at: 1_369_353_600)
    #expect(
      fields.last?.value
        == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
        + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
  }

  @Test("are made with keys that are never printed")
  func secret() {
    let credentials = AWSCredentials(
      accessKey: "AKIAX", secretKey: "very-secret", sessionToken: "tok-en", source: "a test")
    var dumped = ""
    dump(credentials, to: &dumped)
    let texts = ["\(credentials)", String(reflecting: credentials), dumped, "\([credentials])"]
    for text in texts {
      #expect(text.contains("a test"))
      #expect(!text.contains("secret") && !text.contains("tok-en") && !text.contains("AKIAX"))
    }
  }
}
