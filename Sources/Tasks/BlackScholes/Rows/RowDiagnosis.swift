internal import BatchCore

/// What is wrong with a row that cannot be used, found by reading it once more, slowly.
struct RowDiagnosis {
  /// The place and the sentence.
  struct Finding: Equatable {
    var column: String?
    var value: String?
    var message: String
  }

  let job: PriceJob
  /// The name of the file for messages.
  let file: String
  let dateStyle: DateStyle?

  /// The first fault of the row whose unquoted fields are given; nil when each field is fine.
  func finding(fields: [[UInt8]], line: Int) -> Finding? {
    let expected = job.columns.header.count
    guard fields.count == expected else {
      let found = fields.count == 1 ? "1 field" : "\(fields.count) fields"
      return Finding(
        message: "\(file):\(line): the row has \(found) and the header has \(expected); "
          + "give every row one field for each column, and quote fields that contain the separator")
    }
    for (index, field) in fields.enumerated() {
      guard let quantity = quantity(ofColumn: index), let fault = fault(field, quantity) else {
        continue
      }
      let name = Self.shortened(Array(job.columns.header[index].utf8))
      return Finding(
        column: name, value: Self.shortened(field),
        message: "\(file):\(line): column \(name): \(fault)")
    }
    return nil
  }

  private func quantity(ofColumn index: Int) -> PriceQuantity? {
    job.usedQuantities.first { job.columns.column(of: $0) == index }
  }

  // MARK: - One field

  private func fault(_ field: [UInt8], _ quantity: PriceQuantity) -> String? {
    let text = "'\(Self.shortened(field))'"
    switch quantity.domain {
    case .optionType:
      guard OptionType(field) == nil else { return nil }
      return field.isEmpty ? "is empty; write call or put" : "\(text) is not call, put, C or P"
    case .text:
      return field.isEmpty ? "is empty; name the \(quantity.name)" : nil
    case .date:
      return dateFault(field, text)
    case .anyNumber, .positive, .notNegative:
      return numberFault(field, text, quantity.domain)
    }
  }

  private func dateFault(_ field: [UInt8], _ text: String) -> String? {
    guard !field.isEmpty else { return "is empty; write the day of the row" }
    let style = dateStyle ?? .iso
    let order = unsafe field.withUnsafeBytes { unsafe style.order(of: $0) }
    return order == nil ? "\(text) is not \(style.words)" : nil
  }

  private func numberFault(
    _ field: [UInt8], _ text: String, _ domain: PriceQuantity.Domain
  ) -> String? {
    do throws(NumberRejection) {
      let number = try NumberText.parse(String(decoding: field, as: UTF8.self))
      return domain.contains(number) ? nil : "\(text) is not \(domain.words)"
    } catch {
      return Self.sentence(text, error)
    }
  }

  private static func sentence(_ text: String, _ rejection: NumberRejection) -> String {
    switch rejection {
    case .empty: "is empty; write a number, or remove the row"
    case .notANumber, .trailingText:
      "\(text) \(rejection); write plain digits, such as 1234.5 or 1e-5"
    case .notFinite, .overflow: "\(text) \(rejection); write a finite number, or remove the row"
    case .hexadecimal, .thousandsSeparator: "\(text) \(rejection)"
    }
  }

  /// At most `limit` bytes of UTF-8 from a field, for messages.
  static func shortened(_ field: [UInt8], to limit: Int = 200) -> String {
    var text = String(decoding: field.prefix(limit + 1), as: UTF8.self).unicodeScalars
    guard field.count > limit || text.utf8Count > limit else { return String(text) }
    while text.utf8Count > limit - 3 { text.removeLast() }
    return String(text) + "..."
  }
}

extension String.UnicodeScalarView {
  fileprivate var utf8Count: Int { String(self).utf8.count }
}

extension PriceJob {
  /// The quantities whose columns this job reads.
  var usedQuantities: [PriceQuantity] {
    switch question {
    case .price: [.spot, .strike, .rate, .dividend, .volatility, .maturity, .type]
    case .impliedVolatility: [.spot, .strike, .rate, .dividend, .price, .maturity, .type]
    case .merton(let method):
      (usesSeries ? [.firm, .date] : []) + [.equity, .debt, .rate, .drift]
        + (method == .iterative ? [] : [.equityVolatility])
    }
  }

  /// Of these, the ones that are numbers.
  var usedNumbers: [PriceQuantity] {
    usedQuantities.filter { ![.type, .firm, .date].contains($0) }
  }
}
