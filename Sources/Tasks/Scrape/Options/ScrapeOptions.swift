package import BatchCore

/// What is wanted of every page and how it is written, read once from the options.
package struct ScrapeOptions: Sendable {
  enum Format: String, CaseIterable, Sendable {
    case jsonLines = "jsonl"
    case csv
  }

  var format = Format.jsonLines
  package var keys: [RecordKey] = []
  var ownFields: [OwnField] = []
  var wantsArticle = false
  var isDeterministic = false
  var urlColumn: String?
  var follow: ValueSelector?
  var rules: RuleSet
  /// The file of `--rules` as it was read when the run began: workers elsewhere do not have it.
  package var rulesText: [UInt8]?
  /// The file of `--ca-file`, for the same reason.
  package var certificates: [UInt8]?
  package var fetch = FetchOptions()

  /// - Parameters:
  ///   - rulesText: what the file of `--rules` holds, for who cannot read it.
  ///   - certificates: the same of `--ca-file`.
  /// - Throws: `TaskError` of the kind `usage` for what contradicts itself or cannot be read.
  package init(
    _ values: OptionValues, rulesText: [UInt8]? = nil, certificates: [UInt8]? = nil
  ) throws {
    format = values["format"].flatMap(Format.init) ?? .jsonLines
    wantsArticle = values.isSet("article")
    isDeterministic = values.isSet("deterministic")
    urlColumn = values["url-column"]
    keys = try Self.keys(values["fields"], isDeterministic: isDeterministic)
    do throws(SelectorError) {
      var taken = Set(RecordKey.allCases.map(\.rawValue) + ["article"])
      for definition in values.all("field") {
        let field = try OwnField(definition, taken: taken)
        taken.insert(field.name)
        ownFields.append(field)
      }
      if let selector = values["follow"] { follow = try ValueSelector(selector) }
    } catch {
      throw TaskError(.usage, error.description)
    }
    do throws(RuleError) {
      rules = try RuleSet.builtIn()
    } catch {
      throw TaskError(.cannotRun, error.description)
    }
    if let path = values["rules"] { try addRules(path, rulesText) }
    fetch = try Self.fetchOptions(values)
    if let path = fetch.certificatesPath {
      self.certificates = try certificates ?? Self.certificates(path)
    }
  }

  private static func keys(_ list: String?, isDeterministic: Bool) throws(TaskError) -> [RecordKey]
  {
    let all = RecordKey.allCases.filter { !(isDeterministic && $0.isOfTheMoment) }
    guard let list else { return all }
    var wanted = Set<RecordKey>([.url])
    for word in list.split(separator: ",") {
      let name = word.trimmingBlanks
      guard let key = RecordKey(rawValue: name) else {
        throw TaskError(
          .usage,
          "there is no field '\(name)'; --fields takes some of "
            + RecordKey.allCases.map(\.rawValue).joined(separator: ", "))
      }
      wanted.insert(key)
    }
    return all.filter(wanted.contains)
  }

  private mutating func addRules(_ path: String, _ known: [UInt8]?) throws {
    do {
      let text = try known ?? TextFile.read(path)
      rulesText = text
      rules = rules.adding(try RuleSet(json: text, file: path))
    } catch {
      throw TaskError(.cannotRun, "\(error)")
    }
  }

  /// Otherwise every page would fail, one after the other.
  private static func certificates(_ path: String) throws -> [UInt8] {
    let text = try TextFile.read(path)
    guard String(decoding: text, as: UTF8.self).contains("-----BEGIN") else {
      throw TaskError(
        .cannotRun, "\(path) holds no certificates; --ca-file takes a file in PEM format")
    }
    return text
  }

  private static func fetchOptions(_ values: OptionValues) throws(TaskError) -> FetchOptions {
    var options = FetchOptions()
    // The runner repeats what fails in passing, and knows of it after an interruption.
    options.retries = 0
    options.timeoutSeconds = values.durationSeconds("timeout") ?? options.timeoutSeconds
    options.connectSeconds =
      values.durationSeconds("connect-timeout")
      ?? min(options.connectSeconds, options.timeoutSeconds)
    // A host that takes no connection is given up after as long as six attempts may take.
    options.unreachableSeconds = 6 * options.connectSeconds
    options.stallSeconds = min(options.stallSeconds, options.timeoutSeconds)
    options.bodyBytes = values.byteCount("max-bytes") ?? options.bodyBytes
    options.redirects = values.integer("max-redirects") ?? options.redirects
    options.perHost = values.integer("per-host") ?? options.perHost
    options.delaySeconds = values.durationSeconds("delay") ?? 0
    options.transfers = values.integer("connections") ?? options.transfers
    options.ignoresRobots = values.isSet("ignore-robots")
    options.publicOnly = values.isSet("public-only")
    options.userAgent = values["user-agent"]
    options.contact = values["contact"]
    options.headers = values.all("header")
    options.cachePath = values["cache"]
    options.isOffline = values.isSet("offline")
    options.certificatesPath = values["ca-file"]
    if let proxy = values["proxy"] { options.proxy = .server(proxy) }
    for header in options.headers where !header.contains(":") {
      throw TaskError(.usage, "a --header is written NAME: VALUE; one has no colon")
    }
    if let sentence = options.contradiction { throw TaskError(.usage, sentence) }
    return options
  }

  /// What has to be found on a page.
  var request: ExtractionRequest {
    var fields = Set(keys.compactMap(\.field))
    // Counted in the summary, whether it is written or not.
    if keys.contains(.abstract) { fields.insert(.abstract) }
    return ExtractionRequest(
      fields: fields, ownFields: ownFields, rules: rules, wantsArticle: wantsArticle)
  }

  /// Whether whole bodies are kept, so that a later run can look for something else in them.
  var keepsBodies: Bool { fetch.cachePath != nil }
}

// MARK: - Identity

extension ScrapeOptions {
  /// The options that the output depends on, in a fixed order. Header lines may be secrets: only
  /// their digest is kept.
  package func identity(_ values: OptionValues) -> [(name: String, value: String)] {
    var result: [(name: String, value: String)] = [
      ("format", format.rawValue), ("fields", keys.map(\.rawValue).joined(separator: ",")),
    ]
    let words = ["follow", "url-column", "user-agent", "contact", "max-bytes", "max-redirects"]
    for name in words { if let value = values[name] { result.append((name, value)) } }
    for name in ["article", "ignore-robots", "public-only", "offline"] where values.isSet(name) {
      result.append((name, "yes"))
    }
    for definition in values.all("field") { result.append(("field", definition)) }
    if let rulesText {
      let digest = unsafe rulesText.withUnsafeBytes { unsafe Checksum.hexadecimal(of: $0) }
      result.append(("rules", digest))
    }
    if !fetch.headers.isEmpty {
      var hash = SHA256()
      for header in fetch.headers { hash.update(header + "\n") }
      result.append(("headers", hash.hexadecimal()))
    }
    return result
  }
}
