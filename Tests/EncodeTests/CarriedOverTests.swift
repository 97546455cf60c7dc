import CFFmpeg
import SampleTask
import Testing

/// What a video has besides its frames.
@Suite("What is not encoded is carried over")
struct CarriedOverTests {
  private let scratch = Scratch()

  private func facts(_ path: String, _ entries: String) -> String { Judge.facts(path, entries) }

  private func encoded(_ source: String, _ ending: String, _ options: [String] = []) -> String {
    let output = scratch("out.\(ending)")
    let result = Encoder.run(
      source, output, ["--preset", "veryfast", "--chunk-seconds", "1"] + options)
    #expect(result.code == 0, "\(result.errors)")
    return output
  }

  @Test("rotation, range, the shape of pixels and the order of fields")
  func picture() throws {
    var clip = Clip()
    (clip.isTurned, clip.isFullRange, clip.isInterlaced) = (true, true, true)
    clip.pixelAspect = AVRational(num: 4, den: 3)
    try clip.write(to: scratch("in.mp4"))
    let entries =
      "stream=sample_aspect_ratio,field_order,color_range,r_frame_rate:stream_side_data=rotation"
    let before = facts(scratch("in.mp4"), entries)
    #expect(before.contains("rotation=90") && before.contains("4:3") && before.contains("=tt"))
    #expect(facts(encoded(scratch("in.mp4"), "mp4"), entries) == before)
  }

  @Test(
    "the level of H.264 and the rate are those of a whole-file encode", arguments: ["mp4", "mkv"])
  func level(ending: String) throws {
    var clip = Clip()
    (clip.width, clip.height, clip.frames) = (640, 360, 30)
    try clip.write(to: scratch("in.mkv"))
    let whole = scratch("whole.\(ending)")
    let made = Program.run([
      "/usr/bin/env", "ffmpeg", "-v", "error", "-i", scratch("in.mkv"), "-c:v", "libx264",
      "-preset",
      "veryfast", whole,
    ])
    #expect(made.code == 0, "\(made.errors)")
    let entries = "stream=profile,level,has_b_frames,r_frame_rate,avg_frame_rate,pix_fmt"
    #expect(facts(encoded(scratch("in.mkv"), ending), entries) == facts(whole, entries))
  }

  @Test("rotation that Matroska cannot keep is said")
  func rotationIntoMatroska() throws {
    var clip = Clip()
    clip.isTurned = true
    try clip.write(to: scratch("in.mp4"))
    let result = Encoder.run(scratch("in.mp4"), scratch("o.mkv"), ["--preset", "veryfast"])
    #expect(result.code == 0)
    #expect(result.errors.contains("ends in .mp4 or .mov to keep it"), "\(result.errors)")
    let kept = Encoder.run(scratch("in.mp4"), scratch("o.mp4"), ["--preset", "veryfast"])
    #expect(!kept.errors.contains("to be turned"))
  }

