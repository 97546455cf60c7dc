import BatchCore
import Foundation
import HTTPServer
import SampleTask

/// The services of a deployment as a test tells it: what is there, and what goes wrong.
///
/// The answers have the shapes of the services' references; their errors are those that AWS gives.
final class ScriptedAWS: Sendable {
  struct World: Sendable {
    var hasRole = false
    var hasLog = false
    /// The description of the function; nil when there is none.
    var function: String?
    /// How often a new role is not yet known to Lambda.
    var unknownRoleAnswers = 0
    /// What a function's state is, one look after the other; then it is ready.
    var states: [String] = []
    /// Answers in the place of the ordinary one, by action.
    var troubles: [String: TestAnswer] = [:]
    var actions: [String] = []
    var bodies: [String: String] = [:]
  }

  let world: Guarded<World>
  private let server: TestServer

  init(_ world: World = World()) {
    let world = Guarded(world)
    self.world = world
    server = TestServer { request in
      world.withLock { Self.answer(request, &$0) }
    }
  }

  deinit { server.stop() }

  static let secretKey = "a-very-secret-key"

  var environment: AWSEnvironment {
    AWSEnvironment([
      "AWS_ACCESS_KEY_ID": "AKIASCRIPTED", "AWS_SECRET_ACCESS_KEY": Self.secretKey,
      "AWS_REGION": "eu-central-1", "AWS_ENDPOINT_URL": server.origin, "no_proxy": "*",
    ])
  }

  func deployment(
    function: String = "batchrun", bytesInCall: Int = 1000,
    said: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> Deployment {
    var limits = Deployment.Limits()
    limits.bytesInCall = bytesInCall
    limits.pauseSeconds = 0.001
    limits.roleSeconds = 5
    let client = AWSClient(
      http: HTTPClient(settings: environment.httpSettings),
      credentials: AWSCredentialProvider(environment: environment),
      backoff: AWSBackoff(attempts: 2, baseSeconds: 0.001))
    return try Deployment(
      function: function, environment: environment, client: client, limits: limits
    ) { said("\($0) \($1)") }
  }

  // MARK: - Answers

  private static func answer(_ request: TestRequest, _ world: inout World) -> TestAnswer {
    let body = String(decoding: request.body, as: UTF8.self)
    let action = action(request, body)
    world.actions.append(action)
    world.bodies[action] = body
    if let trouble = world.troubles[action] { return trouble }
    return switch action {
    case "GetCallerIdentity", "CreateRole", "PutRolePolicy", "DeleteRolePolicy", "DeleteRole":
      role(action, &world)
    case "CreateLogGroup", "PutRetentionPolicy", "DeleteLogGroup": log(action, &world)
    case "ListObjectsV2":
      xml("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>")
    case "PutObject": .status(200, headers: ["ETag: \"x\""])
    case "DeleteObjects": xml("<DeleteResult></DeleteResult>")
    default: lambda(action, &world)
    }
  }

  private static func action(_ request: TestRequest, _ body: String) -> String {
    if let target = request.headers["x-amz-target"] {
      return String(target.split(separator: ".").last ?? "")
    }
    if body.hasPrefix("Action=") { return String(body.dropFirst(7).prefix { $0 != "&" }) }
    let place = request.path.prefix { $0 != "?" }
    if place.hasPrefix("/2015-03-31/functions") {
      let rest = place.dropFirst("/2015-03-31/functions".count)
      return switch (request.method, rest.split(separator: "/").last) {
      case ("POST", nil): "CreateFunction"
      case ("GET", "configuration"): "GetFunctionConfiguration"
      case ("PUT", "configuration"): "UpdateFunctionConfiguration"
      case ("PUT", "code"): "UpdateFunctionCode"
      case ("DELETE", _): "DeleteFunction"
      default: "\(request.method) \(request.path)"
      }
    }
    return switch request.method {
    case "GET": "ListObjectsV2"
    case "POST": "DeleteObjects"
    default: "PutObject"
    }
  }

  private static func xml(_ body: String, status: Int = 200) -> TestAnswer {
    .page(body, status: status, headers: ["Content-Type: text/xml"])
  }

  private static func json(_ body: String, status: Int = 200) -> TestAnswer {
    .page(body, status: status, headers: ["Content-Type: application/json"])
  }

  static func iamError(
    _ status: Int, _ code: String, _ message: String = "A message."
  ) -> TestAnswer {
    xml(
      "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type>"
        + "<Code>\(code)</Code><Message>\(message)</Message></Error></ErrorResponse>",
      status: status)
  }

  static func lambdaError(_ status: Int, _ code: String, _ message: String) -> TestAnswer {
    .page(
      "{\"Type\":\"User\",\"message\":\"\(message)\"}", status: status,
      headers: ["Content-Type: application/json", "x-amzn-ErrorType: \(code)"])
  }

  private static func role(_ action: String, _ world: inout World) -> TestAnswer {
    switch action {
    case "GetCallerIdentity":
      return xml(
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/a"
          + "</Arn><UserId>X</UserId><Account>123456789012</Account></GetCallerIdentityResult>"
          + "</GetCallerIdentityResponse>")
    case "CreateRole":
      guard !world.hasRole else { return iamError(409, "EntityAlreadyExists") }
      world.hasRole = true
    case "DeleteRole":
      guard world.hasRole else { return iamError(404, "NoSuchEntity") }
      world.hasRole = false
    default:
      guard world.hasRole else { return iamError(404, "NoSuchEntity") }
    }
    return xml("<\(action)Response></\(action)Response>")
  }

  private static func log(_ action: String, _ world: inout World) -> TestAnswer {
    func error(_ code: String) -> TestAnswer {
      .page(
        "{\"__type\":\"\(code)\",\"message\":\"A message.\"}", status: 400,
        headers: ["Content-Type: application/x-amz-json-1.1"])
    }
    switch action {
    case "CreateLogGroup":
      guard !world.hasLog else { return error("ResourceAlreadyExistsException") }
      world.hasLog = true
    case "DeleteLogGroup":
      guard world.hasLog else { return error("ResourceNotFoundException") }
      world.hasLog = false
    default: break
    }
    return .status(200)
  }

  private static func lambda(_ action: String, _ world: inout World) -> TestAnswer {
    guard action == "CreateFunction" || world.function != nil else {
      return lambdaError(404, "ResourceNotFoundException", "Function not found: x")
    }
    switch action {
    case "CreateFunction":
      guard world.unknownRoleAnswers == 0 else {
        world.unknownRoleAnswers -= 1
        return lambdaError(
          400, "InvalidParameterValueException",
          "The role defined for the function cannot be assumed by Lambda.")
      }
      world.function = "Runs batches of batchrun"
      return json("{\"State\":\"Pending\"}", status: 201)
    case "DeleteFunction":
      world.function = nil
      return .status(204)
    case "GetFunctionConfiguration":
      let state = world.states.isEmpty ? "\"State\":\"Active\"" : world.states.removeFirst()
      return json("{\"Description\":\"\(world.function ?? "")\",\(state)}")
    default: return json("{}")
    }
  }
}
