internal import Glibc

/// The variables and files in which a user keeps what AWS programs need to know.
package struct AWSEnvironment: Sendable {
  private let values: [String: String]?

  /// - Parameter values: instead of the variables of the process.
  package init(_ values: [String: String]? = nil) { self.values = values }

  /// The value of a variable; nil when it is not set, or empty.
  package subscript(_ name: String) -> String? {
    let value = values.map { $0[name] } ?? environment(name)
    return value?.isEmpty == false ? value : nil
  }

  /// A file that a variable names, or else one in the user's home; nil without a home.
  func file(_ variable: String, orHome name: String) -> String? {
    self[variable].map(expandingHome) ?? self["HOME"].map { "\($0)/\(name)" }
  }

  private func expandingHome(_ path: String) -> String {
    guard path.hasPrefix("~/"), let home = self["HOME"] else { return path }
    return home + path.dropFirst()
  }

  // MARK: - Settings

  /// The name of the profile, and whether the user has chosen it.
  var profileName: (name: String, isChosen: Bool) {
    guard let name = self["AWS_PROFILE"] ?? self["AWS_DEFAULT_PROFILE"] else {
      return ("default", false)
    }
    return (name, true)
  }

  /// The region that is set; nil when none is.
  ///
  /// - Parameter given: one that was told otherwise, and counts first.
  package func region(_ given: String? = nil) throws(AWSFailure) -> String? {
    if let given { return given }
    if let region = self["AWS_REGION"] ?? self["AWS_DEFAULT_REGION"] { return region }
    return try AWSProfile.read(self)["region"]
  }

  /// Where a service is when not at AWS: `AWS_ENDPOINT_URL_S3`, then `AWS_ENDPOINT_URL`, then the
  /// profile; without a slash at its end.
  ///
  /// - Parameters:
  ///   - service: in capitals, as in the variable's name.
  ///   - given: one that was told otherwise, and counts first.
  package func endpoint(
    _ service: String, at given: String? = nil
  ) throws(AWSFailure) -> String? {
    if let set = given ?? self["AWS_ENDPOINT_URL_\(service)"] ?? self["AWS_ENDPOINT_URL"] {
      return try Self.endpoint(set)
    }
    guard let set = try AWSProfile.read(self)["endpoint_url"] else { return nil }
    return try Self.endpoint(set)
  }

  /// - Throws: `AWSFailure` when `text` is no address of a service.
  static func endpoint(_ text: String) throws(AWSFailure) -> String {
    guard let url = try? WebURL(text), url.scheme != .file, url.credentials == nil,
      !url.pathAndQuery.contains("?")
    else {
      throw AWSFailure(
        .refused, "the endpoint of the service is not an address; write it as http://HOST:PORT")
    }
    return url.path == "/" ? url.origin : String(url.text.reversed().drop { $0 == "/" }.reversed())
  }

  /// The certificates to trust; nil for those that libcurl knows.
  ///
  /// A program that was built on one system looks for them in the wrong place on another.
  package var certificatesPath: String? {
    if let path = self["AWS_CA_BUNDLE"] ?? self["CURL_CA_BUNDLE"] ?? self["SSL_CERT_FILE"] {
      return path
    }
    let usual = [
      "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
      "/etc/ssl/ca-bundle.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
      "/etc/ssl/cert.pem",
    ]
    return usual.first { DirectoryEntry.exists($0) }
  }

  /// What exchanges with AWS have in common.
  package var httpSettings: HTTPSettings {
    var settings = HTTPSettings()
    settings.certificatesPath = certificatesPath
    return settings
  }
}
