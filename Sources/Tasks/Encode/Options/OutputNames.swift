/// Where each video goes: the names of the outputs, made up from those of the inputs.
package struct OutputNames: Sendable, Equatable {
  package struct Pair: Sendable, Equatable {
    package var input: String
    package var output: String

    package init(input: String, output: String) {
      self.input = input
      self.output = output
    }
  }

  /// One video, and where it goes when nothing was said: `STEM.encoded.EXT` beside it.
  package static func beside(_ input: String, codec: VideoCodec) -> String {
    let name = FileName(input)
    return "\(name.folder)\(name.stem).encoded.\(ending(name, codec))"
  }

  /// The folder for the videos of a folder when nothing was said.
  package static func folder(for input: String) -> String {
    var path = input[...]
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path + ".encoded"
  }

  /// Videos into a folder, each under its own name; equal names are told apart.
  ///
  /// - Parameter inputs: Each with its path within the folder it was found in.
  package static func into(
    _ folder: String, _ inputs: [(path: String, relative: String)], codec: VideoCodec
  ) -> [Pair] {
    let place = folder.hasSuffix("/") ? folder : folder + "/"
    func plain(_ input: (path: String, relative: String)) -> String {
      let name = FileName(input.relative)
      return "\(name.folder)\(name.stem).\(ending(name, codec))"
    }
    var uses: [String: Int] = [:]
    for input in inputs { uses[plain(input), default: 0] += 1 }
    var taken: Set<String> = []
    return inputs.map { input in
      let name = FileName(input.relative)
      var output = plain(input)
      if uses[output, default: 0] > 1, let own = name.ending {
        output = "\(name.folder)\(name.stem).\(own).\(ending(name, codec))"
      }
      var number = 2
      while !taken.insert(output).inserted {
        output = "\(name.folder)\(name.stem)-\(number).\(ending(name, codec))"
        number += 1
      }
      return Pair(input: input.path, output: place + output)
    }
  }

  /// The input's own ending when that container can hold the codec, or else mkv.
  private static func ending(_ name: FileName, _ codec: VideoCodec) -> String {
    guard let own = name.ending, let container = MediaContainer(rawValue: own.lowercased()),
      container.codecs.contains(codec)
    else { return MediaContainer.mkv.rawValue }
    return container.rawValue
  }
}
