extension Deployment {
  /// Removes the function, its role with the policy, and its log group.
  ///
  /// - Returns: whether anything was there.
  /// - Throws: `TaskError` when a service refuses; what was removed is gone, and the same again goes on.
  package func destroy() throws -> Bool {
    let existing = try state()
    try refuseForeign(existing)
    var isFound = false
    // The function first: as long as it is there, it needs the others.
    if existing != nil, try remove(calls.deleteFunction) {
      try report("function", "\(names.function): removed")
      isFound = true
    }
    let hadPolicy = try remove(calls.deleteRolePolicy)
    if try remove(calls.deleteRole) || hadPolicy {
      try report("role", "\(names.role): removed")
      isFound = true
    }
    if try remove(calls.deleteLogGroup) {
      try report("log group", "\(names.logGroup): removed")
      isFound = true
    }
    return isFound
  }

  /// False when it was not there.
  private func remove(_ call: DeploymentCall) throws(TaskError) -> Bool {
    do throws(AWSFailure) {
      _ = try services.send(call)
      return true
    } catch {
      guard error.kind == .notFound || error.code == "NoSuchEntity" else {
        throw Self.error(call, error)
      }
      return false
    }
  }
}

/// The objects that runs have left in a bucket: those of unfinished runs, inputs, staged files, programs.
package struct StoredObjects: Sendable {
  private let store: S3Store
  package let count: Int
  package let bytes: Int
  /// As a user writes it.
  package let place: String

  private static let prefixes = ["runs/", "inputs/", "files/", "programs/"]

  /// Looks at what is there.
  ///
  /// - Throws: `TaskError` when the bucket cannot be read.
  package init(
    in bucket: BlobLocator.S3, environment: AWSEnvironment = AWSEnvironment()
  ) throws(TaskError) {
    var (count, bytes) = (0, 0)
    do throws(BlobFailure) {
      store = try S3Store(bucket, environment: environment)
      for prefix in Self.prefixes {
        try store.forEach(prefix) { entry in
          count += 1
          bytes += entry.bytes
        }
      }
    } catch {
      throw TaskError(.cannotRun, "--bucket: \(error.message)")
    }
    self.count = count
    self.bytes = bytes
    place = "s3://\(bucket.bucket)" + (bucket.prefix.isEmpty ? "" : "/\(bucket.prefix)")
  }

  /// Removes them, and uploads that were begun and not ended.
  package func remove() throws(TaskError) {
    do throws(BlobFailure) {
      for prefix in Self.prefixes { try store.deleteAll(prefix) }
    } catch {
      throw TaskError(.cannotRun, "--bucket: \(error.message)")
    }
  }
}
