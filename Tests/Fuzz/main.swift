import FuzzTargets
import Glibc

#if LIBFUZZER
  import LibFuzzer
#endif

/// Feeds what takes bytes from strangers with invented ones; `make fuzz` builds and runs it.
enum Fuzz {
  static let usage = """
    fuzz list                        the targets
    fuzz seeds TARGET FOLDER         write its first inputs there, and FOLDER.words beside it
    fuzz check TARGET FILE...        try these inputs, such as one that the fuzzer has left
    fuzz run TARGET [libFuzzer's options and folders]

    """

  /// The target of this process; the callback of a C library holds no values.
  static let target: FuzzTarget = {
    let name = CommandLine.arguments.dropFirst(2).first ?? ""
    guard let target = FuzzTarget.named(name) else {
      stop("there is no target '\(name)'; `fuzz list` names them")
    }
    return target
  }()

  static func run() throws {
    switch CommandLine.arguments.dropFirst().first {
    case "list":
      for target in FuzzTarget.all { print("\(target.name)\t\(target.summary)") }
    case "seeds": try writeSeeds(to: CommandLine.arguments.dropFirst(3).first ?? "corpus")
    case "check":
      for path in CommandLine.arguments.dropFirst(3) {
        report(target.check(try Console.read(path)))
      }
    case "run": invent()
    default: stop(usage)
    }
  }

  private static func writeSeeds(to folder: String) throws {
    try Console.makeFolder(folder)
    for (number, seed) in target.seeds().enumerated() {
      try Console.write(seed, to: "\(folder)/seed-\(number)")
    }
    let words = target.words.map { word in
      "\""
        + word.utf8.map { byte in
          let digits = String(byte, radix: 16)
          return "\\x" + (digits.count < 2 ? "0" : "") + digits
        }.joined() + "\"\n"
    }
    try Console.write(Array(words.joined().utf8), to: folder + ".words")
  }

  /// Ends the process when something is not as it must be: so libFuzzer learns of it.
  private static func report(_ fault: String?) {
    guard let fault else { return }
    Console.tell("\(target.name): \(fault)")
    abort()
  }

  static func stop(_ sentence: String) -> Never {
    Console.tell(sentence)
    exit(64)
  }

  #if LIBFUZZER
    private static func invent() {
      var options = [CommandLine.arguments[0], "-max_len=\(target.longestInput)"]
      options += CommandLine.arguments.dropFirst(3)
      // The arguments belong to the process until it ends.
      var texts = unsafe options.map { unsafe strdup($0) }
      unsafe texts.append(nil)
      var count = Int32(options.count)
      unsafe texts.withUnsafeMutableBufferPointer { buffer in
        var arguments = buffer.baseAddress
        let code = unsafe LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in
          unsafe Fuzz.report(
            Fuzz.target.check(Array(UnsafeBufferPointer(start: bytes, count: count))))
          return 0
        }
        exit(code)
      }
    }
  #else
    private static func invent() { stop("this build cannot invent inputs; use `make fuzz`") }
  #endif
}

try Fuzz.run()
