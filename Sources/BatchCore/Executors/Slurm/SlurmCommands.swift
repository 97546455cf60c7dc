internal import Glibc

/// The three commands of Slurm that a run needs; no accounting database and no root.
struct SlurmCommands: Sendable {
  /// Slurm refused, or is not there: a sentence.
  struct Refusal: Error, Sendable, CustomStringConvertible {
    var description: String
    /// Whether the controller may answer later.
    var isTransient: Bool
  }

  let settings: SlurmSettings

  /// The most tasks of one array.
  func arrayLimit() -> Int {
    guard let text = try? run(["scontrol", "show", "config"]),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MaxArraySize") }),
      let limit = line.split(separator: "=").last.flatMap({ Int($0.filter(\.isNumber)) })
    else { return 1000 }
    return max(1, limit - 1)
  }

  /// How many processors the partition has.
  ///
  /// - Throws: `Refusal` when Slurm is not there, or has no such partition.
  func processors() throws(Refusal) -> Int {
    let place = settings.partition.map { ["--partition=\($0)"] } ?? []
    let text = try run(["sinfo", "-h", "-o", "%C"] + place)
    let total = text.split(separator: "\n").compactMap { line in
      line.split(separator: "/").last.flatMap { Int($0) }
    }.reduce(0, +)
    guard total > 0 else {
      throw Refusal(
        description: settings.partition.map {
          "Slurm has no partition \($0) with nodes; `sinfo` lists those it has"
        } ?? "Slurm has no nodes; `sinfo` shows what it has",
        isTransient: false)
    }
    return total
  }

  /// Submits an array of tasks that all run `script`; the number of the job.
  func submit(script: String, name: String, tasks: Int, logs: String) throws(Refusal) -> String {
    let text = try run(
      [
        "sbatch", "--parsable", "--array=0-\(tasks - 1)", "--job-name=\(name)",
        "--output=\(logs)/%A_%a.log", "--open-mode=append", "--no-requeue", "--ntasks=1",
        "--time=\(settings.timeLimitMinutes)", "--chdir=/", "--export=\(Self.environment)",
      ] + settings.placement, input: script)
    guard let job = text.split(whereSeparator: { ";\n".contains($0) }).first, Int(job) != nil else {
      throw Refusal(
        description: "sbatch answered '\(text.prefix(200))' instead of the number of a job",
        isTransient: false)
    }
    return String(job)
  }

  func queue(name: String) throws(Refusal) -> SlurmQueue {
    SlurmQueue(
      text: try run([
        "squeue", "-h", "-r", "-t", "all", "--name=\(name)", "-O", SlurmQueue.format,
      ]))
  }

  /// Cancels tasks or whole jobs; those that have ended already are no error.
  func cancel(_ names: [String], pendingOnly: Bool = false) {
    guard !names.isEmpty else { return }
    _ = try? run(["scancel", "--quiet"] + (pendingOnly ? ["--state=PENDING"] : []) + names)
  }

  /// What the nodes get of the user's environment: nothing that may be a secret.
  private static var environment: String {
    let names = [
      "PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "http_proxy", "https_proxy", "no_proxy",
      "all_proxy", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR",
      "CURL_CA_BUNDLE",
    ]
    let present = names.filter { name in unsafe getenv(name) != nil }
    return present.isEmpty ? "NIL" : present.joined(separator: ",")
  }

  private func run(_ command: [String], input: String = "") throws(Refusal) -> String {
    let name = command.first ?? ""
    let (ending, text, errors) = try output(command, input)
    switch ending {
    case .exited(0): return text
    case .exited(127):
      throw Refusal(
        description: "the command \(name) is not there; run batchrun on a machine of the cluster",
        isTransient: false)
    default:
      throw Refusal(
        description: "\(name) failed: \(errors.isEmpty ? ending.phrase : errors)",
        isTransient: Self.isPassing(errors) || ending == .signalled(Int(SIGKILL)))
    }
  }

  /// A command that does not answer is ended.
  private func output(
    _ command: [String], _ input: String
  ) throws(Refusal) -> (ending: ChildProcess.Ending, text: String, errors: String) {
    do throws(SystemError) {
      // The search in PATH is env's.
      var child = try ChildProcess(command: ["/usr/bin/env"] + command)
      child.send(ByteBuffer(Array(input.utf8)))
      let output = ByteBuffer()
      var count: Int? = 1
      while count ?? 0 > 0 {
        count = child.receive(into: output, waiting: Self.patienceSeconds)
      }
      if count == nil { child.terminate() }
      let (ending, errors) = child.wait()
      return (
        ending, unsafe output.withBytes { unsafe String(decoding: $0, as: UTF8.self) }, errors
      )
    } catch {
      throw Refusal(description: "\(error)", isTransient: false)
    }
  }

  /// No command of Slurm is waited for longer, in seconds.
  private static let patienceSeconds = 60.0

  /// Whether the controller is busy or away for a while.
  private static func isPassing(_ errors: String) -> Bool {
    [
      "Unable to contact slurm controller", "Socket timed out", "Connection refused", "Zero Bytes",
      "Resource temporarily unavailable", "Slurm temporarily unable", "Transport endpoint",
    ].contains { errors.contains($0) }
  }
}
