package import BatchCore
import Glibc

/// Commands that another program beside this one carries out.
///
/// Libraries that take long to load are linked by that program alone, so that no other command waits
/// for them. Help, completion and the check of what was typed come from here all the same.
package struct SisterProgram: Sendable {
  /// The name of the program's file, which lies beside this one's.
  package var name: String
  /// Its commands, each a task.
  package var commands: [CommandSpec]

  package init(name: String, commands: [CommandSpec]) {
    self.name = name
    self.commands = commands
  }

  /// Where its file is.
  var path: String { Self.folder() + name }

  func carriesOut(_ invocation: Invocation) -> Bool {
    commands.contains { $0.name == invocation.command || $0.name == invocation.task }
  }

  /// Replaces this process by the program.
  ///
  /// - Throws: `TaskError` when it cannot be started; otherwise it does not return.
  func takeOver(_ words: [String]) throws(TaskError) -> Never {
    let path = path
    var arguments = unsafe ([path] + words).map { unsafe strdup($0) } + [nil]
    unsafe execv(path, &arguments)
    let reason = unsafe String(cString: strerror(errno))
    throw TaskError(
      .cannotRun,
      "\(path) is needed for this command and cannot be started: \(reason); install both programs into "
        + "one folder")
  }

  /// The folder of this program, with its slash.
  private static func folder() -> String {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink("/proc/self/exe", &bytes, bytes.count)
    guard count > 0 else { return "" }
    let path = String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }
}
