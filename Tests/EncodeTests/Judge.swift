import SampleTask

/// What FFmpeg's own programs say about a file; they take no part in making it.
enum Judge {
  private static func probe(_ arguments: [String]) -> String {
    Program.run(["/usr/bin/ffprobe", "-v", "error"] + arguments).output
  }

  static func frameCount(_ path: String) -> Int? {
    let text = probe([
      "-count_frames", "-select_streams", "v:0", "-show_entries", "stream=nb_read_frames", "-of",
      "csv=p=0", path,
    ])
    return Int(text.prefix { $0.isNumber })
  }

  /// When each frame of a stream is shown, in seconds; nil where the file does not say.
  static func times(_ path: String, stream: String = "v:0") -> [Double?] {
    probe([
      "-select_streams", stream, "-show_entries", "frame=best_effort_timestamp_time", "-of",
      "csv=p=0", path,
    ]).split(separator: "\n").filter { !$0.isEmpty && !$0.hasPrefix("side") && $0 != "," }
      .map { Double($0.split(separator: ",")[0]) }
  }

  /// When each packet of the video is decoded and shown, in ticks and in the order of the file.
  static func packets(_ path: String) -> [(decoded: Int, shown: Int)] {
    probe([
      "-select_streams", "v:0", "-show_entries", "packet=pts,dts", "-of", "csv=p=0", path,
    ]).split(separator: "\n").compactMap { line in
      let ticks = line.split(separator: ",").compactMap { Int($0) }
      return ticks.count == 2 ? (decoded: ticks[1], shown: ticks[0]) : nil
    }
  }

  /// How many bytes each frame of the video has, by the time at which it is shown, in hundredths of seconds.
  static func sizes(_ path: String) -> [Int: Int] {
    let lines = probe([
      "-select_streams", "v:0", "-show_entries", "packet=pts_time,size", "-of", "csv=p=0", path,
    ]).split(separator: "\n").map { $0.split(separator: ",") }
    return lines.reduce(into: [:]) { sizes, line in
      guard line.count == 2, let time = Double(line[0]), let size = Int(line[1]) else { return }
      sizes[Int((time * 100).rounded())] = size
    }
  }

  /// The values that a field has in the headers of the video, as FFmpeg reads them.
  static func headerValues(_ path: String, _ field: String) -> Set<String> {
    let command = "ffmpeg -v info -i '\(path)' -map 0:v:0 -c copy -bsf:v trace_headers -f null -"
    let lines = Program.run(["/bin/sh", "-c", "\(command) 2>&1"]).output.split(separator: "\n")
      .filter { $0.contains(" \(field) ") }
    return Set(lines.compactMap { $0.split(separator: " ").last.map(String.init) })
  }

  /// What `ffprobe` shows of all streams, or of the whole file.
  static func facts(_ path: String, _ entries: String) -> String {
    probe(["-show_entries", entries, "-of", "compact=p=0", path])
  }

  /// How near each picture of `path` is to that of `source`, in decibels; the pictures in order.
  static func likeness(_ path: String, _ source: String) -> [Double] {
    let text = Program.run([
      "/usr/bin/ffmpeg", "-v", "error", "-i", path, "-i", source, "-lavfi",
      "[0:v]settb=1/1000,setpts=N,format=yuv420p[a];[1:v]settb=1/1000,setpts=N,format=yuv420p[b];"
        + "[a][b]psnr=stats_file=-", "-vsync", "0", "-f", "null", "-",
    ]).output
    return text.split(separator: "\n").compactMap { line in
      line.split(separator: " ").first { $0.hasPrefix("psnr_avg:") }
        .flatMap { Double($0.dropFirst("psnr_avg:".count)) }
    }
  }

  /// A checksum of each packet of a stream, in order.
  static func digestOfPackets(_ path: String, stream: String) -> String {
    Program.run([
      "/usr/bin/ffmpeg", "-v", "error", "-i", path, "-map", "0:\(stream)", "-c", "copy", "-f",
      "framemd5", "-",
    ]).output.split(separator: "\n").filter { !$0.hasPrefix("#") }
      .map { $0.split(separator: ",").last.map(String.init) ?? "" }.joined(separator: "\n")
  }
}
