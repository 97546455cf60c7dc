/// What all workers of a session have to do, as an object: the program's version, the task, its options.
package struct StoredTask: Sendable {
  package var name: TaskName
  /// What `TaskPlugin.makeTask` reads.
  package var message: [UInt8]

  package init(name: TaskName, message: [UInt8]) {
    self.name = name
    self.message = message
  }

  private static let format = "batchrun-task-3"

  package var bytes: ByteBuffer {
    let writer = MessageWriter()
    writer.add(Self.format)
    writer.add(ProgramVersion.current)
    writer.add(name.rawValue)
    writer.add(message)
    return writer.buffer
  }

  /// - Throws: `TaskError` when another version of the program wrote it.
  package init(_ bytes: ByteBuffer) throws(TaskError) {
    do throws(MessageReader.Malformed) {
      var reader = MessageReader(unsafe bytes.withBytes { unsafe Array($0) })
      guard try reader.text() == Self.format else { throw MessageReader.Malformed() }
      let version = try reader.text()
      guard version == ProgramVersion.current else { throw MessageReader.Malformed() }
      name = TaskName(try reader.text())
      message = try reader.blob()
    } catch {
      throw TaskError(
        .cannotRun,
        "the run was begun by another version of batchrun than this worker's, which is "
          + "\(ProgramVersion.current); use the same program on both sides")
    }
  }
}
