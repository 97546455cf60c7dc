internal import Glibc

/// A system call that failed: what was attempted, on what, and the error number.
public struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
  public let action: String
  public let path: String
  public let code: Int32

  public init(_ action: String, _ path: String, code: Int32) {
    self.action = action
    self.path = path
    self.code = code
  }

  /// The error of the call that just failed.
  static func last(_ action: String, _ path: String) -> SystemError {
    SystemError(action, path, code: errno)
  }

  public var reason: String { unsafe String(cString: strerror(code)) }

  public var description: String {
    let cure =
      switch code {
      case ENOSPC, EDQUOT:
        "; free some space and run the same command again: at most the last second is repeated"
      case EACCES, EPERM, EROFS: "; choose a place you may write to, or change its permissions"
      case EMFILE, ENFILE: "; raise the limit of open files (ulimit -n)"
      case EPIPE:
        ": the reader went away; run the same command again to get the output from the start"
      default: ""
      }
    return "cannot \(action) \(path): \(reason)\(cure)"
  }
}
