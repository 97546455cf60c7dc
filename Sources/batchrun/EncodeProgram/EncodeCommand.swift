import BatchCore
import Commands
import Encode
import EncodeOptions
import Glibc

/// `batchrun encode`: finds out which videos go where, and carries out a run for each.
enum EncodeCommand {
  static func run(
    _ plugin: any TaskPlugin.Type, _ invocation: Invocation, in context: CommandContext
  ) throws -> ExitCode {
    let settings = try RunSettings(invocation.options)
    let say = { (sentence: String) in
      if !settings.quiet, !settings.json { context.console.complain(sentence) }
    }
    let pairs = try EncodeTargets(invocation, say: say).pairs
    let restart = CrashRestart(inputs: invocation.arguments)
    if pairs.count == 1 {
      return try EncodeRun(invocation, pairs[0], number: 0, restart, context).carryOut()
    }
    var worst = ExitCode.success
    for (number, pair) in pairs.enumerated() {
      say("\(number + 1) of \(pairs.count): \(pair.input)")
      let code = attempt(context) {
        try EncodeRun(invocation, pair, number: number, restart, context).carryOut()
      }
      if [.interrupted, .terminated].contains(code) { return code }
      if code.rawValue > worst.rawValue { worst = code }
    }
    return worst
  }

  /// One video of several: what stops it does not stop the others.
  private static func attempt(
    _ context: CommandContext, _ run: () throws -> ExitCode
  ) -> ExitCode {
    do {
      return try run()
    } catch let error as TaskError {
      context.console.complain(error.message)
    } catch {
      context.console.complain("\(error)")
    }
    return .notCarriedOut
  }
}

/// The videos that a command line means, and where each goes.
struct EncodeTargets {
  private(set) var pairs: [OutputNames.Pair] = []

  /// - Throws: `TaskError` when there is no video, or no folder for several.
  ///
  /// - Parameter say: Takes what is left out.
  init(_ invocation: Invocation, say: (String) -> Void) throws {
    let codec = invocation.options["codec"].flatMap(VideoCodec.init) ?? .x264
    let inputs = invocation.arguments
    let output = invocation.options["output"]
    if output == "-" {
      throw TaskError(
        .usage, "an encoded video cannot go to standard output; name a file with -o")
    }
    if inputs.count == 1, !VideoFolder.isFolder(inputs[0]) {
      try planOne(inputs[0], output, codec)
    } else {
      try planMany(inputs, output, codec, say)
    }
    if pairs.isEmpty {
      throw TaskError(.cannotRun, "there is no video in \(inputs.joined(separator: ", "))")
    }
  }

  private mutating func planOne(
    _ input: String, _ output: String?, _ codec: VideoCodec
  ) throws(TaskError) {
    if let output, !VideoFolder.isFolder(output), !output.hasSuffix("/") {
      pairs = [OutputNames.Pair(input: input, output: output)]
    } else if let output {
      pairs = OutputNames.into(output, [(input, Self.lastPart(input))], codec: codec)
      try Self.makeFolders(pairs)
    } else if input == "-" {
      throw TaskError(.usage, "a video from standard input needs an output: name a file with -o")
    } else {
      pairs = [OutputNames.Pair(input: input, output: OutputNames.beside(input, codec: codec))]
    }
  }

  private mutating func planMany(
    _ inputs: [String], _ output: String?, _ codec: VideoCodec, _ say: (String) -> Void
  ) throws(TaskError) {
    if let output, !VideoFolder.isFolder(output), MediaContainer(path: output) != nil {
      throw TaskError(
        .usage, "several videos need a folder for -o, and \(output) is the name of a video")
    }
    var gathered: [(path: String, relative: String)] = []
    for input in inputs {
      guard VideoFolder.isFolder(input) else {
        gathered.append((input, Self.lastPart(input)))
        continue
      }
      let content = VideoFolder.content(of: input)
      for other in content.others { say("left out: \(input)/\(other) is no video") }
      let found = content.videos.map { (path: "\(input)/\($0)", relative: $0) }
      if output == nil {
        pairs += OutputNames.into(OutputNames.folder(for: input), found, codec: codec)
      } else {
        gathered += found
      }
    }
    if let output {
      pairs = OutputNames.into(output, gathered, codec: codec)
    } else {
      pairs += gathered.map {
        OutputNames.Pair(input: $0.path, output: OutputNames.beside($0.path, codec: codec))
      }
    }
    try Self.makeFolders(pairs)
  }

  private static func lastPart(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  private static func makeFolders(_ pairs: [OutputNames.Pair]) throws(TaskError) {
    for pair in pairs {
      let folder = FileName(pair.output).folder
      for end in folder.indices where folder[end] == "/" && end != folder.startIndex {
        let path = String(folder[..<end])
        if unsafe mkdir(path, 0o777) != 0, errno != EEXIST {
          let reason = unsafe String(cString: strerror(errno))
          throw TaskError(.cannotRun, "the folder \(path) cannot be made: \(reason)")
        }
      }
    }
  }
}
