internal import ScrapeShims

/// Passes valid UTF-8 on as it is, and mends the rest.
struct UTF8Stream {
  /// The start of a character that the last chunk left unfinished; never a whole one.
  private var pending: [UInt8] = []
  private var isAtStart = true

  /// Calls `body` with each run of whole, valid characters.
  mutating func forEachRun(
    of bytes: UnsafeRawBufferPointer, isLast: Bool, _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    var offset = 0
    while !pending.isEmpty && offset < bytes.count {
      unsafe offset += finishPending(bytes, from: offset, body)
    }
    while offset < bytes.count {
      let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset...])
      let valid = unsafe batchrun_utf8_valid_prefix(
        rest.baseAddress?.assumingMemoryBound(to: UInt8.self), rest.count)
      unsafe emit(UnsafeRawBufferPointer(rebasing: rest[..<valid]), body)
      offset += valid
      if offset < bytes.count { unsafe offset += mend(bytes, from: offset, body) }
    }
    if isLast && !pending.isEmpty {
      pending = []
      unsafe replace(with: "\u{FFFD}", body)
    }
  }

  /// Passes over what stands at `offset`, which is no valid character; returns its length.
  private mutating func mend(
    _ bytes: UnsafeRawBufferPointer, from offset: Int, _ body: (UnsafeRawBufferPointer) -> Void
  ) -> Int {
    let first = unsafe bytes[offset]
    if first == 0 {
      unsafe replace(with: " ", body)
      return 1
    }
    var length = 1
    while offset + length < bytes.count,
      unsafe Self.canContinue(first, bytes[offset + length], at: length)
    {
      length += 1
    }
    if offset + length == bytes.count && length < Self.length(ofLead: first) {
      pending = unsafe Array(bytes[offset...])
    } else {
      unsafe replace(with: "\u{FFFD}", body)
    }
    return length
  }

  /// Adds the next byte to the unfinished character, or gives that up; returns how many were used.
  private mutating func finishPending(
    _ bytes: UnsafeRawBufferPointer, from offset: Int, _ body: (UnsafeRawBufferPointer) -> Void
  ) -> Int {
    let byte = unsafe bytes[offset]
    guard Self.canContinue(pending[0], byte, at: pending.count) else {
      pending = []
      unsafe replace(with: "\u{FFFD}", body)
      return 0
    }
    pending.append(byte)
    if pending.count == Self.length(ofLead: pending[0]) {
      let whole = pending
      pending = []
      unsafe whole.withUnsafeBytes { unsafe emit($0, body) }
    }
    return 1
  }

  private mutating func emit(
    _ run: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    guard unsafe !run.isEmpty else { return }
    var rest = unsafe run
    if isAtStart {
      isAtStart = false
      let hasMark = unsafe run.starts(with: [0xEF, 0xBB, 0xBF])
      if hasMark { unsafe rest = UnsafeRawBufferPointer(rebasing: run[3...]) }
    }
    if unsafe !rest.isEmpty { unsafe body(rest) }
  }

  private mutating func replace(
    with text: StaticString, _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    isAtStart = false
    unsafe body(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  // MARK: - The shape of a character (Unicode 15, table 3-7)

  /// The bytes of the character that starts with `lead`; 1 when none does.
  static func length(ofLead lead: UInt8) -> Int {
    switch lead {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 1
    }
  }

  /// Whether `byte` may be the byte at `index` of a character that starts with `lead`.
  static func canContinue(_ lead: UInt8, _ byte: UInt8, at index: Int) -> Bool {
    guard index < length(ofLead: lead) else { return false }
    guard index == 1 else { return byte & 0xC0 == 0x80 }
    switch lead {
    case 0xE0: return (0xA0...0xBF).contains(byte)
    case 0xED: return (0x80...0x9F).contains(byte)
    case 0xF0: return (0x90...0xBF).contains(byte)
    case 0xF4: return (0x80...0x8F).contains(byte)
    default: return byte & 0xC0 == 0x80
    }
  }
}
