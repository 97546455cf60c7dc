/// The right that an option gives.
package enum OptionType: Sendable, Equatable {
  case call
  case put

  /// Reads `call`, `put`, `C` or `P` in any case.
  package init?(_ text: [UInt8]) {
    switch String(decoding: text, as: UTF8.self).lowercased() {
    case "call", "c": self = .call
    case "put", "p": self = .put
    default: return nil
    }
  }
}

extension Quantity.Domain {
  /// Whether a finite number may stand in a field.
  package func contains(_ number: Double) -> Bool {
    switch self {
    case .positive: number > 0
    case .notNegative: number >= 0
    case .anyNumber: true
    case .optionType, .date, .text: false
    }
  }

  /// What a value has to be, after "is not".
  var words: String {
    switch self {
    case .anyNumber: "a number"
    case .positive: "a number above 0"
    case .notNegative: "a number of 0 or more"
    case .optionType: "call, put, C or P"
    case .date: "a date (YYYY-MM-DD, YYYYMMDD or a whole number)"
    case .text: "a text"
    }
  }
}
