import FoundationEssentials

/// A scenario that cannot be used: a sentence that names the field.
package struct ScenarioError: Error, Sendable, Equatable, CustomStringConvertible {
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}

extension Scenario {
  /// Reads a scenario.
  ///
  /// `item_seconds` is required; the others default to no start-up, no overhead, no time limit, one
  /// worker, all workers at once, and warm reuse.
  ///
  /// - Throws: `ScenarioError` for text that is no JSON object, an unknown field, or a bad value.
  package init(json: [UInt8]) throws(ScenarioError) {
    let fields: [String: Field]
    do {
      fields = try JSONDecoder().decode([String: Field].self, from: Data(json))
    } catch {
      throw ScenarioError(
        "The scenario is not a JSON object of numbers, lists of numbers and true or false.")
    }
    self.init(itemSeconds: try Self.list(fields["item_seconds"], "item_seconds"))
    for (name, field) in fields.sorted(by: { $0.key < $1.key }) { try set(name, field) }
    if let limit = timeLimitSeconds, startUpSeconds + batchOverheadSeconds >= limit {
      throw ScenarioError(
        "startup_seconds and batch_overhead_seconds leave nothing of time_limit_seconds (\(limit))."
      )
    }
  }

  private mutating func set(_ name: String, _ field: Field) throws(ScenarioError) {
    switch name {
    case "item_seconds": break
    case "startup_seconds": startUpSeconds = try Self.number(field, name)
    case "batch_overhead_seconds": batchOverheadSeconds = try Self.number(field, name)
    case "time_limit_seconds": timeLimitSeconds = try Self.optional(field, name)
    case "ramp_per_second": rampPerSecond = try Self.optional(field, name)
    case "workers":
      let count = try Self.number(field, name)
      guard count >= 1, count <= 1e6, count == count.rounded() else {
        throw ScenarioError("workers must be a whole number from 1 to 1000000.")
      }
      workers = Int(count)
    case "warm_reuse":
      guard case .flag(let flag) = field else {
        throw ScenarioError("warm_reuse must be true or false.")
      }
      warmReuse = flag
    default:
      throw ScenarioError("Unknown field \"\(name)\" in the scenario.")
    }
  }

  private static func number(_ field: Field, _ name: String) throws(ScenarioError) -> Double {
    guard case .number(let number) = field, number >= 0, number.isFinite else {
      throw ScenarioError("\(name) must be a number that is not negative.")
    }
    return number
  }

  /// A positive number, or null for none.
  private static func optional(_ field: Field, _ name: String) throws(ScenarioError) -> Double? {
    if case .null = field { return nil }
    let value = try number(field, name)
    guard value > 0 else { throw ScenarioError("\(name) must be above zero, or null for none.") }
    return value
  }

  private static func list(_ field: Field?, _ name: String) throws(ScenarioError) -> [Double] {
    guard case .list(let values)? = field,
      values.allSatisfy({ $0 >= 0 && $0.isFinite })
    else { throw ScenarioError("\(name) must be a list of numbers that are not negative.") }
    return values
  }

  private enum Field: Decodable {
    case number(Double)
    case flag(Bool)
    case list([Double])
    case null

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let flag = try? container.decode(Bool.self) {
        self = .flag(flag)
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .list(try container.decode([Double].self))
      }
    }
  }
}
