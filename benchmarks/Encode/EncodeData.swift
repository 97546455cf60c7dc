import Glibc

/// The videos that the documentation names: `long.mkv`, a minute of 720p with sound, and `video`, some
/// seconds of it under a name without an ending.
enum EncodeData {
  static func write(to directory: String) -> Bool {
    guard Shell.output(["ffmpeg", "-version"]).isSuccess else {
      print("long.mkv and video need Debian's ffmpeg: apt-get install ffmpeg")
      return true
    }
    let clip = EncodeClip(width: 1280, height: 720, seconds: 60)
    let (long, short) = (directory + "/long.mkv", directory + "/video")
    let tone = "sine=frequency=220:beep_factor=4:sample_rate=48000"
    let sounding = ["-f", "lavfi", "-i", tone, "-map", "0:v", "-map", "1:a", "-c:v", "copy"]
    guard clip.make(),
      make(long, ["-i", clip.path] + sounding + ["-c:a", "aac", "-t", "\(clip.seconds)"]),
      make(short, ["-i", long, "-t", "8", "-c", "copy"])
    else { return false }
    for path in [long, short] {
      let megabytes = (VideoFacts.size(of: path) + 500_000) / 1_000_000
      print("\(path.split(separator: "/").last ?? ""): \(megabytes) MB of video")
    }
    return true
  }

  /// Makes the file unless it is there.
  private static func make(_ path: String, _ arguments: [String]) -> Bool {
    unsafe access(path, R_OK) == 0 || EncodeClip.encode(arguments, to: path)
  }
}
