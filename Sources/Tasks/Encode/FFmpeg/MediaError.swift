internal import CFFmpeg
internal import EncodeShims

/// Something about a video that cannot be done: a sentence that names the file and the cure.
package struct MediaError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Code: Sendable, Equatable {
    /// The file cannot be opened, or is no video.
    case unreadable
    /// The codec, container or picture format cannot do what was asked.
    case unsupported
    /// The libraries refused while they encoded.
    case encoding
    /// An assertion within the encoder failed; with other settings it may not.
    case aborted
    /// The output could not be written.
    case unwritable
    /// The pieces do not fit together, or the file is not what it was.
    case mismatch
  }

  package let code: Code
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }

  /// What the libraries say about one of their error numbers.
  static func reason(_ result: Int32) -> String {
    var text = [CChar](repeating: 0, count: 128)
    _ = unsafe av_strerror(result, &text, text.count)
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Throws when `result` is an error number; gives it back when it is none.
  @discardableResult
  static func check(
    _ result: Int32, _ code: Code, _ sentence: @autoclosure () -> String
  ) throws(MediaError) -> Int32 {
    guard result < 0 else { return result }
    throw MediaError(code, "\(sentence()): \(reason(result))")
  }
}
