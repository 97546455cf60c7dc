internal import BatchCore

/// Everything a worker needs to scrape pages of the list.
struct ScrapeSetup: Sendable {
  let values: OptionValues
  let options: ScrapeOptions
  let shape: ListShape
  /// What relative paths are relative to, with a slash at its end.
  let folder: String
  /// Where the certificates are that came with the message; nil where they are read in place.
  private var certificateFile: CertificateFile?

  init(values: OptionValues, options: ScrapeOptions, shape: ListShape, folder: String) {
    self.values = values
    self.options = options
    self.shape = shape
    self.folder = folder
  }

  // MARK: - Message

  private static let format = "scrape 3"

  /// The setup as bytes for workers in other processes.
  var message: [UInt8] {
    let writer = MessageWriter()
    writer.add(Self.format)
    let known = Set(ScrapePlugin.command.options.map(\.name) + ["timeout"])
    let names = values.values.keys.filter(known.contains).sorted()
    writer.add(names.count)
    for name in names {
      writer.add(name)
      writer.add(values.all(name).count)
      for value in values.all(name) { writer.add(value) }
    }
    writer.add(shape.format.rawValue)
    writer.add(shape.column)
    writer.add(shape.columns.count)
    for name in shape.columns { writer.add(name) }
    writer.add(folder)
    writer.add(options.rulesText != nil)
    writer.add(options.rulesText ?? [])
    writer.add(options.certificates != nil)
    writer.add(options.certificates ?? [])
    return unsafe writer.buffer.withBytes { unsafe Array($0) }
  }

  /// - Throws: `TaskError` when the bytes are not a message of this program version.
  init(message: [UInt8]) throws {
    do {
      var reader = MessageReader(message)
      guard try reader.text() == Self.format else { throw MessageReader.Malformed() }
      var values = OptionValues()
      for _ in 0..<(try reader.integer()) {
        let name = try reader.text()
        for _ in 0..<(try reader.integer()) { values.append(try reader.text(), for: name) }
      }
      guard let format = ListShape.Format(rawValue: try reader.text()) else {
        throw MessageReader.Malformed()
      }
      var shape = ListShape(format: format, column: try reader.text())
      for _ in 0..<(try reader.integer()) { shape.columns.append(try reader.text()) }
      let folder = try reader.text()
      let hasRules = try reader.flag()
      let rules = try reader.blob()
      let hasCertificates = try reader.flag()
      let certificates = try reader.blob()
      var options = try ScrapeOptions(
        values, rulesText: hasRules ? rules : nil,
        certificates: hasCertificates ? certificates : nil)
      if hasCertificates {
        let file = try CertificateFile(certificates)
        options.fetch.certificatesPath = file.path
        certificateFile = file
      }
      self.options = options
      (self.values, self.shape, self.folder) = (values, shape, folder)
    } catch is MessageReader.Malformed {
      throw TaskError(
        .cannotRun,
        "this worker does not understand its task; use the same version of batchrun")
    }
  }
}
