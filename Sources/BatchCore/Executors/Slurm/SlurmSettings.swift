/// How the tasks of a run are to be submitted.
package struct SlurmSettings: Sendable, Equatable {
  /// A directory that this machine and the nodes share, as the user named it.
  package var share: String
  /// The partition; nil for the cluster's default.
  package var partition: String?
  /// How long an array task may take, in seconds.
  package var timeLimitSeconds: Double
  /// The memory of an array task, as `sbatch --mem` takes it; nil for the cluster's default.
  package var memory: String?
  /// Further options of `sbatch`.
  package var options: [String]
  /// How many array tasks run at once; nil for as many as the partition has processors.
  package var tasks: Int?

  package static let usualTimeLimitSeconds = 3600.0

  package init(
    share: String, partition: String? = nil, timeLimitSeconds: Double = usualTimeLimitSeconds,
    memory: String? = nil, options: [String] = [], tasks: Int? = nil
  ) {
    self.share = share
    self.partition = partition
    self.timeLimitSeconds = timeLimitSeconds
    self.memory = memory
    self.options = options
    self.tasks = tasks
  }

  /// The limit as Slurm takes it, which counts in minutes.
  var timeLimitMinutes: Int { max(1, Int((timeLimitSeconds / 60).rounded(.up))) }

  /// What a worker leaves unused of its time, in seconds: the results must be written, and the last
  /// item may be a little longer than any before.
  var marginSeconds: Double { min(30, max(2, timeLimitSeconds / 20)) }

  /// The options that restrict where the tasks run.
  var placement: [String] {
    (partition.map { ["--partition=\($0)"] } ?? []) + (memory.map { ["--mem=\($0)"] } ?? [])
      + options
  }
}

extension DirectoryStore {
  /// The directory that the settings name; it is made where its parent is there.
  init(settings: SlurmSettings) throws(BlobFailure) {
    guard case .directory(let path) = try BlobLocator(settings.share) else {
      throw BlobFailure(.badLocator, "\(settings.share) is no directory; Slurm's nodes share one")
    }
    try self.init(path: path, makes: true)
  }
}
