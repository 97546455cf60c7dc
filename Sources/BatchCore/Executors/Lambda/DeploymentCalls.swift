/// The calls that make, change and remove what belongs to a function.
///
/// Their shapes are those of the reference of each service: docs.aws.amazon.com/lambda/latest/api,
/// /IAM/latest/APIReference, /STS/latest/APIReference, /AmazonCloudWatchLogs/latest/APIReference.
struct DeploymentCalls: Sendable {
  let names: DeploymentNames

  // MARK: - Account and role

  var identity: DeploymentCall {
    form(.sts, "GetCallerIdentity", "2011-06-15", [], "see whose account it is")
  }

  private func iam(
    _ action: String, _ fields: [AWSRequest.Field], _ purpose: String
  ) -> DeploymentCall {
    let role = AWSRequest.Field("RoleName", names.role)
    return form(.iam, action, "2010-05-08", [role] + fields, "\(purpose) \(names.role)")
  }

  private func form(
    _ service: DeploymentCall.Service, _ action: String, _ version: String,
    _ fields: [AWSRequest.Field], _ purpose: String
  ) -> DeploymentCall {
    var call = DeploymentCall(service, action, purpose: purpose)
    call.body = .form([.init("Action", action), .init("Version", version)] + fields)
    return call
  }

  var createRole: DeploymentCall {
    var call = iam(
      "CreateRole",
      [
        .init("AssumeRolePolicyDocument", DeploymentPolicy.trust.text),
        .init("Description", "What the function \(names.function) of batchrun may do"),
      ], "make the role")
    call.condition = "if it is not there"
    return call
  }

  func putRolePolicy(_ policy: DeploymentPolicy) -> DeploymentCall {
    iam(
      "PutRolePolicy",
      [
        .init("PolicyName", names.policy), .init("PolicyDocument", policy.permissions.text),
      ], "write the policy of the role")
  }

  var deleteRolePolicy: DeploymentCall {
    iam(
      "DeleteRolePolicy", [.init("PolicyName", names.policy)], "remove the policy of the role")
  }

  var deleteRole: DeploymentCall { iam("DeleteRole", [], "remove the role") }

  // MARK: - Log

  /// How long the service keeps what workers wrote to their standard error.
  static let retentionDays = 14

  private func logs(
    _ action: String, _ fields: [JSONValue.Field], _ purpose: String
  ) -> DeploymentCall {
    var call = DeploymentCall(.logs, action, purpose: "\(purpose) \(names.logGroup)")
    call.headers = [
      .init("X-Amz-Target", "Logs_20140328.\(action)"),
      .init("Content-Type", "application/x-amz-json-1.1"),
    ]
    call.body = .json(.object([.init("logGroupName", .string(names.logGroup))] + fields))
    return call
  }

  var createLogGroup: DeploymentCall {
    var call = logs("CreateLogGroup", [], "make the log group")
    call.condition = "if it is not there"
    return call
  }

  var putRetentionPolicy: DeploymentCall {
    logs(
      "PutRetentionPolicy", [.init("retentionInDays", .integer(Self.retentionDays))],
      "limit the age of the log group")
  }

  var deleteLogGroup: DeploymentCall { logs("DeleteLogGroup", [], "remove the log group") }

  // MARK: - Function

  private func lambda(
    _ action: String, _ method: HTTPRequest.Method, _ rest: String, _ purpose: String,
    _ fields: [JSONValue.Field]? = nil
  ) -> DeploymentCall {
    var call = DeploymentCall(.lambda, action, purpose: "\(purpose) \(names.function)")
    call.method = method
    call.path = "/2015-03-31/functions\(rest)"
    if let fields { call.body = .json(.object(fields)) }
    return call
  }

  private var place: String { "/\(AWSEncoding.encode(names.function))" }

  var getFunction: DeploymentCall {
    lambda("GetFunctionConfiguration", .get, "\(place)/configuration", "look at the function")
  }

  func createFunction(
    _ settings: DeploymentSettings, role: String, code: DeploymentCode
  ) -> DeploymentCall {
    var call = lambda(
      "CreateFunction", .post, "", "make the function",
      [.init("FunctionName", .string(names.function))] + configuration(settings, role: role) + [
        .init("PackageType", .string("Zip")), Self.architectures,
        .init("Code", .object(code.fields)),
      ])
    code.fill(&call)
    call.condition = "if it is not there"
    return call
  }

  func updateCode(_ code: DeploymentCode) -> DeploymentCall {
    var call = lambda(
      "UpdateFunctionCode", .put, "\(place)/code", "replace the code of the function",
      code.fields + [Self.architectures])
    code.fill(&call)
    call.condition = "if the function is there"
    return call
  }

  func updateConfiguration(_ settings: DeploymentSettings, role: String) -> DeploymentCall {
    var call = lambda(
      "UpdateFunctionConfiguration", .put, "\(place)/configuration",
      "change the settings of the function", configuration(settings, role: role))
    call.condition = "if the function is there"
    return call
  }

  var deleteFunction: DeploymentCall {
    lambda("DeleteFunction", .delete, place, "remove the function")
  }

  private static let architectures = JSONValue.Field(
    "Architectures", .array([.string("x86_64")]))

  private func configuration(
    _ settings: DeploymentSettings, role: String
  ) -> [JSONValue.Field] {
    [
      .init("Description", .string(Self.description(settings))), .init("Role", .string(role)),
      .init("Runtime", .string("provided.al2023")),
      // The program is its own handler; the service wants a word all the same.
      .init("Handler", .string("bootstrap")),
      .init("MemorySize", .integer(settings.memoryMegabytes)),
      .init("Timeout", .integer(settings.timeLimitSeconds)),
      .init(
        "EphemeralStorage",
        .object([.init("Size", .integer(settings.temporaryMegabytes))])),
    ]
  }

  // MARK: - Whose function it is

  /// By which functions that others made are told from ours.
  private static let mark = "Runs batches of batchrun"

  private static func description(_ settings: DeploymentSettings) -> String {
    let tasks = settings.tasks.isEmpty ? "" : ": " + settings.tasks.joined(separator: ", ")
    return "\(mark) \(ProgramVersion.current)\(tasks)"
  }

  static func isOurs(description: String?) -> Bool { description?.hasPrefix(mark) == true }
}

/// How the code of a function reaches the service.
struct DeploymentCode: Sendable {
  let fields: [JSONValue.Field]
  private let content: ByteBuffer?
  private let mark: String

  /// Within the call.
  init(zip: ByteBuffer) {
    let mark = "<\(Quantity.bytes(zip.count)) in Base64>"
    content = zip
    fields = [.init("ZipFile", .string(mark))]
    self.mark = mark
  }

  /// Out of a bucket.
  ///
  /// - Parameter name: the whole name of the object.
  init(bucket: String, name: String) {
    content = nil
    mark = ""
    fields = [.init("S3Bucket", .string(bucket)), .init("S3Key", .string(name))]
  }

  func fill(_ call: inout DeploymentCall) {
    call.content = content
    call.contentMark = mark
  }
}
