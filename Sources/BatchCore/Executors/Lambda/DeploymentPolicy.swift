/// What the role of a function may do, and who may take it: as little as a worker needs.
struct DeploymentPolicy: Sendable {
  let names: DeploymentNames
  let bucket: BlobLocator.S3
  let account: AWSAccount

  /// Only functions take the role.
  static let trust = document([
    .init("Effect", .string("Allow")),
    .init("Principal", .object([.init("Service", .string("lambda.amazonaws.com"))])),
    .init("Action", .string("sts:AssumeRole")),
  ])

  /// The objects below the prefix, and the function's own log.
  var permissions: JSONValue { Self.document(objects, list, log) }

  private static func document(_ statements: [JSONValue.Field]...) -> JSONValue {
    .object([
      .init("Version", .string("2012-10-17")),
      .init("Statement", .array(statements.map { .object($0) })),
    ])
  }

  private static func allow(
    _ actions: [String], _ resource: String
  ) -> [JSONValue.Field] {
    [
      .init("Effect", .string("Allow")), .init("Action", .array(actions.map { .string($0) })),
      .init("Resource", .string(resource)),
    ]
  }

  private var bucketName: String { "arn:\(account.partition):s3:::\(bucket.bucket)" }

  private var objects: [JSONValue.Field] {
    let prefix = bucket.prefix.isEmpty ? "" : "/\(bucket.prefix)"
    return Self.allow(
      ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
      "\(bucketName)\(prefix)/*")
  }

  /// Without this S3 answers "denied" for an object that is not there; that question has no prefix, and
  /// so it is only a prefix which is given that must be ours.
  private var list: [JSONValue.Field] {
    let statement = Self.allow(["s3:ListBucket"], bucketName)
    guard !bucket.prefix.isEmpty else { return statement }
    let condition = JSONValue.object([.init("s3:prefix", .string("\(bucket.prefix)/*"))])
    return statement + [
      .init("Condition", .object([.init("StringLikeIfExists", condition)]))
    ]
  }

  private var log: [JSONValue.Field] {
    Self.allow(
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      "arn:\(account.partition):logs:\(names.region):\(account.id):log-group:\(names.logGroup):*")
  }
}
