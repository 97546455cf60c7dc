internal import BatchCore

extension HostMemory {
  /// Rules that are longer than this stay behind: the file is asked for again.
  private static let mostRuleBytes = 32 << 10

  func write(to writer: MessageWriter) {
    writer.add(name)
    writer.add(takenAt)
    pace.write(to: writer)
    Self.write(plain, to: writer)
    Self.write(secure, to: writer)
    writer.add(lastFailure?.code.rawValue)
    writer.add(lastFailure?.isTransient ?? false)
    writer.add(lastFailure?.message ?? "")
  }

  private static func write(_ robots: Robots, to writer: MessageWriter) {
    switch robots {
    case .known(let rules, let life) where rules.writtenBytes <= mostRuleBytes:
      writer.add(1)
      writer.add(life)
      rules.write(to: writer)
    case .unknown, .known: writer.add(0)
    case .unavailable(let attempts):
      writer.add(2)
      writer.add(attempts)
    case .givenUp(let seconds, let failure):
      writer.add(3)
      writer.add(seconds)
      writer.add(failure.code.rawValue)
      writer.add(failure.isTransient)
      writer.add(failure.message)
    }
  }

  // MARK: - Reading

  init(_ reader: inout MessageReader) throws(MessageReader.Malformed) {
    let name = try reader.text()
    let takenAt = try reader.double()
    self.init(name: name, takenAt: takenAt, pace: try HostPace.Memory(&reader))
    plain = try Self.robots(&reader)
    secure = try Self.robots(&reader)
    let code = try reader.optionalText()
    let isTransient = try reader.flag()
    let message = try reader.text()
    guard let code else { return }
    guard let known = HTTPFailure.Code(rawValue: code) else { throw MessageReader.Malformed() }
    lastFailure = HTTPFailure(known, isTransient: isTransient, message: message)
  }

  private static func robots(
    _ reader: inout MessageReader
  ) throws(MessageReader.Malformed) -> Robots {
    switch try reader.integer() {
    case 0: return .unknown
    case 1:
      let life = try reader.double()
      return .known(try RobotsRules(&reader), lifeSeconds: life)
    case 2: return .unavailable(attempts: try reader.integer())
    case 3:
      let seconds = try reader.double()
      let code = PageFailure.Code(rawValue: try reader.text())
      let isTransient = try reader.flag()
      return .givenUp(
        seconds: seconds, PageFailure(code, isTransient: isTransient, message: try reader.text()))
    default: throw MessageReader.Malformed()
    }
  }
}

extension HostPace.Memory {
  fileprivate func write(to writer: MessageWriter) {
    for number in [allowed, delaySeconds, startSeconds, pauseSeconds] { writer.add(number) }
    for number in [pauseReason.rawValue, pushBacks, failures] { writer.add(number) }
    writer.add(failingSeconds != nil)
    writer.add(failingSeconds ?? 0)
    writer.add(isGivenUp)
  }

  fileprivate init(_ reader: inout MessageReader) throws(MessageReader.Malformed) {
    allowed = try reader.double()
    delaySeconds = try reader.double()
    startSeconds = try reader.double()
    pauseSeconds = try reader.double()
    guard let reason = PoliteWait.Reason(rawValue: try reader.integer()) else {
      throw MessageReader.Malformed()
    }
    pauseReason = reason
    pushBacks = try reader.integer()
    failures = try reader.integer()
    let isFailing = try reader.flag()
    let failing = try reader.double()
    failingSeconds = isFailing ? failing : nil
    isGivenUp = try reader.flag()
  }
}
