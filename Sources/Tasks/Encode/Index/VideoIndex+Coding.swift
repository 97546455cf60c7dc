// The index as bytes: kept in the run directory, and sent to worker processes.

extension VideoIndex {
  private static let format = "batchrun video index 2"

  package func write(to writer: BinaryWriter) {
    writer.add(Self.format)
    writer.add(stream)
    writer.add(timeBase)
    writer.add(lastDuration)
    writer.add(wasDecoded)
    traits.write(to: writer)
    writer.add(notes.count)
    for note in notes { writer.add(note) }
    writer.add(missingEnd ?? "")
    writePackets(to: writer)
    writer.add(frames.count)
    var time: Int64 = 0
    var packet = 0
    for frame in frames {
      writer.add(frame.time &- time)
      writer.add(frame.packet - packet)
      time = frame.time
      packet = frame.packet
    }
  }

  private func writePackets(to writer: BinaryWriter) {
    writer.add(packets.count)
    var last = (time: Int64(0), decodeTime: Int64(0), position: Int64(0))
    for packet in packets {
      let flags =
        (packet.isKey ? 1 : 0) | (packet.isHidden ? 2 : 0) | (packet.isClean ? 4 : 0)
        | (packet.time == nil ? 8 : 0) | (packet.decodeTime == nil ? 16 : 0)
      writer.add(flags)
      if let time = packet.time {
        writer.add(time &- last.time)
        last.time = time
      }
      if let time = packet.decodeTime {
        writer.add(time &- last.decodeTime)
        last.decodeTime = time
      }
      writer.add(packet.position &- last.position)
      last.position = packet.position
      writer.add(packet.size)
      writer.add(packet.duration)
    }
  }

  package init(from reader: inout BinaryReader) throws(BinaryReader.Malformed) {
    guard try reader.text() == Self.format else { throw BinaryReader.Malformed() }
    stream = try reader.integer()
    timeBase = try reader.rational()
    lastDuration = try reader.integer64()
    wasDecoded = try reader.flag()
    traits = try VideoTraits(from: &reader)
    notes = []
    for _ in 0..<(try reader.count()) { notes.append(try reader.text()) }
    let missing = try reader.text()
    missingEnd = missing.isEmpty ? nil : missing
    packets = try Self.packets(from: &reader)
    frames = []
    let count = try reader.count()
    frames.reserveCapacity(count)
    var frame = Frame(time: 0, packet: 0)
    for _ in 0..<count {
      frame.time &+= try reader.integer64()
      frame.packet &+= try reader.integer()
      guard packets.indices.contains(frame.packet) else { throw BinaryReader.Malformed() }
      frames.append(frame)
    }
  }

  private static func packets(
    from reader: inout BinaryReader
  ) throws(BinaryReader.Malformed) -> [Packet] {
    let count = try reader.count()
    var packets: [Packet] = []
    packets.reserveCapacity(count)
    var last = (time: Int64(0), decodeTime: Int64(0), position: Int64(0))
    for _ in 0..<count {
      let flags = try reader.integer()
      if flags & 8 == 0 { last.time &+= try reader.integer64() }
      if flags & 16 == 0 { last.decodeTime &+= try reader.integer64() }
      last.position &+= try reader.integer64()
      let size = try reader.integer()
      packets.append(
        Packet(
          time: flags & 8 == 0 ? last.time : nil,
          decodeTime: flags & 16 == 0 ? last.decodeTime : nil, duration: try reader.integer64(),
          position: last.position, size: size, isKey: flags & 1 != 0, isHidden: flags & 2 != 0,
          isClean: flags & 4 != 0))
    }
    return packets
  }
}

extension VideoTraits {
  func write(to writer: BinaryWriter) {
    writer.add(width)
    writer.add(height)
    writer.add(format)
    writer.add(rate)
    writer.add(pixelAspect)
    for number in [
      color.range, color.primaries, color.transfer, color.matrix, color.chromaLocation,
    ] {
      writer.add(Int64(number))
    }
    writer.add(light.mastering)
    writer.add(light.content)
    writer.add(isInterlaced)
    writer.add(isTopFieldFirst)
    writer.add(Int64(fieldOrder))
  }

  init(from reader: inout BinaryReader) throws(BinaryReader.Malformed) {
    width = try reader.integer()
    height = try reader.integer()
    format = try reader.text()
    rate = try reader.rational()
    pixelAspect = try reader.rational()
    color = ColorDescription(
      range: try reader.integer32(), primaries: try reader.integer32(),
      transfer: try reader.integer32(), matrix: try reader.integer32(),
      chromaLocation: try reader.integer32())
    light = LightData(mastering: try reader.blob(), content: try reader.blob())
    isInterlaced = try reader.flag()
    isTopFieldFirst = try reader.flag()
    fieldOrder = try reader.integer32()
  }
}
