/// Why a text is not the address of a page.
///
/// It never repeats the text, which may hold a password.
public enum WebURLError: Error, Sendable, Equatable {
  case empty
  case tooLong
  case noScheme
  case unsupportedScheme(String)
  case noHost
  case relativeFile
  case badHost
  case badPort
  case badUser
  case controlCharacter
  case malformed
}

extension WebURLError: CustomStringConvertible {
  /// The end of a sentence that names the text: "… is not an address: it has no host".
  public var description: String {
    switch self {
    case .empty: "it is empty"
    case .tooLong: "it is longer than \(WebURL.longestBytes) bytes"
    case .noScheme: "it does not begin with http://, https:// or file:"
    case .unsupportedScheme(let name): "\(name): is not http, https or file"
    case .noHost: "it has no host"
    case .relativeFile: "file: needs the whole path of the file, as in file:///home/me/a.html"
    case .badHost: "its host is not a name or an address"
    case .badPort: "its port is not a number from 1 to 65535"
    case .badUser: "its user name or password is malformed"
    case .controlCharacter: "it contains a control character"
    case .malformed: "it is malformed"
    }
  }
}
