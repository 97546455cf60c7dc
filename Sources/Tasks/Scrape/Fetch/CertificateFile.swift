internal import BatchCore
internal import Glibc

/// Certificates that came with the task, as a file without a name, because libcurl reads a file.
final class CertificateFile: Sendable {
  private let descriptor: Int32

  init(_ bytes: [UInt8]) throws(TaskError) {
    guard let stream = unsafe tmpfile() else { throw Self.failure }
    defer { unsafe fclose(stream) }
    let count = unsafe fwrite(bytes, 1, bytes.count, stream)
    guard count == bytes.count, unsafe fflush(stream) == 0 else { throw Self.failure }
    descriptor = unsafe dup(fileno(stream))
  }

  private static var failure: TaskError {
    let reason = unsafe String(cString: strerror(errno))
    return TaskError(
      .cannotRun, "the certificates of --ca-file cannot be kept in the temporary folder: \(reason)")
  }

  deinit { close(descriptor) }

  var path: String { "/proc/self/fd/\(descriptor)" }
}
