import BatchCore
import Glibc
import SampleTask

/// Files that are no longer what they were.
enum Damage {
  /// Overwrites the picture of a frame, in its place in the file.
  static func wipeFrame(_ number: Int, of path: String) -> Bool {
    let lines = Program.run([
      "/usr/bin/ffprobe", "-v", "error", "-show_entries", "packet=pos,size", "-of", "csv=p=0", path,
    ]).output.split(separator: "\n")
    guard lines.indices.contains(number) else { return false }
    let numbers = lines[number].split(separator: ",").compactMap { Int($0) }
    guard numbers.count == 2 else { return false }
    let zeros = [UInt8](repeating: 0, count: numbers[0])
    return overwrite(path, at: numbers[1] + 8, with: zeros)
  }

  /// Flips one bit in each of `count` bytes behind the first `sparing` ones.
  static func flipBits(_ count: Int, of path: String, sparing: Int, seed: UInt64) -> Bool {
    guard let size = FileFingerprint(path: path)?.sizeBytes, size > sparing,
      let source = try? ByteSource(path: path)
    else { return false }
    var random = SeededRandom(seed: seed)
    for _ in 0..<count {
      let place = sparing + Int(random.next() % UInt64(size - sparing))
      var buffer = ByteBuffer(capacity: 1)
      guard (try? source.read(place..<place + 1, appendingTo: &buffer)) != nil else { return false }
      let byte = unsafe buffer.withBytes { unsafe $0[0] }
      guard overwrite(path, at: place, with: [byte ^ 1 << UInt8(random.next() % 8)]) else {
        return false
      }
    }
    return true
  }

  /// Changes the length that the header of a Matroska file announces; false when it has none.
  static func announce(seconds: Double, in path: String) throws -> Bool {
    let source = try ByteSource(path: path)
    var buffer = ByteBuffer()
    try source.read(0..<min(2000, source.sizeBytes), appendingTo: &buffer)
    let head = unsafe buffer.withBytes { unsafe Array($0) }
    // The element Duration (RFC 9559): its identifier, a length of 8, milliseconds as a double.
    let mark: [UInt8] = [0x44, 0x89, 0x88]
    guard let place = head.indices.first(where: { head[$0...].starts(with: mark) }) else {
      return false
    }
    let bits = (seconds * 1000).bitPattern.bigEndian
    let bytes = unsafe withUnsafeBytes(of: bits) { unsafe Array($0) }
    return overwrite(path, at: place + mark.count, with: bytes)
  }

  static func overwrite(_ path: String, at place: Int, with bytes: [UInt8]) -> Bool {
    let descriptor = unsafe open(path, O_WRONLY)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return unsafe pwrite(descriptor, bytes, bytes.count, place) == bytes.count
  }
}

/// A library that stands between the program and its encoders, and crashes, hangs or aborts at one frame.
enum FaultyEncoder {
  private static let source = """
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <fcntl.h>
    #include <libavcodec/avcodec.h>
    #include <libavutil/opt.h>
    #include <stdlib.h>
    #include <unistd.h>
    int avcodec_send_frame(AVCodecContext *context, const AVFrame *frame) {
      static int (*real)(AVCodecContext *, const AVFrame *);
      if (!real) *(void **)&real = dlsym(RTLD_NEXT, "avcodec_send_frame");
      const char *packet = getenv("FAULT_PACKET"), *once = getenv("FAULT_ONCE");
      const char *ahead = getenv("FAULT_AHEAD");
      int64_t frames = 0;
      if (ahead && (av_opt_get_int(context->priv_data, "lag-in-frames", 0, &frames) < 0 ||
                    (frames >= 0 && frames < atoll(ahead))))
        packet = 0;
      if (packet && frame && frame->reordered_opaque == atoll(packet) &&
          (!once || open(once, O_CREAT | O_EXCL, 0600) >= 0)) {
        if (getenv("FAULT_HANGS")) for (;;) pause();
        if (ahead) abort();
        *(volatile int *)8 = 1;
      }
      return real(context, frame);
    }
    """

  /// The environment that makes the encoder fail at the frame of the packet of that number.
  ///
  /// - Parameters:
  ///   - isOnce: Whether it fails the first time only, whatever process that is in.
  ///   - lookAhead: Aborts instead, where it looks ahead by so many frames or as many as it likes.
  static func environment(
    _ scratch: Scratch, packet: Int, isOnce: Bool, hangs: Bool = false, lookAhead: Int? = nil
  ) -> [String: String]? {
    let library = scratch("faulty.so")
    let file = scratch.write("faulty.c", source)
    let compiled = Program.run([
      "/usr/bin/env", "gcc", "-shared", "-fPIC", "-o", library, file, "-ldl",
    ])
    guard compiled.code == 0 else { return nil }
    var environment = ["LD_PRELOAD": library, "FAULT_PACKET": "\(packet)"]
    if isOnce { environment["FAULT_ONCE"] = scratch("fault-happened") }
    if hangs { environment["FAULT_HANGS"] = "1" }
    if let lookAhead { environment["FAULT_AHEAD"] = "\(lookAhead)" }
    return environment
  }
}
