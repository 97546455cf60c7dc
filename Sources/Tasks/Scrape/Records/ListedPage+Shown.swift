internal import BatchCore

extension ListedPage {
  /// The address as typed, without the user name and password that it may hold.
  package var shown: String {
    guard !isPath, let colon = typed.firstIndex(of: ":"), typed.contains("@") else { return typed }
    let slashes = typed[typed.index(after: colon)...].prefix { $0 == "/" || $0 == "\\" }
    let rest = typed[slashes.endIndex...]
    // Of what is no address, it cannot be said where a password ends.
    let isAddress = (try? WebURL(typed)) != nil
    let authority = isAddress ? rest.prefix { !"/\\?#".contains($0) } : rest
    guard let at = authority.lastIndex(of: "@") else { return typed }
    return String(typed[..<slashes.endIndex]) + String(rest[rest.index(after: at)...])
  }
}
