import EncodeShims
import Glibc

/// What makes the run go on when an encoder crashes the program: the program starts anew in its place.
///
/// Chunks are encoded within this process but for those of libsvtav1: those of libx264 took 2 % more time
/// side by side in processes of their own.
/// After a crash the run directory says which chunks were under way, and those run alone in child
/// processes, where another crash ends one chunk only.
struct CrashRestart {
  /// The video at which the program crashed and began anew; nil for a first start.
  let video: Int?

  /// Prepares for a crash, except where the input is gone once it is read.
  init(inputs: [String]) {
    guard !inputs.contains(where: Self.isStream) else {
      video = nil
      return
    }
    let words = unsafe CommandLine.arguments.map { unsafe strdup($0) }
    defer { unsafe words.forEach { word in unsafe free(word) } }
    let pointers = unsafe words.map { unsafe UnsafePointer($0) }
    let number = unsafe batchrun_restart_after_crash(Int32(pointers.count), pointers)
    video = number < 0 ? nil : Int(number)
  }

  /// Says which video is worked on from now on.
  func begin(video number: Int) { batchrun_now_at_video(Int32(number)) }

  private static func isStream(_ path: String) -> Bool {
    var status = stat()
    guard path != "-", unsafe stat(path, &status) == 0 else { return path == "-" }
    return [S_IFIFO, S_IFCHR, S_IFSOCK].contains(status.st_mode & S_IFMT)
  }
}
