internal import CFFmpeg

/// The versions of the libraries that decide about bytes.
enum LibraryVersions {
  static var text: String {
    [
      ("avformat", avformat_version()), ("avcodec", avcodec_version()),
      ("swscale", swscale_version()), ("swresample", swresample_version()),
    ].map { name, version in
      "\(name) \(version >> 16).\(version >> 8 & 0xFF).\(version & 0xFF)"
    }.joined(separator: ", ")
  }
}
