/// Keys that sign requests. They appear in no message: what is printed is where they come from.
package struct AWSCredentials: Sendable, Equatable {
  package let accessKey: String
  let secretKey: String
  /// Proves that keys which were given for a time are still good.
  let sessionToken: String?
  /// Seconds since 1970; nil for keys that stay.
  package let expiry: Int?
  /// Where they come from, for messages: "the environment".
  package let source: String

  package init(
    accessKey: String, secretKey: String, sessionToken: String? = nil, expiry: Int? = nil,
    source: String
  ) {
    self.accessKey = accessKey
    self.secretKey = secretKey
    self.sessionToken = sessionToken.flatMap { $0.isEmpty ? nil : $0 }
    self.expiry = expiry
    self.source = source
  }

  /// `text` without the keys, should a service have repeated one.
  func concealing(_ text: String) -> String {
    [secretKey, sessionToken, accessKey].compactMap { $0 }.filter { $0.utf8.count >= 4 }
      .reduce(text) { text, secret in
        text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "***")
      }
  }
}

extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "credentials from \(source)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: ["source": source]) }
}
