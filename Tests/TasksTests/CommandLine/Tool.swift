import FoundationEssentials
import Glibc

/// Another program of the machine, run to its end.
enum Tool {
  struct Result {
    var status: Int32
    var output: String
    var errors: String
  }

  struct NotStarted: Error {
    var code: Int32
  }

  /// The path of an installed program, nil when there is none of that name.
  static func find(_ name: String) -> String? {
    ["/usr/bin/", "/bin/", "/usr/local/bin/"].map { $0 + name }
      .first { unsafe access($0, X_OK) == 0 }
  }

  /// Runs a program with its streams in files, so that no pipe can fill up.
  static func run(
    _ path: String, _ arguments: [String], input: String = "", environment: [String] = []
  ) throws -> Result {
    let folder = try TemporaryFolder()
    let files = ["input", "output", "errors"].map { folder.path + "/" + $0 }
    try TextFile(files[0]).write(input)
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, files[0], O_RDONLY, 0)
    for (descriptor, file) in [(Int32(1), files[1]), (2, files[2])] {
      unsafe posix_spawn_file_actions_addopen(
        &actions, descriptor, file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    var words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
    var variables =
      unsafe (["PATH=/usr/bin:/bin", "LANG=C.UTF-8"] + environment)
      .map { unsafe strdup($0) } + [nil]
    defer { unsafe (words + variables).forEach { unsafe free($0) } }
    var child = pid_t()
    let code = unsafe posix_spawn(&child, path, &actions, nil, &words, &variables)
    guard code == 0 else { throw NotStarted(code: code) }
    var status: Int32 = 0
    while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
    return Result(
      status: status & 0x7f == 0 ? (status >> 8) & 0xff : -(status & 0x7f),
      output: try TextFile(files[1]).read(), errors: try TextFile(files[2]).read())
  }
}

/// A folder that goes away with its value.
final class TemporaryFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/batchrun-test-XXXXXX".utf8CString)
    guard let made = unsafe mkdtemp(&template) else { throw Tool.NotStarted(code: errno) }
    path = unsafe String(cString: made)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }
}

extension TemporaryFolder {
  func makeFolder(_ name: String) throws {
    guard unsafe mkdir(path + "/" + name, 0o700) == 0 else { throw Tool.NotStarted(code: errno) }
  }
}
