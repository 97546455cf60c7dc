internal import CFFmpeg
internal import EncodeShims

/// The display that a video was made on, as encoders want it told.
struct MasteringDisplay {
  /// Red, green, blue, white; each x and y between 0 and 1.
  private var points: [(x: Double, y: Double)] = []
  /// In candelas per square metre.
  private var brightest = 0.0
  private var darkest = 0.0

  /// - Parameter bytes: The libraries' structure; nil when it is empty or says nothing.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= MemoryLayout<AVMasteringDisplayMetadata>.size else { return nil }
    let data = unsafe bytes.withUnsafeBytes {
      unsafe $0.loadUnaligned(as: AVMasteringDisplayMetadata.self)
    }
    guard data.has_primaries != 0, data.has_luminance != 0 else { return nil }
    points = unsafe withUnsafePointer(to: data) { pointer in
      (0..<4).map { color in
        unsafe (
          Rational(batchrun_primary(pointer, Int32(color), 0)).value,
          Rational(batchrun_primary(pointer, Int32(color), 1)).value
        )
      }
    }
    brightest = Rational(data.max_luminance).value
    darkest = Rational(data.min_luminance).value
  }

  /// In units of 1/50000 and 1/10000 cd/m².
  var x265: String {
    func point(_ index: Int) -> String {
      "(\(Self.whole(points[index].x * 50_000)),\(Self.whole(points[index].y * 50_000)))"
    }
    return "G\(point(1))B\(point(2))R\(point(0))WP\(point(3))"
      + "L(\(Self.whole(brightest * 10_000)),\(Self.whole(darkest * 10_000)))"
  }

  var svt: String {
    func point(_ index: Int) -> String {
      "(\(Self.decimal(points[index].x)),\(Self.decimal(points[index].y)))"
    }
    return "G\(point(1))B\(point(2))R\(point(0))WP\(point(3))"
      + "L(\(Self.decimal(brightest)),\(Self.decimal(darkest)))"
  }

  private static func whole(_ value: Double) -> Int { Int(value.rounded()) }

  /// Six decimals, written without an exponent.
  private static func decimal(_ value: Double) -> String {
    let millionths = whole(value * 1e6)
    let rest = String(millionths % 1_000_000)
    return "\(millionths / 1_000_000)." + String(repeating: "0", count: 6 - rest.count) + rest
  }
}

/// How bright a video gets, in candelas per square metre.
struct ContentLight {
  let brightestPixel: Int
  let brightestPicture: Int

  /// - Parameter bytes: The libraries' structure; nil when it is empty.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= MemoryLayout<AVContentLightMetadata>.size else { return nil }
    let data = unsafe bytes.withUnsafeBytes {
      unsafe $0.loadUnaligned(as: AVContentLightMetadata.self)
    }
    brightestPixel = Int(data.MaxCLL)
    brightestPicture = Int(data.MaxFALL)
  }
}
