internal import Glibc

/// Folders below the root of a store: made, read and removed.
enum DirectoryTree {
  /// Makes the folders that `file` needs, their owner's only, and has their names survive a power
  /// failure.
  ///
  /// A folder that another process removes meanwhile is no error; the file's own is looked for again.
  static func makeFolders(of file: String, below root: String) throws(SystemError) {
    var folder = root
    for part in OutputTarget.directory(of: file).utf8.dropFirst(root.utf8.count)
      .split(separator: UInt8(ascii: "/"))
    {
      let parent = folder
      folder += "/\(Substring(part))"
      if unsafe mkdir(folder, 0o700) == 0 {
        try sync(parent)
      } else if errno == ENOENT {
        guard DirectoryEntry.exists(root) else { throw .last("make the folder", folder) }
        return
      } else if errno != EEXIST {
        throw .last("make the folder", folder)
      }
    }
  }

  private static func sync(_ folder: String) throws(SystemError) {
    do throws(SystemError) {
      try DirectoryEntry.sync(folder, role: Draft.role)
    } catch {
      guard error.code == ENOENT else { throw error }
    }
  }

  /// A name in a folder, and what it is.
  struct Entry {
    enum Kind {
      case file
      case folder
      case other
      /// The file system does not say without being asked for each.
      case unknown
    }

    var name: String
    var kind: Kind

    var isDraft: Bool { name.hasPrefix(Draft.namePrefix) }
  }

  /// Everything in a folder but itself and its parent; nothing where there is no such folder.
  ///
  /// Names that are not UTF-8 are left out: they are nobody's keys.
  static func entries(_ folder: String) throws(SystemError) -> [Entry] {
    guard let list = unsafe opendir(folder) else {
      if errno == ENOENT || errno == ENOTDIR { return [] }
      throw .last("list", folder)
    }
    defer { unsafe closedir(list) }
    var entries: [Entry] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(list) else { break }
      let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        unsafe String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard let name, name != ".", name != ".." else { continue }
      entries.append(Entry(name: name, kind: unsafe kind(entry.pointee.d_type)))
    }
    guard errno == 0 else { throw .last("list", folder) }
    return entries.map { $0.kind == .unknown ? resolved($0, in: folder) : $0 }
  }

  private static func kind(_ type: UInt8) -> Entry.Kind {
    switch Int(type) {
    case Int(DT_REG): .file
    case Int(DT_DIR): .folder
    // Behind a link there may be either.
    case Int(DT_UNKNOWN), Int(DT_LNK): .unknown
    default: .other
    }
  }

  private static func resolved(_ entry: Entry, in folder: String) -> Entry {
    var status = stat()
    guard unsafe stat("\(folder)/\(entry.name)", &status) == 0 else {
      return Entry(name: entry.name, kind: .other)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return Entry(name: entry.name, kind: .file)
    case S_IFDIR: return Entry(name: entry.name, kind: .folder)
    default: return Entry(name: entry.name, kind: .other)
    }
  }

  // MARK: - Removing

  static func remove(_ file: String) throws(SystemError) {
    guard unsafe unlink(file) != 0 else { return }
    // A folder of that name is no object.
    guard errno != ENOENT, errno != ENOTDIR, errno != EISDIR else { return }
    throw .last("remove", file)
  }

  /// Removes a folder and those it is in, up to `root`, as far as they are empty.
  static func removeIfEmpty(_ folder: String, below root: String) {
    var folder = folder
    while folder.utf8.count > root.utf8.count, unsafe rmdir(folder) == 0 {
      folder = OutputTarget.directory(of: folder)
    }
  }

  /// Removes every file whose key begins with `prefix`, the drafts of their folders included.
  static func removeAll(_ prefix: String, below root: String) throws(SystemError) {
    let slash = prefix.utf8.lastIndex(of: UInt8(ascii: "/"))
    let inner = slash.map { prefix[..<$0] } ?? ""
    let name = slash.map { prefix[prefix.index(after: $0)...] } ?? prefix[...]
    let folder = inner.isEmpty ? root : "\(root)/\(inner)"
    for entry in try entries(folder) {
      let isMeant = name.isEmpty || entry.name.utf8.starts(with: name.utf8)
      if isMeant { try removeTree("\(folder)/\(entry.name)", entry) }
    }
    if folder != root { removeIfEmpty(folder, below: root) }
  }

  private static func removeTree(_ path: String, _ entry: Entry) throws(SystemError) {
    if entry.kind == .folder {
      for inner in try entries(path) { try removeTree("\(path)/\(inner.name)", inner) }
      guard unsafe rmdir(path) != 0, errno != ENOENT, errno != ENOTEMPTY else { return }
      // A link to a folder is removed as what it is.
      guard errno == ENOTDIR, unsafe unlink(path) == 0 else { throw .last("remove", path) }
    } else if entry.isDraft || !entry.name.hasPrefix(".") {
      try remove(path)
    }
  }
}
