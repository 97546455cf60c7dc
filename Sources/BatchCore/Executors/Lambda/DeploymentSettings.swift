/// What a function is to be like.
package struct DeploymentSettings: Sendable, Equatable {
  package var function: String
  /// Where its batches and results are; the function may use nothing else.
  package var bucket: BlobLocator.S3
  package var memoryMegabytes: Int
  package var timeLimitSeconds: Int
  /// The room of a worker for files, `/tmp`.
  package var temporaryMegabytes: Int
  /// The tasks that its program has, for people to read.
  package var tasks: [String]

  /// As much memory as goes with one whole processor.
  ///
  /// https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
  package static let usualMemoryMegabytes = 1769
  package static let memoryRange = 128...10_240
  /// What the service gives for nothing.
  package static let usualTemporaryMegabytes = 512
  package static let temporaryRange = 512...10_240
  /// The service allows no more.
  package static let timeLimitRange = 1...900

  package init(
    function: String = LambdaSettings.usualFunction, bucket: BlobLocator.S3,
    memoryMegabytes: Int = usualMemoryMegabytes, timeLimitSeconds: Int = 900,
    temporaryMegabytes: Int = usualTemporaryMegabytes, tasks: [String] = []
  ) {
    self.function = function
    self.bucket = bucket
    self.memoryMegabytes = memoryMegabytes
    self.timeLimitSeconds = timeLimitSeconds
    self.temporaryMegabytes = temporaryMegabytes
    self.tasks = tasks
  }

  /// Whether the service takes a name for a function.
  package static func isFunctionName(_ name: String) -> Bool {
    1...64 ~= name.utf8.count
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}

/// What belongs to a function: its role and its log.
struct DeploymentNames: Sendable, Equatable {
  let function: String
  let region: String

  /// Roles are of the whole account, so that one of each region is needed.
  var role: String {
    let name = "\(function)-\(region)-worker"
    guard name.utf8.count > 64 else { return name }
    return "\(name.prefix(47))-\(AWSDigest.sha256(name).prefix(16))"
  }

  /// Of the one policy of the role.
  let policy = "batchrun"

  /// As the service names it.
  var logGroup: String { "/aws/lambda/\(function)" }
}

/// Whose account it is, for the names of its resources.
struct AWSAccount: Sendable, Equatable {
  var id: String
  /// `aws`, or another for regions that are a world of their own.
  var partition = "aws"

  init(id: String, partition: String = "aws") {
    self.id = id
    self.partition = partition
  }

  /// - Parameter identity: the answer to `GetCallerIdentity`; nil when it is none.
  init?(identity: AWSAnswer) {
    guard let tree = XMLTree(identity.body),
      let result = tree.children("GetCallerIdentityResult").first,
      let account = result["Account"], let arn = result["Arn"]
    else { return nil }
    let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count >= 6, parts[0] == "arn" else { return nil }
    self.init(id: account, partition: String(parts[1]))
  }

  func role(_ name: String) -> String { "arn:\(partition):iam::\(id):role/\(name)" }
}
