internal import Glibc

/// Why a store could not do what it was asked for: a sentence that names the object and the cure.
package struct BlobFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// A stable word that scripts may test for.
  package enum Code: String, Sendable, CaseIterable {
    /// The text does not say where a store is.
    case badLocator = "bad_locator"
    /// The directory or bucket is not there.
    case noStore = "no_store"
    /// Reading or writing is not allowed.
    case denied = "access_denied"
    /// There are no credentials, or they are not valid.
    case credentials = "bad_credentials"
    /// The clock of this machine is wrong.
    case clock = "wrong_clock"
    /// The bucket is in another region.
    case region = "wrong_region"
    /// No room is left.
    case full = "storage_full"
    /// The shared directory was taken away under us.
    case stale = "stale_handle"
    /// The service asks for fewer requests.
    case throttled = "throttled"
    /// The service does not answer, or breaks off.
    case unreachable = "unreachable"
    /// Other calls to the system or the service that failed.
    case failed = "storage_failed"
  }

  package let code: Code
  /// Whether the same call may succeed later.
  package let isTransient: Bool
  /// Never holds a key, a token or a signature.
  package let message: String

  package init(_ code: Code, isTransient: Bool = false, _ message: String) {
    self.code = code
    self.isTransient = isTransient
    self.message = message
  }

  package var description: String { message }
}

// MARK: - Directories

extension BlobFailure {
  /// Gives `body`'s errors as failures of `store`.
  static func of<R: ~Copyable>(
    _ store: String, _ body: () throws(SystemError) -> R
  ) throws(BlobFailure) -> R {
    do throws(SystemError) {
      return try body()
    } catch {
      throw BlobFailure(error, store: store)
    }
  }

  /// - Parameter store: the directory that is shared, for the cure.
  package init(_ error: SystemError, store: String) {
    let cure: String
    switch error.code {
    case ENOSPC: (code, cure) = (.full, "free some space there and run the same command again")
    case EDQUOT:
      (code, cure) = (.full, "your quota there is used up; remove files of yours and run again")
    case EFBIG:
      (code, cure) = (.full, "its file system or your limits (ulimit -f) allow no larger file")
    case EACCES, EPERM: (code, cure) = (.denied, "choose a place you may write to, or ask for it")
    case EROFS:
      (code, cure) = (.denied, "\(store) is mounted read-only here; have it mounted for writing")
    case ESTALE:
      (code, cure) = (.stale, "\(store) was removed or exported anew; mount it again and run again")
    case ENOTCONN, EHOSTDOWN, EHOSTUNREACH, ETIMEDOUT:
      (code, cure) = (.unreachable, "the file server of \(store) does not answer; try again later")
    case EIO: (code, cure) = (.failed, "the disk or the file server of \(store) has a fault")
    case EMFILE, ENFILE: (code, cure) = (.failed, "raise the limit of open files (ulimit -n)")
    case ENOTDIR, EISDIR, EEXIST, ENOTEMPTY:
      (code, cure) = (.failed, "something else has that name in \(store); move it away")
    default: (code, cure) = (.failed, "see whether \(store) is all right")
    }
    isTransient = [ESTALE, ENOTCONN, EHOSTDOWN, EHOSTUNREACH, ETIMEDOUT, EIO].contains(error.code)
    message = "cannot \(error.action) \(error.path): \(error.reason); \(cure)"
  }
}
