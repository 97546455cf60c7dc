internal import BatchCore

/// What was learnt of one host, on its way to another process.
///
/// Two machines share no clock but that of the wall, and may disagree about it: their disagreement makes a
/// wait shorter or longer, but never longer than it was when the memory was taken.
package struct HostMemory: Sendable, Equatable {
  /// What robots.txt says; times are seconds from the moment at which the memory was taken.
  enum Robots: Sendable, Equatable {
    case unknown
    case known(RobotsRules, lifeSeconds: Double)
    case unavailable(attempts: Int)
    case givenUp(seconds: Double, PageFailure)
  }

  /// As `HostQueue.name(of:)` gives it.
  package var name: String
  /// In seconds since 1970.
  package var takenAt: Double
  package var pace: HostPace.Memory
  var plain = Robots.unknown
  var secure = Robots.unknown
  /// Why there was no connection the last time.
  var lastFailure: HTTPFailure?

  /// How long ago the memory was taken, in seconds, as far as the clocks agree.
  var ageSeconds: Double { max(0, Self.wallSeconds - takenAt) }

  static var wallSeconds: Double { Double(RunEvent.now()) / 1000 }
}

extension HostQueue {
  /// What another process should know of the host.
  ///
  /// - Parameter now: on the clock of the queue.
  func memory(at now: Double) -> HostMemory {
    HostMemory(
      name: name, takenAt: HostMemory.wallSeconds, pace: pace.memory(at: now),
      plain: robots.plain.memory(at: now), secure: robots.secure.memory(at: now),
      lastFailure: lastFailure)
  }

  /// Takes over what another process has learnt, unless this one has asked the host since.
  func recall(_ memory: HostMemory, at now: Double) {
    let age = memory.ageSeconds
    guard lastUsedAt <= now - age else { return pace.wait(atLeast: memory.pace, age: age, at: now) }
    pace.recall(memory.pace, age: age, at: now)
    robots.plain.recall(memory.plain, age: age, at: now)
    robots.secure.recall(memory.secure, age: age, at: now)
    lastFailure = memory.lastFailure
    lastUsedAt = now - age
  }
}

extension HostQueue.Robots {
  fileprivate func memory(at now: Double) -> HostMemory.Robots {
    switch self {
    case .unknown, .asking: .unknown
    case .known(let rules, let until): .known(rules, lifeSeconds: until - now)
    case .unavailable(let attempts): .unavailable(attempts: attempts)
    case .givenUp(let until, let failure): .givenUp(seconds: until - now, failure)
    }
  }

  fileprivate mutating func recall(_ memory: HostMemory.Robots, age: Double, at now: Double) {
    switch memory {
    case .unknown: break
    case .known(let rules, let life): self = .known(rules, until: now - age + life)
    case .unavailable(let attempts): self = .unavailable(attempts: attempts)
    case .givenUp(let seconds, let failure): self = .givenUp(until: now - age + seconds, failure)
    }
  }
}
