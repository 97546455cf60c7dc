import BatchCore
import Foundation
import HTTPServer
import SampleTask
import Testing

@Suite("A deployment")
struct DeploymentTests {
  private static func package(bytes: Int = 700) -> DeploymentPackage {
    DeploymentPackage(
      zip: ByteBuffer((0..<bytes).map { UInt8(truncatingIfNeeded: $0) }), unzippedBytes: bytes,
      files: 1)
  }

  private let settings = DeploymentSettings(
    bucket: BlobLocator.S3(bucket: "jobs", prefix: "team/x"), tasks: ["price", "scrape"])

  private func failure(_ body: () throws -> Void) throws -> String {
    do {
      try body()
    } catch {
      let sentence = "\(error)"
      for secret in [ScriptedAWS.secretKey, "Signature="] { #expect(!sentence.contains(secret)) }
      return sentence
    }
    Issue.record("nothing failed")
    return ""
  }

  private static let roleAndLog = [
    "GetCallerIdentity", "CreateRole", "PutRolePolicy", "CreateLogGroup", "PutRetentionPolicy",
  ]

  @Test("makes role, policy, log group and function, and waits for the function")
  func first() throws {
    let aws = ScriptedAWS()
    aws.world.withLock {
      $0.unknownRoleAnswers = 2
      $0.states = [#""State":"Pending""#, #""State":"Active","LastUpdateStatus":"InProgress""#]
    }
    let said = Guarded<[String]>([])
    try aws.deployment { line in said.withLock { $0.append(line) } }
      .deploy(settings, Self.package())
    let look = "GetFunctionConfiguration"
    #expect(
      aws.world.value.actions == ["ListObjectsV2", look] + Self.roleAndLog
        + ["CreateFunction", "CreateFunction", "CreateFunction", look, look, look])
    #expect(said.value.map { $0.split(separator: ":").first ?? "" }.count == 3)
    #expect(
      said.value.contains { $0 == "role batchrun-eu-central-1-worker: made" }, "\(said.value)")
  }

