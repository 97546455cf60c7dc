import Glibc

/// A service on this machine that one of the project's scripts serves until this object ends.
@safe final class Engine {
  /// The first lines it wrote.
  let greeting: [String]
  private let process: pid_t
  private let input: Int32
  /// What it keeps there must not go away before it does.
  private let scratch: ScratchDirectory

  /// Starts it and waits for its greeting; nil, with a sentence, when that does not come.
  ///
  /// - Parameters:
  ///   - lines: How many lines the greeting has.
  ///   - log: The name of the file in `scratch` that gets its complaints.
  init?(_ command: [String], lines: Int = 1, in scratch: ScratchDirectory, log: String) {
    self.scratch = scratch
    var (toEngine, fromEngine): ([Int32], [Int32]) = ([0, 0], [0, 0])
    guard unsafe pipe(&toEngine) == 0, unsafe pipe(&fromEngine) == 0 else { return nil }
    // The ends of this process must not live on in the engine: it would wait for itself.
    for descriptor in [toEngine[1], fromEngine[0]] {
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
    process = Self.spawn(command, input: toEngine[0], output: fromEngine[1], log: scratch(log))
    input = toEngine[1]
    close(toEngine[0])
    close(fromEngine[1])
    greeting = Self.read(lines, from: fromEngine[0])
    close(fromEngine[0])
    guard greeting.count == lines else {
      print(
        "\(command.joined(separator: " ")) did not start: \(TextFile.read(scratch(log)).suffix(400))"
      )
      return nil
    }
  }

  deinit {
    close(input)
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
  }

  private static func spawn(
    _ command: [String], input: Int32, output: Int32, log: String
  ) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
    unsafe posix_spawn_file_actions_addopen(
      &actions, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    // What the engine starts must not keep the pipes open.
    unsafe posix_spawn_file_actions_addclose(&actions, input)
    unsafe posix_spawn_file_actions_addclose(&actions, output)
    var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { argument in unsafe free(argument) } }
    var process: pid_t = -1
    let code = unsafe posix_spawnp(&process, command[0], &actions, nil, &arguments, environ)
    return code == 0 ? process : -1
  }

  private static func read(_ lines: Int, from descriptor: Int32) -> [String] {
    guard let file = unsafe fdopen(dup(descriptor), "r") else { return [] }
    defer { unsafe fclose(file) }
    var found: [String] = []
    var line = [CChar](repeating: 0, count: 4096)
    while found.count < lines, unsafe fgets(&line, Int32(line.count), file) != nil {
      found.append(
        String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
          .split(separator: "\n").first.map(String.init) ?? "")
    }
    return found
  }
}
