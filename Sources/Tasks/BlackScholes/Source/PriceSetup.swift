internal import BatchCore

/// Everything a worker needs to price rows of the input: options, header, and which file it was.
struct PriceSetup: Sendable {
  /// The options as typed, in a fixed order.
  let options: [(name: String, value: String)]
  let header: [String]
  let separator: UInt8
  let endsInCRLF: Bool
  /// The name of the input for messages.
  let displayName: String
  let dateStyle: DateStyle?
  /// Size and time of change of the input when the run was prepared; nil for bytes in memory.
  let version: InputVersion?

  let job: PriceJob

  init(
    values: OptionValues, header: CSVHeader, endsInCRLF: Bool, displayName: String,
    dateStyle: DateStyle?, version: InputVersion?, job: PriceJob
  ) {
    options = Self.flattened(values)
    self.header = header.names
    separator = header.separator
    self.endsInCRLF = endsInCRLF
    self.displayName = displayName
    self.dateStyle = dateStyle
    self.version = version
    self.job = job
  }

  private static func flattened(_ values: OptionValues) -> [(name: String, value: String)] {
    let known = Set(PricePlugin.command.options.map(\.name))
    return values.values.keys.filter(known.contains).sorted().flatMap { name in
      values.all(name).map { (name, $0) }
    }
  }
}

/// What shows that a file has not changed.
struct InputVersion: Sendable, Equatable {
  let sizeBytes: Int
  /// In nanoseconds since 1970.
  let modified: Int

  init(_ fingerprint: FileFingerprint) {
    sizeBytes = fingerprint.sizeBytes
    modified = fingerprint.modifiedNanoseconds
  }

  init(sizeBytes: Int, modified: Int) {
    self.sizeBytes = sizeBytes
    self.modified = modified
  }
}

// MARK: - Message

extension PriceSetup {
  private static let format = "price 1"

  /// The setup as bytes for workers in other processes.
  var message: [UInt8] {
    var writer = FieldWriter()
    writer.add(Self.format)
    writer.add("\(options.count)")
    for option in options {
      writer.add(option.name)
      writer.add(option.value)
    }
    writer.add("\(header.count)")
    for name in header { writer.add(name) }
    writer.add("\(separator)")
    writer.add(endsInCRLF ? "crlf" : "lf")
    writer.add(displayName)
    writer.add(dateStyle?.rawValue ?? "")
    writer.add(version.map { "\($0.sizeBytes)" } ?? "")
    writer.add(version.map { "\($0.modified)" } ?? "")
    return writer.bytes
  }

  /// - Throws: `TaskError` when the bytes are not a message of this program version.
  init(message: [UInt8]) throws {
    var reader = FieldReader(message)
    guard try reader.text() == Self.format else { throw FieldReader.notAMessage }
    var values = OptionValues()
    for _ in 0..<(try reader.integer()) {
      let name = try reader.text()
      values.append(try reader.text(), for: name)
    }
    options = Self.flattened(values)
    header = try (0..<(try reader.integer())).map { _ in try reader.text() }
    separator = UInt8(truncatingIfNeeded: try reader.integer())
    endsInCRLF = try reader.text() == "crlf"
    displayName = try reader.text()
    dateStyle = DateStyle(rawValue: try reader.text())
    let size = Int(try reader.text())
    let modified = Int(try reader.text())
    version = size.flatMap { size in modified.map { InputVersion(sizeBytes: size, modified: $0) } }
    job = try PriceJob(
      options: PriceOptions(values), header: header, file: displayName)
  }
}

/// Texts one after the other, each as its length, a colon and its bytes.
private struct FieldWriter {
  private(set) var bytes: [UInt8] = []

  mutating func add(_ text: String) {
    bytes += Array("\(text.utf8.count):".utf8) + Array(text.utf8)
  }
}

private struct FieldReader {
  static let notAMessage = TaskError(
    .cannotRun, "this worker does not understand its task; use the same version of batchrun")
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  mutating func text() throws -> String {
    guard let colon = rest.prefix(20).firstIndex(of: UInt8(ascii: ":")),
      let count = Int(String(decoding: rest[..<colon], as: UTF8.self)),
      count >= 0, count < rest.endIndex - colon
    else { throw Self.notAMessage }
    let start = colon + 1
    defer { rest = rest[(start + count)...] }
    return String(decoding: rest[start..<start + count], as: UTF8.self)
  }

  mutating func integer() throws -> Int {
    guard let number = Int(try text()), number >= 0 else { throw Self.notAMessage }
    return number
  }
}
