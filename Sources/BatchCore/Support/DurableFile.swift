internal import Glibc
internal import SystemShims

/// A file that a run writes: every write, sync and truncation passes a fault point by name.
package struct DurableFile: ~Copyable {
  package let path: String
  /// The word for the file in fault points, such as `output`.
  let role: String
  private let descriptor: Int32

  /// - Parameter isForUser: Whether the file becomes an output, with the usual permissions; other
  ///   files of a run are their owner's.
  package init(
    path: String, role: String, flags: Int32 = O_RDWR | O_CREAT, isForUser: Bool = false
  ) throws(SystemError) {
    self.path = path
    self.role = role
    descriptor = try Self.open(path, role, flags, mode: isForUser ? 0o666 : 0o600)
  }

  private static func open(
    _ path: String, _ role: String, _ flags: Int32, mode: mode_t
  ) throws(SystemError) -> Int32 {
    if let code = FaultPoint.pass("\(role).open") { throw SystemError("open", path, code: code) }
    let descriptor = unsafe Glibc.open(path, flags | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw .last("open", path) }
    return descriptor
  }

  deinit { close(descriptor) }

  package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(SystemError) {
    if let code = FaultPoint.pass("\(role).write.before") {
      throw SystemError("write", path, code: code)
    }
    var rest = unsafe bytes
    var place = offset
    while let base = rest.baseAddress, unsafe !rest.isEmpty {
      let count = unsafe pwrite(descriptor, base, rest.count, place)
      if count < 0 {
        guard errno == EINTR else { throw .last("write", path) }
        continue
      }
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      place += count
    }
    _ = FaultPoint.pass("\(role).write.after")
  }

  /// Asks the kernel to start writing to the disk, without waiting, so that a later sync is short.
  func startWriteback(_ range: Range<Int>) {
    batchrun_start_writeback(descriptor, range.lowerBound, range.count)
  }

  package func sync() throws(SystemError) {
    if let code = FaultPoint.pass("\(role).sync.before") {
      throw SystemError("sync", path, code: code)
    }
    guard fdatasync(descriptor) == 0 || errno == EINVAL else { throw .last("sync", path) }
    _ = FaultPoint.pass("\(role).sync.after")
  }

  package func truncate(to length: Int) throws(SystemError) {
    if let code = FaultPoint.pass("\(role).truncate.before") {
      throw SystemError("truncate", path, code: code)
    }
    guard ftruncate(descriptor, length) == 0 else { throw .last("truncate", path) }
    _ = FaultPoint.pass("\(role).truncate.after")
  }

  /// Reads exactly `length` bytes into `buffer`.
  func read(at offset: Int, count length: Int, into buffer: ByteBuffer) throws(SystemError) {
    try FileReading.append(descriptor, path: path, offset: offset, count: length, to: buffer)
  }

  /// A path to this very file, whatever became of its name, for as long as it is open here.
  var pathOfDescriptor: String { "/proc/\(getpid())/fd/\(descriptor)" }

  var size: Int {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }
}

/// Reading a range of a file, whoever owns the descriptor.
enum FileReading {
  static func append(
    _ descriptor: Int32, path: String, offset: Int, count length: Int, to buffer: ByteBuffer
  ) throws(SystemError) {
    var failure: SystemError?
    unsafe buffer.write(atMost: length) { target in
      var done = 0
      while done < length {
        let count = unsafe pread(descriptor, target + done, length - done, offset + done)
        if count < 0, errno == EINTR { continue }
        if count <= 0 {
          failure =
            count < 0
            ? .last("read", path) : SystemError("read all of", path, code: ENODATA)
          break
        }
        done += count
      }
      return done
    }
    if let failure { throw failure }
  }
}

/// Names in a directory, changed atomically; each change passes fault points.
package enum DirectoryEntry {
  package static func rename(_ old: String, to new: String, role: String) throws(SystemError) {
    if let code = FaultPoint.pass("\(role).rename.before") {
      throw SystemError("rename to", new, code: code)
    }
    guard unsafe Glibc.rename(old, new) == 0 else { throw .last("rename to", new) }
    _ = FaultPoint.pass("\(role).rename.after")
  }

  /// Makes renames and removals in `directory` survive a power failure.
  static func sync(_ directory: String, role: String) throws(SystemError) {
    if let code = FaultPoint.pass("\(role).directory.sync.before") {
      throw SystemError("sync", directory, code: code)
    }
    let descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .last("open", directory) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw .last("sync", directory) }
    _ = FaultPoint.pass("\(role).directory.sync.after")
  }

  package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  package static func remove(_ path: String) { unsafe unlink(path) }
}
