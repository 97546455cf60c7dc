import BatchCore
import Foundation
import Glibc
import SampleTask
import Testing

/// A real Slurm cluster of five nodes on this machine, whose processors are many and mostly sleep,
/// started for a suite and stopped after it.
final class SlurmCluster: Sendable {
  let folder: String
  fileprivate static let script =
    URL(filePath: #filePath).pathComponents.dropLast(4)
    .joined(separator: "/").replacing("//", with: "/") + "/tools/cluster/slurm.sh"

  @TaskLocal static var current: SlurmCluster?

  /// The cluster of the suite.
  static var shared: SlurmCluster {
    get throws { try #require(current, "the suite has no cluster") }
  }

  init(folder: String) { self.folder = folder }

  /// Nothing is learnt from earlier runs, which other tests made.
  var environment: [String: String] {
    ["SLURM_CONF": "\(folder)/slurm.conf", "XDG_CACHE_HOME": "/dev/null"]
  }

  func fail(_ node: String) { Program.run(["/bin/bash", Self.script, "fail", folder, node]) }

  func mend(_ node: String) { Program.run(["/bin/bash", Self.script, "mend", folder, node]) }

  /// Runs one of Slurm's commands.
  @discardableResult
  func run(_ words: String...) -> String {
    Program.run(["/usr/bin/env"] + words, environment: environment).output
  }

  /// The array tasks that run now with this comment, and their nodes.
  func running(_ comment: String) -> [(task: String, node: String)] {
    run("squeue", "-h", "-r", "-t", "running", "-o", "%F_%K %N %k").split(separator: "\n")
      .compactMap { line in
        let words = line.split(separator: " ")
        guard words.count == 3, words[2] == comment else { return nil }
        return (String(words[0]), String(words[1]))
      }
  }
}

/// Gives a suite a cluster of its own.
struct ClusterTrait: SuiteTrait, TestScoping {
  @concurrent
  func provideScope(
    for test: Test, testCase: Test.Case?,
    performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    let scratch = Scratch()
    let daemons = try Daemons(scratch("slurm"))
    defer { daemons.stop() }
    let cluster = SlurmCluster(folder: scratch("slurm"))
    try await SlurmCluster.$current.withValue(cluster) { try await function() }
  }
}

/// The daemons of a cluster; the script ends them also when this process dies.
private final class Daemons {
  private var process: ChildProcess

  /// - Throws: When they do not come up.
  init(_ folder: String) throws {
    let port = 20_000 + Int(getpid()) % 20_000
    process = try ChildProcess(
      command: ["/bin/bash", SlurmCluster.script, "serve", folder, "\(port)", "5", "8"])
    let output = ByteBuffer()
    while output.isEmpty, process.receive(into: output, waiting: 60) ?? 0 > 0 {}
    guard !output.isEmpty else {
      process.terminate()
      throw TaskError(.cannotRun, "no cluster: \(process.wait().errors)")
    }
  }

  func stop() {
    // The end of its input is the order to stop.
    process.send(ByteBuffer())
    _ = process.wait()
  }
}

extension Trait where Self == ClusterTrait {
  static var cluster: ClusterTrait { ClusterTrait() }
}

/// Whether Slurm is installed, or must be.
enum SlurmAvailability {
  static let isThere =
    Program.run(["/usr/bin/env", "slurmctld", "-V"]).code == 0 && geteuid() == 0
}

/// What needs a cluster: one serves all of it.
@Suite("On Slurm", .enabled(if: SlurmAvailability.isThere), .cluster)
enum OnSlurm {}
