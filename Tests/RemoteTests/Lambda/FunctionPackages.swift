import BatchCore
import SampleTask
import Synchronization
import Testing

/// The packages of functions that the tests of a suite need, each made once and unpacked.
final class FunctionPackages: Sendable {
  private let scratch = Scratch()
  /// Where each is, by program and task.
  private let made = Mutex<[String: String]>([:])

  @TaskLocal static var current: FunctionPackages?

  /// The packages of the suite.
  static var shared: FunctionPackages {
    get throws { try #require(current, "the suite has no packages") }
  }

  /// The folder with the package of a program, as a deployment makes it.
  ///
  /// - Parameter task: A task that the packed program is to have; nil for the program's own.
  func folder(_ program: String, _ task: String?) throws -> String {
    let name = "\(program) \(task ?? "")"
    return try made.withLock { made in
      if let folder = made[name] { return folder }
      let folder = scratch("package-\(made.count)")
      try Self.pack(program, task, into: folder)
      made[name] = folder
      return folder
    }
  }

  private static func pack(_ program: String, _ task: String?, into folder: String) throws {
    let zip = folder + ".zip"
    let choice = task.map { ["--for", $0] } ?? []
    let packed = Program.run([program, "deploy", "lambda", "--package-only", zip] + choice)
    guard packed.code == 0 else { throw TaskError(.cannotRun, "no package: \(packed.errors)") }
    let unpacked = Program.run(["/usr/bin/env", "python3", "-c", unpacker, zip, folder])
    guard unpacked.code == 0 else { throw TaskError(.cannotRun, "\(unpacked.errors)") }
  }

  /// Keeps the permissions, which Python's own command does not.
  private static let unpacker = """
    import os, sys, zipfile
    with zipfile.ZipFile(sys.argv[1]) as archive:
        for entry in archive.infolist():
            path = archive.extract(entry, sys.argv[2])
            os.chmod(path, entry.external_attr >> 16)
    """

  /// Gives a suite packages that are removed after it.
  struct Scope: SuiteTrait, TestScoping {
    @concurrent
    func provideScope(
      for test: Test, testCase: Test.Case?,
      performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
      try await FunctionPackages.$current.withValue(FunctionPackages()) { try await function() }
    }
  }
}
