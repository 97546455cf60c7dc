internal import EncodeOptions

/// How finely a video is cut for an encoder.
///
/// A chunk's first frame is a key frame, which weighs more than others, and at its end the encoder does
/// not know what comes. What that costs depends on what the encoder would do with the whole file.
struct ChunkGrain {
  /// How long a chunk is at least, in frames; less in a short video, so that several workers have
  /// something to do.
  var leastFrames = 96.0...210.0
  var leastPieces = 7.0
  /// What takes longer than this, in nominal seconds of one core, may be shorter.
  var mostSeconds = 120.0
  /// How far from its ideal place a cut may go to meet a key frame, in chunk lengths.
  ///
  /// A cut elsewhere costs decoding from the key frame before it, and a key frame in the middle of a
  /// scene, where the encoder would have set none.
  var reach = 0.6
  /// How much finer the end of the video is cut.
  var tailFineness = 4.0
  /// So many usual chunks must fit into the end for it to be cut finer.
  var tailLength = 0.0
  /// An encoder that writes a key frame after so many frames, whatever they show; nil for one that looks
  /// for changes of scenes.
  ///
  /// A chunk of so many frames has no key frame more than the whole file, and one of a few more has one
  /// more: chunks are no longer than this, or than a multiple. Before the end one may have two periods to
  /// meet a key frame of the source, which costs no more key frames than two chunks and saves decoding.
  var keyPeriod: Double?

  /// From 160 frames on a cut costs less than a hundredth. With 210 a key frame is within reach of every
  /// cut where they are at most 250 frames apart, as encoders set them.
  private static let usual = Self()

  /// Each chunk begins with a search for motion among all of its first 20 frames, which x265 makes once in an
  /// encoding, and with a key frame a step coarser than one further on. So a minute is cut into four, and
  /// the end is only cut finer where several chunks fit into it; the last chunk uses two cores instead.
  /// With chunks of 210 frames of one thread each, a minute of 1080p took 3 % more time with the end cut
  /// in three, and 6 % with the end uncut.
  private static let x265 = Self(leastFrames: 96...375, leastPieces: 4, tailLength: 1)

  /// With an end cut as fine as usual, a minute of 1080p was 1.05 % larger than the whole file.
  private static let vp9 = Self(tailFineness: 2)

  /// SVT-AV1 1.4 has a key frame every 161 frames up to 30 frames/s, every 321 at 50 and 60.
  ///
  /// Pictures can take three times as long as others, and with chunks of up to 278 frames one of those ran
  /// alone at the end for a tenth of the time. Key frames are often 250 frames apart, so that with 161 as
  /// the most everywhere every cut would be between two; an ideal place is 139 to 161 frames away.
  /// The end is cut no finer: each piece costs a key frame, as long as five others, and frames decoded
  /// twice, and the last chunks use two cores each instead (`isAmongLast`).
  private static let svtAV1 = Self(
    leastFrames: 96...161, reach: 0.7, tailFineness: 1, keyPeriod: 161)

  /// Seldom writes a key frame within a whole file, and none in the middle of a scene, where a cut costs
  /// as much as five frames.
  ///
  /// So a minute is cut into four, and the end is only cut finer where several chunks fit into it. A key
  /// frame of the source saves decoding alone, and one shortly after a scene began is a bad place: a cut
  /// goes to a near one only. Twice the usual time lets 1080p have the chunks of 720p, about a third of the
  /// 900 s that a function of AWS Lambda may live.
  private static let aomAV1 = Self(
    leastFrames: 96...375, leastPieces: 4, mostSeconds: 240, reach: 0.05, tailFineness: 2,
    tailLength: 1)

  static func of(_ codec: VideoCodec) -> Self {
    switch codec {
    case .x264: usual
    case .x265: x265
    case .svtAV1: svtAV1
    case .vp9: vp9
    case .aomAV1: aomAV1
    }
  }
}
