/// What the output of a run depends on: its task, options, program version and input.
///
/// Workers, batch sizes, retries and time-outs are not part of it: they change how a run goes, not
/// what it gives.
public struct RunIdentity: Sendable, Equatable {
  public struct Field: Sendable, Equatable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public let fields: [Field]

  public init(fields: [Field]) { self.fields = fields }

  public init(task: PreparedTask, limit: Int?) {
    var fields = [Field("task", task.name.rawValue), Field("version", ProgramVersion.current)]
    fields += task.identity.map { Field("option \($0.name)", $0.value) }
    if let limit { fields.append(Field("option limit", String(limit))) }
    fields.append(Field("input", task.source.contentDigest))
    self.fields = fields
  }

  /// The digest that names the run.
  public var id: RunID {
    var hash = SHA256()
    for field in fields {
      hash.update(field.name)
      hash.update("\u{0}")
      hash.update(field.value)
      hash.update("\n")
    }
    return RunID(hash.hexadecimal())
  }

  /// What differs from `other`, in words: "option horizons (1,2 -> 1,2,3), input (other content)".
  public func differences(from other: RunIdentity) -> String {
    let old = Dictionary(other.fields.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    let new = Dictionary(fields.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    let names = other.fields.map(\.name) + fields.map(\.name).filter { old[$0] == nil }
    return names.filter { old[$0] != new[$0] }.map { name in
      name == "input"
        ? "the input (its content changed)"
        : "\(name) (\(old[name] ?? "not set") -> \(new[name] ?? "not set"))"
    }.joined(separator: ", ")
  }
}

/// The version of the program; runs of another version are not continued.
public enum ProgramVersion {
  public static let current = "0.1.0"
}
