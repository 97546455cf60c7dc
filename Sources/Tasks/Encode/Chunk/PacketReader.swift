/// Reads the packets of a video from a given number on, however the container can be searched.
///
/// Seeking is a guess that is checked: the packets that come are compared with the index, and when they
/// are not the ones that were wanted, the file is read from its beginning, which never fails.
struct PacketReader {
  private let path: String
  private let name: String
  private let index: VideoIndex
  private var source: MediaSource
  /// Whether nothing was read from `source` yet.
  private var isFresh = true
  /// The number of the packet that is read next.
  private(set) var next = 0
  let packet: Packet

  init(path: String, name: String, index: VideoIndex) throws(MediaError) {
    self.path = path
    self.name = name
    self.index = index
    source = try Self.open(path, name, index)
    packet = try Packet()
  }

  private static func open(
    _ path: String, _ name: String, _ index: VideoIndex
  ) throws(MediaError) -> MediaSource {
    let source = try MediaSource(path: path, name: name)
    source.readOnly([index.stream])
    return source
  }

  /// A decoder for the packets.
  func makeDecoder() throws(MediaError) -> MediaDecoder {
    try MediaDecoder(source, stream: index.stream, threads: 1)
  }

  /// How far behind the start the packets may still be looked for, in packets read.
  private static let patience = 3000
  /// How many packets are read on rather than sought.
  private static let nearby = 50

  /// Makes the packet of that number the next one, and reads it.
  mutating func start(at number: Int) throws(MediaError) {
    if !isFresh, number >= next, number - next < Self.nearby, try readOn(to: number) { return }
    if number > Self.nearby {
      let entry = index.packets[number]
      let times = [entry.time, entry.decodeTime].compactMap { $0 }
      if let time = times.min(), source.seek(stream: index.stream, time: time) {
        isFresh = false
        if try find(number) { return }
      }
      // In front of the packet, because a packet of the container may begin earlier.
      if entry.position >= 0, source.seek(byte: entry.position - 4096) {
        isFresh = false
        if try find(number) { return }
      }
    }
    if !isFresh { source = try Self.open(path, name, index) }
    isFresh = false
    next = 0
    guard try readOn(to: number) else { throw changed }
  }

  /// Reads the packet that follows; false at the end.
  mutating func readNext() throws(MediaError) -> Bool {
    guard next < index.packets.count, try readAny() else { return false }
    guard matches(next) else { throw changed }
    next += 1
    return true
  }

  private var changed: MediaError {
    MediaError(.mismatch, "\(name) is no longer what it was when the run began")
  }

  // MARK: - Finding the place

  /// Reads packets until the one of that number; false when others come.
  private mutating func readOn(to number: Int) throws(MediaError) -> Bool {
    while next <= number {
      guard try readAny(), matches(next) else { return false }
      next += 1
    }
    return true
  }

  /// Reads until a packet is one of the index, at most the wanted one, and from there to that one.
  private mutating func find(_ number: Int) throws(MediaError) -> Bool {
    for _ in 0..<Self.patience {
      guard try readAny() else { return false }
      guard let found = entry(upTo: number) else { continue }
      next = found + 1
      return found == number ? true : try readOn(to: number)
    }
    return false
  }

  /// The last entry up to `number` that is the packet just read.
  private func entry(upTo number: Int) -> Int? {
    var candidate = number
    while candidate >= max(0, number - Self.patience) {
      if matches(candidate) { return candidate }
      candidate -= 1
    }
    return nil
  }

  /// Whether the packet just read is the one of that number.
  ///
  /// Times may come out differently after a search, and so are compared only where there is no place.
  private func matches(_ number: Int) -> Bool {
    let entry = index.packets[number]
    guard packet.size == entry.size else { return false }
    if entry.position >= 0, packet.position >= 0 { return packet.position == entry.position }
    return packet.decodeTime == entry.decodeTime && packet.time == entry.time
  }

  private mutating func readAny() throws(MediaError) -> Bool {
    while case .packet = source.read(into: packet) {
      if packet.stream == index.stream { return true }
    }
    return false
  }
}
