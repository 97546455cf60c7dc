/// Makes, changes and removes a function with its role and its log group.
package struct Deployment: Sendable {
  /// What a service takes at once, and how long things may take that it does by and by.
  package struct Limits: Sendable {
    /// Larger packages go through the bucket; the service takes up to 50 MB within a call.
    package var bytesInCall = 50_000_000
    /// Until a new role is known everywhere, in seconds.
    package var roleSeconds = 90.0
    /// Until a function is ready, in seconds.
    package var functionSeconds = 300.0
    /// Between looks, in seconds.
    package var pauseSeconds = 1.5

    package init() {}
  }

  let services: DeploymentServices
  let names: DeploymentNames
  let environment: AWSEnvironment
  private let limits: Limits
  /// Called with a line for each thing that was done: what, and a phrase about it.
  let report: @Sendable (_ thing: String, _ phrase: String) throws -> Void

  var calls: DeploymentCalls { DeploymentCalls(names: names) }

  /// - Throws: `TaskError` when the environment does not say where.
  package init(
    function: String, environment: AWSEnvironment = AWSEnvironment(), client: AWSClient? = nil,
    limits: Limits = Limits(), report: @escaping @Sendable (String, String) throws -> Void
  ) throws(TaskError) {
    guard DeploymentSettings.isFunctionName(function) else {
      throw TaskError(
        .usage,
        "'\(function)' is no name of a function: up to 64 letters, digits, hyphens and underscores")
    }
    do throws(AWSFailure) {
      services = try DeploymentServices(environment: environment, client: client)
    } catch {
      throw TaskError(.cannotRun, error.message)
    }
    names = DeploymentNames(function: function, region: services.region)
    self.environment = environment
    self.limits = limits
    self.report = report
  }

  // MARK: - Making

  /// Makes the function, or brings one that is there to this state.
  ///
  /// - Throws: `TaskError` when a service refuses; what was done stays, and the same again goes on.
  package func deploy(_ settings: DeploymentSettings, _ package: DeploymentPackage) throws {
    let store = try bucket(settings)
    let existing = try state()
    try refuseForeign(existing)
    let account = try account()
    let policy = DeploymentPolicy(names: names, bucket: settings.bucket, account: account)
    let isNewRole = try make(calls.createRole, unless: "EntityAlreadyExists")
    _ = try send(calls.putRolePolicy(policy))
    try report("role", "\(names.role): \(isNewRole ? "made" : "brought up to date")")
    let isNewLog = try make(calls.createLogGroup, unless: "ResourceAlreadyExistsException")
    _ = try send(calls.putRetentionPolicy)
    try report(
      "log group",
      "\(names.logGroup): \(isNewLog ? "made" : "there"), keeps "
        + Quantity.count(DeploymentCalls.retentionDays, "day"))
    let role = account.role(names.role)
    try withCode(package, in: store) { code in
      if existing == nil {
        try sendOnceRoleIsKnown(calls.createFunction(settings, role: role, code: code))
        try waitUntilReady()
      } else {
        try waitUntilReady()
        _ = try send(calls.updateCode(code))
        try waitUntilReady()
        try sendOnceRoleIsKnown(calls.updateConfiguration(settings, role: role))
        try waitUntilReady()
      }
    }
    try report(
      "function",
      "\(names.function): \(existing == nil ? "made" : "brought up to date"), "
        + "\(Quantity.bytes(package.zip.count)) of code, \(settings.memoryMegabytes) MB of memory, "
        + "\(Quantity.seconds(Double(settings.timeLimitSeconds))) at most")
  }

  /// The calls that `deploy` would make, without making one.
  package func rehearsal(
    _ settings: DeploymentSettings, _ package: DeploymentPackage
  ) throws -> [String] {
    let account = AWSAccount(id: "ACCOUNT")
    let policy = DeploymentPolicy(names: names, bucket: settings.bucket, account: account)
    let role = account.role(names.role)
    let store = try openBucket(settings)
    let upload = uploadKey(package).map { store.name($0) }
    let code =
      upload.map { DeploymentCode(bucket: settings.bucket.bucket, name: $0) }
      ?? DeploymentCode(zip: package.zip)
    let made = [
      calls.getFunction, calls.identity, calls.createRole, calls.putRolePolicy(policy),
      calls.createLogGroup, calls.putRetentionPolicy,
    ]
    let ready = [
      calls.createFunction(settings, role: role, code: code), calls.updateCode(code),
      calls.updateConfiguration(settings, role: role), calls.getFunction,
    ]
    var lines = [Self.line("ListObjectsV2", "GET", store, "")]
    lines += made.flatMap { $0.lines(origin: services.origin($0.service)) }
    if let upload {
      lines += [
        Self.line("PutObject", "PUT", store, upload), "    \(Quantity.bytes(package.zip.count))",
      ]
    }
    lines += ready.flatMap { $0.lines(origin: services.origin($0.service)) }
    if let upload { lines.append(Self.line("DeleteObjects", "POST", store, upload)) }
    return lines
  }

  private static func line(
    _ action: String, _ method: String, _ store: S3Store, _ name: String
  ) -> String {
    "s3 \(action)   \(method) \(store.bucket.address)\(name.isEmpty ? "" : "/" + name)"
  }

  // MARK: - The code

  /// Where a package goes that is too large for a call; nil for those that are not.
  private func uploadKey(_ package: DeploymentPackage) -> BlobKey? {
    guard package.zip.count > limits.bytesInCall else { return nil }
    return BlobKeys.program(
      version: ProgramVersion.current, digest: package.digest, file: "lambda.zip")
  }

  /// Calls `body` with the code where the service finds it; a copy in the bucket is removed after that.
  private func withCode(
    _ package: DeploymentPackage, in store: S3Store, _ body: (DeploymentCode) throws -> Void
  ) throws {
    guard let key = uploadKey(package) else {
      return try body(DeploymentCode(zip: package.zip))
    }
    do throws(BlobFailure) {
      _ = try store.put(package.zip, at: key, ifAbsent: false)
    } catch {
      throw TaskError(.cannotRun, "--bucket: \(error.message)")
    }
    defer { try? store.delete([key]) }
    try body(DeploymentCode(bucket: store.bucketName, name: store.name(key)))
  }

  private func openBucket(_ settings: DeploymentSettings) throws(TaskError) -> S3Store {
    do throws(BlobFailure) {
      return try S3Store(settings.bucket, environment: environment)
    } catch {
      throw TaskError(.cannotRun, "--bucket: \(error.message)")
    }
  }

  /// A bucket that cannot be used is found before anything is made.
  private func bucket(_ settings: DeploymentSettings) throws(TaskError) -> S3Store {
    let store = try openBucket(settings)
    do throws(BlobFailure) {
      _ = try store.list("runs/", after: nil)
    } catch {
      throw TaskError(.cannotRun, "--bucket: \(error.message)")
    }
    return store
  }

  // MARK: - Calls

  func send(_ call: DeploymentCall) throws(TaskError) -> AWSAnswer {
    do throws(AWSFailure) {
      return try services.send(call)
    } catch {
      throw Self.error(call, error)
    }
  }

  static func error(_ call: DeploymentCall, _ failure: AWSFailure) -> TaskError {
    TaskError(.cannotRun, "cannot \(call.purpose): \(failure.message)")
  }

  /// Makes something; false when it is there, as the service says by `code`.
  private func make(_ call: DeploymentCall, unless code: String) throws(TaskError) -> Bool {
    do throws(AWSFailure) {
      _ = try services.send(call)
      return true
    } catch {
      guard error.code == code || error.code == code + "Exception" else {
        throw Self.error(call, error)
      }
      return false
    }
  }

  private func account() throws(TaskError) -> AWSAccount {
    guard let account = AWSAccount(identity: try send(calls.identity)) else {
      throw TaskError(
        .cannotRun, "\(services.origin(.sts)) does not say whose account it is; see its endpoint")
    }
    return account
  }

  func state() throws(TaskError) -> DeploymentServices.FunctionState? {
    do throws(AWSFailure) {
      return try services.state(calls)
    } catch {
      throw Self.error(calls.getFunction, error)
    }
  }

  /// A function of another is neither changed nor removed.
  func refuseForeign(_ state: DeploymentServices.FunctionState?) throws(TaskError) {
    guard let state, !DeploymentCalls.isOurs(description: state.description) else { return }
    throw TaskError(
      .cannotRun,
      "there is a function named \(names.function) that batchrun did not make; choose another name "
        + "with --function")
  }

  // MARK: - Waiting

  /// A role that was made a moment ago is not known to Lambda for some seconds.
  ///
  /// https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-deployment.html
  private func sendOnceRoleIsKnown(_ call: DeploymentCall) throws(TaskError) {
    let clock = MonotonicClock()
    let begun = clock.now
    while true {
      do throws(AWSFailure) {
        _ = try services.send(call)
        return
      } catch {
        let isEarly =
          error.code == "InvalidParameterValueException"
          && error.message.contains("cannot be assumed")
        guard isEarly, clock.now - begun < limits.roleSeconds else {
          throw Self.error(call, error)
        }
        AWSBackoff.sleep(limits.pauseSeconds)
      }
    }
  }

  private func waitUntilReady() throws(TaskError) {
    let clock = MonotonicClock()
    let begun = clock.now
    while true {
      let state = try state()
      if let reason = state?.failure {
        throw TaskError(
          .cannotRun,
          "the function \(names.function) cannot be used: \(reason); remove it with "
            + "`batchrun destroy lambda` and deploy it again")
      }
      if state?.isReady == true { return }
      guard clock.now - begun < limits.functionSeconds else {
        throw TaskError(
          .cannotRun,
          "the function \(names.function) is still not ready; run the same command again later")
      }
      AWSBackoff.sleep(limits.pauseSeconds)
    }
  }
}
