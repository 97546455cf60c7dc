/// How fast one host may be asked: a state machine without clock, sockets or queue.
///
/// Parallelism follows additive increase, multiplicative decrease: halved when the server pushes back,
/// raised by one for as many good answers as are allowed at once. All times are seconds on one clock.
package struct HostPace {
  package struct Policy: Sendable {
    var mostAtOnce: Int
    var delaySeconds: Double
    var firstWaitSeconds: Double
    var longestWaitSeconds: Double
    var unreachableSeconds: Double

    package init(
      mostAtOnce: Int, delaySeconds: Double, firstWaitSeconds: Double, longestWaitSeconds: Double,
      unreachableSeconds: Double
    ) {
      self.mostAtOnce = mostAtOnce
      self.delaySeconds = delaySeconds
      self.firstWaitSeconds = firstWaitSeconds
      self.longestWaitSeconds = longestWaitSeconds
      self.unreachableSeconds = unreachableSeconds
    }
  }

  package enum Permission: Equatable {
    case now
    /// Not before that time.
    case at(Double, PoliteWait.Reason)
    /// When a request under way has ended.
    case whenOneEnds
  }

  private let policy: Policy
  private(set) var active = 0
  /// Requests allowed at the same time; its whole part counts.
  private var allowed: Double
  private var delaySeconds: Double
  private var nextStart = -Double.infinity
  private var pausedUntil = -Double.infinity
  private var pauseReason = PoliteWait.Reason.delay
  /// When the pace was last reduced: what was started before says nothing new.
  private var reducedAt = -Double.infinity
  /// How often in a row the host has asked to be left alone.
  private(set) var pushBacks = 0
  private var failures = 0
  private var firstFailureAt: Double?
  /// Whether the host has been given up.
  package private(set) var isGivenUp = false

  package init(_ policy: Policy) {
    self.policy = policy
    allowed = Double(policy.mostAtOnce)
    delaySeconds = policy.delaySeconds
  }

  /// How many requests may run at once now; one while it is not known whether the host is there.
  package var atOnce: Int { failures > 0 ? 1 : max(1, Int(allowed)) }

  /// robots.txt may ask for more time between requests, never for less.
  package mutating func slow(toDelay seconds: Double) { delaySeconds = max(delaySeconds, seconds) }

  // MARK: - Between processes

  /// The pace as it travels; its times are seconds from the moment at which it was taken.
  package struct Memory: Sendable, Equatable {
    var allowed: Double
    var delaySeconds: Double
    /// Until the delay after the last request is over.
    var startSeconds: Double
    /// Until the host may be asked again.
    var pauseSeconds: Double
    var pauseReason: PoliteWait.Reason
    var pushBacks: Int
    var failures: Int
    /// Since when there was no connection; nil when there is no reason to think so.
    var failingSeconds: Double?
    var isGivenUp: Bool
  }

  package func memory(at now: Double) -> Memory {
    Memory(
      allowed: allowed, delaySeconds: delaySeconds, startSeconds: max(0, nextStart - now),
      pauseSeconds: max(0, pausedUntil - now), pauseReason: pauseReason, pushBacks: pushBacks,
      failures: failures, failingSeconds: firstFailureAt.map { now - $0 }, isGivenUp: isGivenUp)
  }

  /// Goes on from a memory that was taken `age` seconds ago; waits that are longer stay.
  package mutating func recall(_ memory: Memory, age: Double, at now: Double) {
    allowed = min(memory.allowed, Double(policy.mostAtOnce))
    slow(toDelay: memory.delaySeconds)
    pushBacks = memory.pushBacks
    failures = memory.failures
    firstFailureAt = memory.failingSeconds.map { now - age - $0 }
    isGivenUp = memory.isGivenUp
    wait(atLeast: memory, age: age, at: now)
  }

  /// Takes over the waits alone.
  package mutating func wait(atLeast memory: Memory, age: Double, at now: Double) {
    nextStart = max(nextStart, now - age + memory.startSeconds)
    if memory.pauseSeconds > age {
      pause(until: now - age + memory.pauseSeconds, memory.pauseReason)
    }
  }

  // MARK: - Requests

  package func permission(at now: Double) -> Permission {
    if active >= atOnce { return .whenOneEnds }
    if pausedUntil > now, pausedUntil >= nextStart { return .at(pausedUntil, pauseReason) }
    if nextStart > now { return .at(nextStart, .delay) }
    return .now
  }

  package mutating func start(at now: Double) {
    active += 1
    if delaySeconds > 0 { nextStart = now + delaySeconds }
  }

  package mutating func end() { active -= 1 }

  /// The host answered, and did not ask to be left alone.
  package mutating func answered() {
    pushBacks = 0
    failures = 0
    firstFailureAt = nil
    isGivenUp = false
    allowed = min(Double(policy.mostAtOnce), allowed + 1 / allowed)
  }

  /// The host answered 429 or 503.
  ///
  /// - Parameters:
  ///   - startedAt: when the request that was answered had been started.
  ///   - retryAfter: what the host asks for, in seconds.
  package mutating func pushedBack(at now: Double, startedAt: Double, retryAfter: Double?) {
    failures = 0
    firstFailureAt = nil
    if startedAt >= reducedAt {
      reducedAt = now
      allowed = max(1, allowed / 2)
      pushBacks += 1
    }
    pause(until: now + (retryAfter ?? wait(pushBacks)), .pushedBack)
  }

  /// No connection to the host.
  ///
  /// - Returns: whether the host is now given up.
  package mutating func failed(at now: Double, startedAt: Double, isName: Bool) -> Bool {
    let first = firstFailureAt ?? startedAt
    firstFailureAt = first
    if startedAt >= reducedAt {
      reducedAt = now
      failures += 1
    }
    pause(until: now + wait(failures), .unreachable)
    // Of a name that does not exist nothing better is to be expected soon.
    if now - first >= policy.unreachableSeconds || (isName && failures >= 3) { isGivenUp = true }
    return isGivenUp
  }

  private mutating func pause(until time: Double, _ reason: PoliteWait.Reason) {
    guard time > pausedUntil else { return }
    pausedUntil = time
    pauseReason = reason
  }

  private func wait(_ count: Int) -> Double {
    let doubled = policy.firstWaitSeconds * Double(1 << min(max(count - 1, 0), 20))
    return min(doubled, policy.longestWaitSeconds)
  }
}
