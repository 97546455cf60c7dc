internal import BatchCore

/// Writes the record of one page: a JSON object on a line, or a row of CSV.
struct RecordWriter: Sendable {
  let options: ScrapeOptions
  private let shape: ListShape
  /// The names of the carried fields in the record.
  private let carriedNames: [String]

  init(_ options: ScrapeOptions, _ shape: ListShape) {
    self.options = options
    self.shape = shape
    let taken = Set(
      RecordKey.allCases.map(\.rawValue) + options.ownFields.map(\.name)
        + ["article", "error_message", "error_transient"])
    carriedNames = shape.carriedNames.map { taken.contains($0) ? "input_\($0)" : $0 }
  }

  /// What stands before the first record: the header of a CSV output.
  var prologue: [UInt8] {
    guard options.format == .csv else { return [] }
    var names = options.keys.flatMap { key -> [String] in
      key == .error ? ["error", "error_message", "error_transient"] : [key.rawValue]
    }
    names += options.ownFields.map(\.name)
    if options.wantsArticle { names.append("article") }
    names += carriedNames
    let buffer = ByteBuffer()
    for (place, name) in names.enumerated() {
      if place > 0 { buffer.append(UInt8(ascii: ",")) }
      buffer.append(csv: name)
    }
    buffer.append(UInt8(ascii: "\n"))
    return unsafe buffer.withBytes { unsafe Array($0) }
  }

  func write(_ answer: PageAnswer, of listed: ListedPage, to buffer: ByteBuffer) {
    switch options.format {
    case .jsonLines: writeJSON(answer, listed, buffer)
    case .csv: writeCSV(answer, listed, buffer)
    }
    buffer.append(UInt8(ascii: "\n"))
  }

  // MARK: - JSON

  private func writeJSON(_ answer: PageAnswer, _ listed: ListedPage, _ buffer: ByteBuffer) {
    var isFirst = true
    func name(_ text: String) {
      buffer.append(isFirst ? UInt8(ascii: "{") : UInt8(ascii: ","))
      isFirst = false
      buffer.append(json: text)
      buffer.append(UInt8(ascii: ":"))
    }
    for key in options.keys {
      name(key.rawValue)
      writeJSON(key, answer, listed, buffer)
    }
    for (place, field) in options.ownFields.enumerated() {
      name(field.name)
      switch answer.page?.ownFields[place] {
      case .one(let text): buffer.append(json: text)
      case .all(let texts): buffer.append(json: texts)
      case nil: buffer.append(literal: "null")
      }
    }
    if options.wantsArticle {
      name("article")
      writeArticle(answer.page?.article, buffer)
    }
    for (field, text) in zip(carriedNames, listed.carried) {
      name(field)
      if shape.format == .jsonLines { buffer.append(text) } else { buffer.append(json: text) }
    }
    buffer.append(UInt8(ascii: "}"))
  }

  private func writeJSON(
    _ key: RecordKey, _ answer: PageAnswer, _ listed: ListedPage, _ buffer: ByteBuffer
  ) {
    switch key {
    case .status: buffer.append(json: answer.status)
    case .authors: buffer.append(json: answer.page?.authors ?? [])
    case .year: buffer.append(json: answer.page?.year)
    case .source: writeSources(answer.page, buffer)
    case .error: writeError(answer.failure, buffer)
    case .elapsedMilliseconds, .attempts, .bytes: buffer.append(json: number(key, answer))
    default: buffer.append(json: text(key, answer, listed))
    }
  }

  private func writeArticle(_ article: Article?, _ buffer: ByteBuffer) {
    guard let article else { return buffer.append(literal: "null") }
    buffer.append(literal: "{\"title\":")
    buffer.append(json: article.title)
    buffer.append(literal: ",\"authors\":")
    buffer.append(json: article.authors)
    buffer.append(literal: ",\"date\":")
    buffer.append(json: article.date)
    buffer.append(literal: ",\"excerpt\":")
    buffer.append(json: article.excerpt)
    buffer.append(literal: ",\"text\":")
    buffer.append(json: article.text)
    buffer.append(UInt8(ascii: "}"))
  }

  /// For each field which rule gave it, in the order of the fields.
  private func writeSources(_ page: ExtractedPage?, _ buffer: ByteBuffer) {
    var isFirst = true
    for field in PageField.allCases {
      guard let source = page?.sources[field] else { continue }
      buffer.append(isFirst ? UInt8(ascii: "{") : UInt8(ascii: ","))
      isFirst = false
      buffer.append(json: field.rawValue)
      buffer.append(UInt8(ascii: ":"))
      buffer.append(json: source)
    }
    buffer.append(isFirst ? "{}" : "}")
  }

  private func writeError(_ failure: PageAnswer.Failure?, _ buffer: ByteBuffer) {
    guard let failure else { return buffer.append(literal: "null") }
    buffer.append(literal: "{\"code\":")
    buffer.append(json: failure.code.rawValue)
    buffer.append(literal: ",\"message\":")
    buffer.append(json: failure.message)
    buffer.append(literal: ",\"transient\":")
    buffer.append(failure.isTransient ? "true}" : "false}")
  }

  // MARK: - CSV

  private func writeCSV(_ answer: PageAnswer, _ listed: ListedPage, _ buffer: ByteBuffer) {
    var isFirst = true
    func add(_ text: String?) {
      if !isFirst { buffer.append(UInt8(ascii: ",")) }
      isFirst = false
      if let text { buffer.append(csv: text) }
    }
    for key in options.keys {
      switch key {
      case .status: add(answer.status.map { String($0) })
      case .authors: add(answer.page?.authors.joined(separator: "; "))
      case .source:
        add(
          PageField.allCases.compactMap { field in
            answer.page?.sources[field].map { "\(field.rawValue)=\($0)" }
          }.joined(separator: "; "))
      case .error:
        add(answer.failure?.code.rawValue)
        add(answer.failure?.message)
        add(answer.failure.map { $0.isTransient ? "true" : "false" })
      case .elapsedMilliseconds, .attempts, .bytes: add(number(key, answer).map { String($0) })
      default: add(text(key, answer, listed))
      }
    }
    for place in options.ownFields.indices {
      switch answer.page?.ownFields[place] {
      case .one(let text): add(text)
      case .all(let texts): add(texts.joined(separator: "; "))
      case nil: add(nil)
      }
    }
    if options.wantsArticle { add(answer.page?.article?.text) }
    for field in listed.carried {
      add(shape.format == .jsonLines ? JSONLine.string(field) ?? field : field)
    }
  }

  // MARK: - Values

  private func number(_ key: RecordKey, _ answer: PageAnswer) -> Int? {
    switch key {
    case .elapsedMilliseconds: answer.result.map { Int(($0.elapsedSeconds * 1000).rounded()) }
    case .attempts: answer.earlierAttempts + (answer.result?.attempts ?? 0)
    case .bytes: answer.result?.bodyBytes
    default: nil
    }
  }

  private func text(_ key: RecordKey, _ answer: PageAnswer, _ listed: ListedPage) -> String? {
    switch key {
    case .url: listed.shown
    case .finalURL: answer.finalURL(typed: listed.shown)
    case .contentType: answer.contentType
    case .charset: answer.page?.isHTML == true ? answer.page?.charset : nil
    case .fetchedAt: answer.fetchedAt > 0 ? RunEvent.timestamp(answer.fetchedAt) : nil
    default: key.field.flatMap { answer.page?[$0] }
    }
  }
}
