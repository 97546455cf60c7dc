internal import Glibc

/// The videos of a folder, however deep, in the order of their names.
package enum VideoFolder {
  package struct Content: Sendable, Equatable {
    /// Paths within the folder.
    package var videos: [String] = []
    /// Files that are no videos.
    package var others: [String] = []
  }

  package static func content(of folder: String) -> Content {
    var content = Content()
    collect(folder, "", &content)
    return content
  }

  /// Whether a directory has that path.
  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func collect(_ folder: String, _ prefix: String, _ content: inout Content) {
    for name in names(folder).sorted() where !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      var status = stat()
      guard unsafe stat(path, &status) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR where !name.hasSuffix(".run"): collect(path, "\(prefix)\(name)/", &content)
      case S_IFREG:
        if isVideo(path) {
          content.videos.append(prefix + name)
        } else {
          content.others.append(prefix + name)
        }
      default: break
      }
    }
  }

  private static func isVideo(_ path: String) -> Bool {
    guard let source = try? MediaSource(path: path, name: path), let video = source.mainVideo else {
      return false
    }
    // A single picture is read as a video of one frame by the libraries.
    return !source.format.hasSuffix("_pipe") && source.format != "image2"
      && !["ansi", "bintext", "xbin", "idf"].contains(video.codec) && source.format != "tty"
  }

  private static func names(_ folder: String) -> [String] {
    guard let list = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(list) }
    var names: [String] = []
    while let entry = unsafe readdir(list) {
      unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        unsafe names.append(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
      }
    }
    return names
  }
}
