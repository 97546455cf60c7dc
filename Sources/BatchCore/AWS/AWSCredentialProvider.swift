internal import Synchronization

/// Finds keys in the places where the tools of AWS look for them, and renews those that expire.
///
/// In this order: the environment, the profile, the container's endpoint (Lambda has its keys in the
/// environment), the metadata of the instance. Keys are looked for when they are needed first, kept,
/// and looked for again some minutes before they expire, or when a service has refused them.
package final class AWSCredentialProvider: Sendable {
  private let environment: AWSEnvironment
  private let clock: @Sendable () -> Int
  private let endpoints: AWSCredentialEndpoints
  private let state = Mutex(State())
  /// One thread looks for keys while the others wait.
  private let turn = Permits(1)

  private struct State {
    var current: AWSCredentials?
    /// After a search in vain, when keys that are still good are tried to be renewed next.
    var nextAttempt = 0
  }

  /// Keys with less time than this left are renewed, in seconds.
  private static let margin = 300

  /// - Parameter clock: seconds since 1970.
  package init(
    environment: AWSEnvironment = AWSEnvironment(),
    clock: @escaping @Sendable () -> Int = { AWSClock.now }
  ) {
    self.environment = environment
    self.clock = clock
    endpoints = AWSCredentialEndpoints(environment: environment)
  }

  /// Keys that are good for some minutes.
  package func credentials() throws(AWSFailure) -> AWSCredentials {
    if let fresh = fresh() { return fresh }
    return try turn.hold(whileWaiting: {}) { () throws(AWSFailure) in
      if let fresh = fresh() { return fresh }
      return try renew()
    }
  }

  /// Has keys looked for again that a service calls expired.
  package func reject(_ credentials: AWSCredentials) {
    state.withLock { state in
      if state.current == credentials { state.current = nil }
    }
  }

  private func fresh() -> AWSCredentials? {
    let now = clock()
    return state.withLock { state in
      guard let current = state.current else { return nil }
      guard let expiry = current.expiry else { return current }
      return now < expiry - Self.margin || (now < expiry && now < state.nextAttempt) ? current : nil
    }
  }

  private func renew() throws(AWSFailure) -> AWSCredentials {
    do throws(AWSFailure) {
      let found = try find()
      state.withLock { $0.current = found }
      return found
    } catch {
      // The old ones may be good for a while.
      let now = clock()
      let old = state.withLock { state -> AWSCredentials? in
        state.nextAttempt = now + 30
        guard let current = state.current, let expiry = current.expiry, now < expiry else {
          return nil
        }
        return current
      }
      guard let old else { throw error }
      return old
    }
  }

  // MARK: - The places

  private func find() throws(AWSFailure) -> AWSCredentials {
    if let found = try inEnvironment() { return found }
    if let found = try AWSProfile.read(environment).credentials() { return found }
    if environment["AWS_WEB_IDENTITY_TOKEN_FILE"] != nil {
      throw AWSFailure(
        .credentials,
        "this pod has a web identity, which batchrun cannot use; give it EKS Pod Identity, or keys "
          + "in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN")
    }
    if let found = try endpoints.container() { return found }
    if let found = try endpoints.instance() { return found }
    throw AWSFailure(
      .credentials,
      "there are no AWS credentials: run aws configure, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
        + "AWS_SECRET_ACCESS_KEY")
  }

  private func inEnvironment() throws(AWSFailure) -> AWSCredentials? {
    switch (environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]) {
    case (nil, nil): return nil
    case (let access?, let secret?):
      return AWSCredentials(
        accessKey: access, secretKey: secret, sessionToken: environment["AWS_SESSION_TOKEN"],
        source: "the environment")
    case (nil, _):
      throw AWSFailure(.credentials, "AWS_SECRET_ACCESS_KEY is set and AWS_ACCESS_KEY_ID is not")
    case (_, nil):
      throw AWSFailure(.credentials, "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not")
    }
  }
}