  @Test("asks for a function with its code, and a role that may use its prefix and log only")
  func shapes() throws {
    let aws = ScriptedAWS()
    try aws.deployment().deploy(settings, Self.package())
    let bodies = aws.world.value.bodies
    let text = try #require(bodies["CreateFunction"])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let words = [
      "FunctionName": "batchrun", "Runtime": "provided.al2023", "Handler": "bootstrap",
      "PackageType": "Zip", "Role": "arn:aws:iam::123456789012:role/batchrun-eu-central-1-worker",
    ]
    for (name, value) in words { #expect(object[name] as? String == value) }
    #expect(object["MemorySize"] as? Int == 1769)
    #expect(object["Timeout"] as? Int == 900)
    #expect((object["EphemeralStorage"] as? [String: Int]) == ["Size": 512])
    #expect(object["Architectures"] as? [String] == ["x86_64"])
    let code = try #require((object["Code"] as? [String: String])?["ZipFile"])
    #expect(Data(base64Encoded: code)?.count == 700)
    let policy = try #require(
      bodies["PutRolePolicy"]?.removingPercentEncoding.flatMap { form in
        form.firstRange(of: "PolicyDocument=").map { String(form[$0.upperBound...]) }
      })
    #expect(
      policy
        == #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","#
        + #""s3:PutObject","s3:DeleteObject","s3:AbortMultipartUpload"],"Resource":"#
        + #""arn:aws:s3:::jobs/team/x/*"},{"Effect":"Allow","Action":["s3:ListBucket"],"Resource":"#
        + #""arn:aws:s3:::jobs","Condition":{"StringLikeIfExists":{"s3:prefix":"team/x/*"}}},"#
        + #"{"Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":"#
        + #""arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/batchrun:*"}]}"#)
  }

  @Test("changes what is there, code and settings one after the other")
  func update() throws {
    let aws = ScriptedAWS()
    try aws.deployment().deploy(settings, Self.package())
    aws.world.withLock { $0.actions = [] }
    try aws.deployment().deploy(settings, Self.package())
    let look = "GetFunctionConfiguration"
    #expect(
      aws.world.value.actions == ["ListObjectsV2", look] + Self.roleAndLog + [
        look, "UpdateFunctionCode", look, "UpdateFunctionConfiguration", look,
      ])
  }

  @Test("sends a package that is too large for a call through the bucket, and removes it then")
  func large() throws {
    let aws = ScriptedAWS()
    try aws.deployment(bytesInCall: 100).deploy(settings, Self.package())
    let world = aws.world.value
    let code = try #require(world.bodies["CreateFunction"])
    #expect(code.contains(#""S3Bucket":"jobs","S3Key":"team/x/programs/"#))
    #expect(world.actions.firstIndex(of: "PutObject") == 7)
    #expect(world.actions.last == "DeleteObjects")
  }

  @Test("neither changes nor removes a function that others made")
  func foreign() throws {
    let aws = ScriptedAWS()
    aws.world.withLock { $0.function = "Sends the invoices" }
    let sentence = try failure { try aws.deployment().deploy(settings, Self.package()) }
    #expect(sentence.contains("that batchrun did not make; choose another name with --function"))
    #expect(try failure { _ = try aws.deployment().destroy() } == sentence)
    let asked = Set(aws.world.value.actions)
    #expect(asked == ["ListObjectsV2", "GetFunctionConfiguration"])
  }

  @Test("shows its calls without making one")
  func rehearsal() throws {
    let aws = ScriptedAWS()
    let lines = try aws.deployment().rehearsal(settings, Self.package())
    #expect(aws.world.value.actions == [])
    let calls = lines.filter { !$0.hasPrefix(" ") }.map {
      $0.split(separator: " ").prefix(2).joined(separator: " ")
    }
    #expect(
      calls == [
        "s3 ListObjectsV2", "lambda GetFunctionConfiguration", "sts GetCallerIdentity",
        "iam CreateRole", "iam PutRolePolicy", "logs CreateLogGroup", "logs PutRetentionPolicy",
        "lambda CreateFunction", "lambda UpdateFunctionCode", "lambda UpdateFunctionConfiguration",
        "lambda GetFunctionConfiguration",
      ])
    #expect(lines.contains("    Code={\"ZipFile\":\"<700 B in Base64>\"}"), "\(lines)")
    #expect(!lines.joined().contains(ScriptedAWS.secretKey))
  }

  struct Trouble: Sendable, CustomTestStringConvertible {
    var action: String
    var answer: TestAnswer
    var words: String
    var testDescription: String { words }
  }

  @Test(
    "that is refused ends as a sentence",
    arguments: [
      Trouble(
        action: "GetCallerIdentity", answer: ScriptedAWS.iamError(403, "InvalidClientTokenId"),
        words: "does not know the access key from the environment"),
      Trouble(
        action: "CreateRole", answer: ScriptedAWS.iamError(403, "AccessDenied"),
        words: "cannot make the role batchrun-eu-central-1-worker: "),
      Trouble(
        action: "CreateFunction",
        answer: ScriptedAWS.lambdaError(
          400, "InvalidParameterValueException", "Unzipped size must be smaller"),
        words: "(InvalidParameterValueException: Unzipped size must be smaller)"),
      Trouble(
        action: "ListObjectsV2", answer: ScriptedAWS.iamError(404, "NoSuchBucket"),
        words: "knows no bucket of that name; make it first"),
      Trouble(
        action: "GetFunctionConfiguration",
        answer: .page(
          #"{"Description":"Runs batches of batchrun","State":"Failed","StateReason":"no image"}"#,
          headers: []), words: "cannot be used: no image; remove it with"),
    ])
  func troubles(_ trouble: Trouble) throws {
    let aws = ScriptedAWS()
    aws.world.withLock { $0.troubles[trouble.action] = trouble.answer }
    let sentence = try failure { try aws.deployment().deploy(settings, Self.package()) }
    #expect(sentence.contains(trouble.words), "\(sentence)")
  }

  @Test("is removed completely, function first; a second time there is nothing")
  func destroy() throws {
    let aws = ScriptedAWS()
    try aws.deployment().deploy(settings, Self.package())
    aws.world.withLock { $0.actions = [] }
    #expect(try aws.deployment().destroy())
    #expect(
      aws.world.value.actions == [
        "GetFunctionConfiguration", "DeleteFunction", "DeleteRolePolicy", "DeleteRole",
        "DeleteLogGroup",
      ])
    let left = aws.world.value
    #expect(!left.hasRole && !left.hasLog && left.function == nil)
    #expect(try !aws.deployment().destroy())
  }

  @Test("refuses names that functions cannot have", arguments: ["", "a b", "ä", "arn:aws:lambda"])
  func names(name: String) throws {
    let aws = ScriptedAWS()
    #expect(
      try failure { _ = try aws.deployment(function: name) }.contains("no name of a function"))
  }

  @Test("has role names that IAM takes, also for the longest function")
  func roleNames() throws {
    let aws = ScriptedAWS()
    let long = String(repeating: "f", count: 64)
    let lines = try aws.deployment(function: long).rehearsal(settings, Self.package())
    let role = try #require(lines.first { $0.hasPrefix("    RoleName=") }?.dropFirst(13))
    #expect(role.utf8.count == 64)
  }
}
