internal import BatchCore

/// Finds out whether a file ends before the end that its header announces, as a copy that was cut off does.
///
/// The libraries take the end of such a file for the end of the video and say nothing.
struct EndCheck {
  private let source: MediaSource
  private let path: String

  /// How much may be missing in any case, in seconds: containers round, and the last sound or text of a
  /// file need not say how long it lasts.
  private static let tolerance = 0.5

  init(_ source: MediaSource, path: String) {
    self.source = source
    self.path = path
  }

  /// What is missing, as a sentence; nil when the file reaches its end, or does not say where that is.
  func sentence(_ index: VideoIndex) throws(MediaError) -> String? {
    // How long a single picture is shown, its header alone may say.
    guard let declared = source.declaredEndSeconds, index.frames.count > 1 else { return nil }
    let ticks = index.packets.compactMap { packet in
      (packet.time ?? packet.decodeTime).map { $0 + packet.duration }
    }
    let end = index.timeBase.seconds(max(index.end, ticks.max() ?? 0))
    // Not every container says how long the last frame is shown: taken to be as long as any other.
    let longest = index.frames.indices.map(index.duration(of:)).max() ?? 0
    let least = declared - max(Self.tolerance, index.timeBase.seconds(longest))
    // The sound, or a text, may be longer than the video.
    guard end < least, try endOfOthers(index.stream) < least else { return nil }
    return "\(source.name) ends after \(Quantity.seconds(end)) of the "
      + "\(Quantity.seconds(declared)) that its header announces, the rest is missing; was it copied "
      + "completely?"
  }

  /// When the last packet of all other streams ends, in seconds.
  private func endOfOthers(_ video: Int) throws(MediaError) -> Double {
    let file = try MediaSource(path: path, name: source.name)
    let others = Set(file.streams.indices).subtracting([video])
    guard !others.isEmpty else { return 0 }
    file.readOnly(others)
    let packet = try Packet()
    var end = 0.0
    while case .packet = file.read(into: packet) {
      guard others.contains(packet.stream), let time = packet.time ?? packet.decodeTime else {
        continue
      }
      let timeBase = file.streams[packet.stream].timeBase
      end = max(end, timeBase.seconds(time + max(0, packet.duration)))
    }
    return end
  }
}
