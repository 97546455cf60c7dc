internal import BatchCore

extension ListedPage {
  /// The address as typed, without the user name and password that it may hold.
  package var shown: String {
    guard typed.contains("@"), let colon = typed.firstIndex(of: ":") else { return typed }
    guard !isPath else { return withoutLogin }
    // Tabs and line ends in an address do not count, and may stand between its slashes.
    let isIgnored = { (character: Character) in "\t\n\r\r\n".contains(character) }
    let slashes = typed[typed.index(after: colon)...].prefix {
      $0 == "/" || $0 == "\\" || isIgnored($0)
    }
    guard slashes.contains(where: { !isIgnored($0) }) || isMail else { return withoutLogin }
    let rest = typed[slashes.endIndex...]
    // Of what is no address, it cannot be said where a password ends.
    let isAddress = (try? WebURL(typed)) != nil
    let authority = isAddress ? rest.prefix { !"/?#".contains($0) } : rest
    guard let at = authority.lastIndex(of: "@") else { return typed }
    return String(typed[..<slashes.endIndex]) + String(rest[rest.index(after: at)...])
  }

  /// What precedes the at sign of these is no password, and there is no word in front to be hidden.
  private var isMail: Bool { typed.prefix(7).lowercased() == "mailto:" }

  /// The typed text without what may be `user:password@` in front of it.
  private var withoutLogin: String { loginEnd.map { String(typed[$0...]) } ?? typed }
}
