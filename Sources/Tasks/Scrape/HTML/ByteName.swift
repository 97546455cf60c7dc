/// A name as libxml2 compares it: bytes that end in a zero.
///
/// Selectors hold these, so that matching an element makes no string.
@safe
package struct ByteName: Sendable, Hashable {
  /// UTF-8, with the zero at the end.
  let bytes: [UInt8]

  package init(_ text: String) { bytes = Array(text.utf8) + [0] }

  /// The length without the zero.
  package var count: Int { bytes.count - 1 }

  package var text: String { String(decoding: bytes.dropLast(), as: UTF8.self) }
}
