import Glibc

/// A video made for the measurements: moving scenes full of noise, and cuts between them.
///
/// FFmpeg's filters draw half a minute, which is repeated: an encoder does not remember that far. Some
/// 28 Mbit/s at 720p, as cameras give, with key frames at most 250 frames apart.
struct EncodeClip {
  static let framesPerSecond = 25
  private static let drawnSeconds = 30
  /// Good enough for the noise to last.
  ///
  /// With 20 it was lost but in key frames, and libaom took most pictures for those of a screen, by their
  /// few colors, but not a key frame: a cut there made the same scene an eighth larger.
  private static let quality = 17
  static let directory = ".build/encode"

  let width: Int
  let height: Int
  let seconds: Int

  var name: String { "\(height)p, \(seconds) s" }
  var path: String { "\(Self.directory)/clip-\(height)p-\(seconds)s.mkv" }

  /// Draws the video unless it is there; false, with the reason printed, when that fails.
  func make() -> Bool {
    if unsafe access(path, R_OK) == 0 { return true }
    guard Shell.output(["mkdir", "-p", Self.directory]).isSuccess else { return false }
    let drawn = min(seconds, Self.drawnSeconds)
    let once = "\(Self.directory)/drawn-\(height)p-\(drawn)s.mkv"
    if unsafe access(once, R_OK) != 0 {
      print("drawing \(drawn) s of \(height)p")
      guard
        Self.encode(
          ["-filter_complex", drawing, "-map", "[all]", "-t", "\(drawn)"]
            + ["-c:v", "libx264", "-preset", "veryfast", "-crf", "\(Self.quality)"], to: once)
      else { return false }
    }
    let repeats = (seconds + drawn - 1) / drawn - 1
    return Self.encode(
      ["-stream_loop", "\(repeats)", "-i", once, "-t", "\(seconds)", "-c", "copy"], to: path)
  }

  /// Runs ffmpeg, whose output appears when it is complete.
  static func encode(_ arguments: [String], to path: String) -> Bool {
    let draft = path + ".part.mkv"
    let run = Shell.output(["ffmpeg", "-v", "error", "-y"] + arguments + [draft])
    guard run.isSuccess, unsafe rename(draft, path) == 0 else {
      print("\(path) could not be made: \(run.errors)")
      return false
    }
    return true
  }

  private var drawing: String {
    let rate = Self.framesPerSecond
    let (size, half) = ("\(width)x\(height)", "\(width / 2)x\(height / 2)")
    let scenes: [(picture: String, seconds: Int)] = [
      ("testsrc2=s=\(size):r=\(rate)", 6),
      (
        "mandelbrot=s=\(half):r=\(rate):start_scale=0.1:end_scale=0.002:end_pts=500,"
          + "format=yuv420p,scale=\(width):\(height)", 9
      ),
      (
        // Colors that are not named are drawn anew each time, whatever the seed.
        "gradients=s=\(size):r=\(rate):n=6:speed=0.02:seed=7:c0=red:c1=yellow:c2=green:c3=cyan"
          + ":c4=blue:c5=magenta", 7
      ),
      (
        "testsrc2=s=\(2 * width)x\(2 * height):r=\(rate),format=yuv420p,"
          + "crop=\(width):\(height):(iw-ow)*(0.5+0.5*sin(t/2)):(ih-oh)*(0.5+0.5*cos(0.35*t))", 8
      ),
    ]
    var graph = ""
    for (number, scene) in scenes.enumerated() {
      graph +=
        "\(scene.picture),format=yuv420p,noise=alls=5:allf=t:all_seed=7,"
        + "trim=duration=\(scene.seconds),setpts=PTS-STARTPTS,setsar=1[s\(number)];"
    }
    let labels = scenes.indices.map { "[s\($0)]" }.joined()
    return graph + "\(labels)concat=n=\(scenes.count):v=1[all]"
  }
}