  @Test("HDR10 metadata", arguments: ["libx264", "libx265"])
  func light(codec: String) throws {
    var clip = Clip()
    clip.codec = "libx265"
    clip.muxer = "matroska"
    clip.format = AV_PIX_FMT_YUV420P10LE
    clip.options =
      "preset=ultrafast:x265-params=log-level=none\\:pools=none\\:hdr10=1\\:max-cll=1000,400"
      + "\\:colorprim=bt2020\\:transfer=smpte2084\\:colormatrix=bt2020nc\\:"
      + "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"
    try clip.write(to: scratch("in.mkv"))
    let preset = codec == "libx265" ? ["--preset", "ultrafast"] : []
    let output = encoded(scratch("in.mkv"), "mp4", ["--codec", codec] + preset)
    let found = facts(output, "stream=color_transfer,color_primaries,color_space:stream_side_data")
    for words in [
      "smpte2084", "bt2020", "max_content=1000", "max_average=400", "red_x=34000/50000",
      "max_luminance=10000000/10000",
    ] { #expect(found.contains(words), "\(words) is not in \(found)") }
  }

  @Test("sound, packet by packet", arguments: ["mp4", "mkv"])
  func sound(ending: String) throws {
    var clip = Clip()
    clip.sound = "aac"
    try clip.write(to: scratch("in.mp4"))
    let output = encoded(scratch("in.mp4"), ending)
    let before = Judge.digestOfPackets(scratch("in.mp4"), stream: "a:0").split(separator: "\n")
    let after = Judge.digestOfPackets(output, stream: "a:0").split(separator: "\n")
    // Matroska has no place for the packet before the first that is heard.
    #expect(after == (ending == "mkv" ? Array(before.dropFirst()) : before))
    let start = Judge.times(output, stream: "a:0").first
    #expect(start == Judge.times(scratch("in.mp4"), stream: "a:0").first)
    #expect(Judge.times(output).first == Judge.times(scratch("in.mp4")).first)
  }

  @Test(
    "sound that is encoded begins where it began",
    arguments: [("aac", "mp4"), ("libopus", "mkv"), ("libopus", "mp4")])
  func encodedSound(codec: String, ending: String) throws {
    var clip = Clip()
    clip.sound = "aac"
    try clip.write(to: scratch("in.mp4"))
    let output = encoded(scratch("in.mp4"), ending, ["--audio", codec])
    let offset = try #require(SoundOffset.samples(output, scratch("in.mp4")))
    // Matroska counts in milliseconds, which are 48 samples.
    #expect(abs(offset) <= (ending == "mkv" ? 24 : 1), "off by \(offset) samples")
  }

  @Test("a cover picture and the text of mov_text", arguments: ["mp4", "mkv"])
  func coverAndText(ending: String) throws {
    var clip = Clip()
    clip.sound = "aac"
    try clip.write(to: scratch("in.mp4"))
    scratch.write("s.srt", "1\n00:00:00,500 --> 00:00:01,500\nHello\n")
    let made = Program.run([
      "/bin/sh", "-c",
      "cd \(scratch.path); ffmpeg -v error -i in.mp4 -frames:v 1 cover.png; "
        + "ffmpeg -v error -i in.mp4 -i s.srt -i cover.png -map 0 -map 1 -map 2 -c copy -c:s mov_text "
        + "-disposition:v:1 attached_pic full.mp4",
    ])
    #expect(made.code == 0, "\(made.errors)")
    let output = encoded(scratch("full.mp4"), ending)
    let found = facts(output, "stream=codec_name:stream_disposition=attached_pic")
    #expect(found.contains("codec_name=png|disposition:attached_pic=1"), "\(found)")
    #expect(found.contains(ending == "mp4" ? "codec_name=mov_text" : "codec_name=subrip"))
    let text = Program.run([
      "/usr/bin/env", "ffmpeg", "-v", "error", "-i", output, "-map", "0:s:0", "-f", "srt", "-",
    ]).output
    #expect(text.contains("00:00:00,500 --> 00:00:01,500"), "\(text)")
    #expect(text.contains("Hello"))
  }

  @Test("subtitles, chapters, tags, dispositions, attachments and a second video")
  func everything() throws {
    var clip = Clip()
    clip.sound = "aac"
    try clip.write(to: scratch("in.mp4"))
    clip.sound = nil
    (clip.width, clip.height) = (96, 80)
    try clip.write(to: scratch("small.mp4"))
    scratch.write(
      "s.srt", "1\n00:00:00,500 --> 00:00:01,500\nHello\n\n2\n00:00:02,000 --> 00:00:03,000\nYou\n")
    scratch.write(
      "meta",
      ";FFMETADATA1\ntitle=My film\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1500\ntitle=One\n"
        + "[CHAPTER]\nTIMEBASE=1/1000\nSTART=1500\nEND=3000\ntitle=Two\n")
    let made = Program.run([
      "/bin/sh", "-c",
      "cd \(scratch.path); ffmpeg -v error -i in.mp4 -i s.srt -i meta -i small.mp4 -map 0 -map 1 -map 3 "
        + "-map_metadata 2 -c copy -c:s srt -metadata:s:a language=deu -disposition:s:0 forced "
        + "-attach meta -metadata:s:t mimetype=text/plain full.mkv",
    ])
    #expect(made.code == 0, "\(made.errors)")
    let mkv = encoded(scratch("full.mkv"), "mkv")
    let entries =
      "stream=index,codec_type,codec_name,width:stream_disposition=forced,default:"
      + "stream_tags=language,title,mimetype,filename:chapter=start_time,end_time:chapter_tags:"
      + "format_tags=title"
    #expect(facts(mkv, entries) == facts(scratch("full.mkv"), entries))
    for stream in ["s:0", "v:1"] {
      #expect(
        Judge.digestOfPackets(mkv, stream: stream)
          == Judge.digestOfPackets(scratch("full.mkv"), stream: stream))
    }
    let mp4 = encoded(scratch("full.mkv"), "mp4")
    let found = facts(mp4, "stream=codec_name:format_tags=title:chapter_tags=title")
    for words in ["mov_text", "aac", "title=My film", "title=Two"] {
      #expect(found.contains(words), "\(words) is not in \(found)")
    }
  }
}

/// How far two files' sounds lie apart, found by laying one over the other.
enum SoundOffset {
  /// In samples of 48 kHz; nil when there is no sound.
  static func samples(_ a: String, _ b: String) -> Int? {
    let (first, second) = (samples(of: a), samples(of: b))
    guard first.count > 60_000, second.count > 60_000 else { return nil }
    let window = 24_000..<48_000
    return (-1100...1100).min {
      error(first, second, $0, window) < error(first, second, $1, window)
    }
  }

  private static func error(_ a: [Int], _ b: [Int], _ shift: Int, _ window: Range<Int>) -> Int {
    stride(from: window.lowerBound, to: window.upperBound, by: 7).reduce(0) { sum, place in
      let difference = a[place + shift] - b[place]
      return sum + difference * difference
    }
  }

  /// The sound from time zero on, a hole where there is none.
  private static func samples(of path: String) -> [Int] {
    let text = Program.run([
      "/bin/sh", "-c",
      "ffmpeg -v error -copyts -i \(path) -map 0:a:0 -af aresample=48000:async=1:first_pts=0 -ac 1 -f s16le - "
        + "| od -An -v -td2 -w2",
    ]).output
    return text.split(separator: "\n").compactMap { Int($0.filter { $0 != " " }) }
  }
}
