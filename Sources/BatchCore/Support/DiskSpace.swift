internal import Glibc

/// Room on a disk.
enum DiskSpace {
  /// How many bytes may still be written where `folder` is; as many as there are numbers when the system
  /// does not say.
  static func freeBytes(in folder: String) -> Int {
    var status = statvfs()
    guard unsafe statvfs(folder, &status) == 0 else { return .max }
    return Int(status.f_bavail) * Int(status.f_frsize)
  }
}
