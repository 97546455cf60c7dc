/// One profile of the files that `aws configure` writes: `~/.aws/config` and `~/.aws/credentials`.
package struct AWSProfile: Sendable {
  package let name: String
  private let settings: [String: String]

  package subscript(_ name: String) -> String? { settings[name] }

  /// Reads the profile that the environment names; an empty one where nobody has asked for it.
  ///
  /// - Throws: `AWSFailure` when the user has named a profile that is not there.
  package static func read(_ environment: AWSEnvironment) throws(AWSFailure) -> AWSProfile {
    let (name, isChosen) = environment.profileName
    let config = environment.file("AWS_CONFIG_FILE", orHome: ".aws/config")
    let secrets = environment.file("AWS_SHARED_CREDENTIALS_FILE", orHome: ".aws/credentials")
    let inConfig = section(of: config) { title in
      title == "profile \(name)" || (title == name && name == "default")
    }
    let inSecrets = section(of: secrets) { $0 == name }
    if isChosen, inConfig == nil, inSecrets == nil {
      let files = [config, secrets].compactMap { $0 }.joined(separator: " and ")
      throw AWSFailure(
        .credentials,
        "there is no profile \(name) in \(files); see AWS_PROFILE, or run aws configure")
    }
    let settings = (inConfig ?? [:]).merging(inSecrets ?? [:]) { $1 }
    return AWSProfile(name: name, settings: settings)
  }

  /// The settings of the section whose title matches; nil when there is none.
  private static func section(
    of path: String?, _ matches: (String) -> Bool
  ) -> [String: String]? {
    guard let path, let bytes = try? TextFile.read(path) else { return nil }
    var settings: [String: String]?
    var isInside = false
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      // Settings of settings, such as those of `s3 =`, are indented.
      let isNested = line.first == " " || line.first == "\t"
      let text = trimmed(line[...])
      if text.isEmpty || text.hasPrefix("#") || text.hasPrefix(";") { continue }
      if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
        let words = text[text.index(after: text.startIndex)..<end].split { $0 == " " || $0 == "\t" }
        isInside = matches(words.joined(separator: " "))
        if isInside, settings == nil { settings = [:] }
      } else if isInside, !isNested, let equals = text.firstIndex(of: "=") {
        let value = withoutComment(trimmed(text[text.index(after: equals)...]))
        settings?[trimmed(text[..<equals]).lowercased()] = value
      }
    }
    return settings
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }

  private static func trimmed(_ text: String) -> String { trimmed(text[...]) }

  /// A comment behind a value begins with a space.
  private static func withoutComment(_ value: String) -> String {
    let marks = [" #", " ;"].compactMap { value.firstRange(of: $0)?.lowerBound }
    return trimmed(value[..<(marks.min() ?? value.endIndex)])
  }

  // MARK: - Keys

  /// The keys of the profile; nil when it has none.
  ///
  /// - Throws: `AWSFailure` when it says to get them in a way that only the tools of AWS know.
  func credentials() throws(AWSFailure) -> AWSCredentials? {
    if let access = settings["aws_access_key_id"], let secret = settings["aws_secret_access_key"] {
      return AWSCredentials(
        accessKey: access, secretKey: secret, sessionToken: settings["aws_session_token"],
        source: "the profile \(name)")
    }
    let ways = [
      ("role_arn", "assumes a role"), ("sso_session", "signs in through a browser"),
      ("sso_start_url", "signs in through a browser"),
      ("credential_process", "gets its keys from a program"),
      ("login_session", "signs in through a browser"),
    ]
    guard let way = ways.first(where: { settings[$0.0] != nil }) else { return nil }
    throw AWSFailure(
      .credentials,
      "the profile \(name) \(way.1), which batchrun cannot do; run first: "
        + "eval \"$(aws configure export-credentials --profile \(name) --format env)\"")
  }
}
