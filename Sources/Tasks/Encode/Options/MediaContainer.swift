/// The containers that can be written, by the ending of the file.
package enum MediaContainer: String, CaseIterable, Sendable {
  case mp4
  case mkv
  case webm
  case mov

  /// The container of a file of that name; nil when its ending says nothing.
  package init?(path: String) {
    guard let ending = FileName(path).ending?.lowercased() else { return nil }
    switch ending {
    case "m4v": self = .mp4
    default: self.init(rawValue: ending)
    }
  }

  /// What the libraries call it.
  package var muxer: String {
    switch self {
    case .mp4: "mp4"
    case .mkv: "matroska"
    case .webm: "webm"
    case .mov: "mov"
    }
  }

  /// The encoders whose format it can hold.
  package var codecs: [VideoCodec] {
    switch self {
    case .mkv, .mp4: VideoCodec.allCases
    case .webm: [.vp9, .svtAV1, .aomAV1]
    case .mov: [.x264, .x265]
    }
  }
}

/// A path in its pieces, as far as names of videos need them.
package struct FileName: Sendable, Equatable {
  /// The folder with its slash, or nothing.
  package let folder: String
  package let stem: String
  package let ending: String?

  package init(_ path: String) {
    let slash = path.lastIndex(of: "/")
    folder = slash.map { String(path[...$0]) } ?? ""
    let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
    // The dot of a hidden file begins no ending.
    if let dot = name.lastIndex(of: "."), dot != name.startIndex {
      stem = String(name[..<dot])
      ending = String(name[name.index(after: dot)...])
    } else {
      stem = String(name)
      ending = nil
    }
  }
}
