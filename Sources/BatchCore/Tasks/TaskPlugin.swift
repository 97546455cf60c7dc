/// A task as the program knows it: its words, its options, and how a run of it is prepared.
public protocol TaskPlugin: Sendable {
  /// The name, help texts and options; the one table that parsing, help and completion use.
  static var command: CommandSpec { get }

  /// Reads the options and the head of the input, and says what the run will do.
  ///
  /// - Throws: `TaskError` for options or an input that cannot be used.
  static func prepare(_ request: TaskRequest) throws -> PreparedTask

  /// Makes the worker half again from `PreparedTask.workerMessage`, in another process.
  static func makeTask(message: [UInt8]) throws -> any BatchTask
}

/// What the user asked for.
public struct TaskRequest: Sendable {
  /// The options as typed, by name, checked against the command's table.
  public var options: OptionValues
  /// The input as a local file: what was typed, or a spooled copy of it.
  public var input: InputFile
  /// The first N items only.
  public var limit: Int?
  /// A directory for what has to be found out before the run begins, kept for when it goes on; nil for
  /// a plan, which neither writes nor asks anything of others.
  public var keptFiles: String?

  public init(
    options: OptionValues, input: InputFile, limit: Int? = nil, keptFiles: String? = nil
  ) {
    self.options = options
    self.input = input
    self.limit = limit
    self.keptFiles = keptFiles
  }
}

/// A local file to read, and the name by which the user knows it.
public struct InputFile: Sendable, Equatable {
  /// A path that can be opened.
  public var path: String
  /// The name for messages: the path as typed, or "standard input".
  public var displayName: String

  public init(path: String, displayName: String) {
    self.path = path
    self.displayName = displayName
  }
}

/// A task with its options and its input: everything a run needs to know of it.
public struct PreparedTask: Sendable {
  public var name: TaskName
  /// The worker half, for workers within this process.
  public var task: any BatchTask
  /// The worker half, for workers in other processes: what `TaskPlugin.makeTask` reads.
  public var workerMessage: [UInt8]
  public var source: any ItemSource
  /// What stands before the first record of the output, such as a CSV header.
  public var prologue: [UInt8]
  /// The options that the output depends on, in a fixed order; part of the run's identity.
  public var identity: [(name: String, value: String)]
  /// Sentences for the user about what was chosen, such as the model.
  public var notes: [String]
  /// The time an item may take before it is taken to hang, when the user gave none, in seconds.
  public var defaultTimeoutSeconds: Double
  /// What the task knows of the time of a run without trying an item; nil lets a plan try some.
  public var estimate: RunEstimate?
  /// What records may be counted under, by bit; at most eight.
  public var marks: [RecordMark]
  /// The record of an item that the runner itself had to give up, such as one that crashes.
  public var failureRecord: @Sendable (ItemFailure) throws -> [UInt8]
  /// Why the task runs on this machine only: a sentence; nil when it runs anywhere.
  public var localOnly: String?
  /// How the output is made of the records; nil when the records are the output.
  public var assembly: OutputAssembly?

  public init(
    name: TaskName, task: any BatchTask, workerMessage: [UInt8], source: any ItemSource,
    prologue: [UInt8], identity: [(name: String, value: String)], notes: [String] = [],
    defaultTimeoutSeconds: Double = 300, marks: [RecordMark] = [],
    assembly: OutputAssembly? = nil,
    failureRecord: @escaping @Sendable (ItemFailure) throws -> [UInt8]
  ) {
    self.name = name
    self.task = task
    self.workerMessage = workerMessage
    self.source = source
    self.prologue = prologue
    self.identity = identity
    self.notes = notes
    self.defaultTimeoutSeconds = defaultTimeoutSeconds
    self.marks = marks
    self.assembly = assembly
    self.failureRecord = failureRecord
  }
}

/// How long a run takes as far as its task can tell beforehand; for tasks whose items must not be tried
/// for a plan, because that would ask something of others.
public struct RunEstimate: Sendable, Equatable {
  /// A line of the plan: a word and what it says.
  public struct Line: Sendable, Equatable {
    public var label: String
    public var text: String

    public init(_ label: String, _ text: String) {
      self.label = label
      self.text = text
    }
  }

  /// What the items of each lane of the dispatch order have to wait for others, however many workers
  /// there are, in seconds; one entry for each lane.
  public var laneSeconds: [Double]
  /// Why more workers than lanes would have nothing to do where workers share no process: the
  /// beginning of a sentence.
  public var laneReason: String
  /// What an item costs a worker, in seconds.
  public var workSecondsPerItem: Double
  /// Which numbers are guesses, with their values.
  public var guesses: [String]
  public var lines: [Line]

  public init(
    laneSeconds: [Double], laneReason: String, workSecondsPerItem: Double, guesses: [String] = [],
    lines: [Line] = []
  ) {
    self.laneSeconds = laneSeconds
    self.laneReason = laneReason
    self.workSecondsPerItem = workSecondsPerItem
    self.guesses = guesses
    self.lines = lines
  }
}

/// Something that is worth counting of records that are no failures.
public struct RecordMark: Sendable, Equatable {
  /// A stable word for events.
  public var name: String
  /// What follows the number in the summary, such as "pages without an abstract".
  public var phrase: String
  /// The same for one.
  public var singular: String

  public init(_ name: String, singular: String, plural: String) {
    self.name = name
    self.singular = singular
    phrase = plural
  }
}

/// How an output that is more than its records is made of them, while they are committed.
public struct OutputAssembly: Sendable {
  /// Whether an item that failed so still has a record that the output can be made with.
  ///
  /// Any other failure stops the run, which keeps what is finished and can be continued.
  public var tolerates: @Sendable (ItemFailure) -> Bool
  /// Makes the file `draft` of the records; gives sentences for the user about what could not be done.
  ///
  /// Called when the run begins or goes on, and once more when it threw: it begins anew and gives the
  /// same bytes each time, however the records came.
  public var make: @Sendable (_ records: CommittedRecords, _ draft: String) throws -> [String]

  public init(
    tolerates: @escaping @Sendable (ItemFailure) -> Bool,
    make: @escaping @Sendable (_ records: CommittedRecords, _ draft: String) throws -> [String]
  ) {
    self.tolerates = tolerates
    self.make = make
  }
}

/// A run that cannot be prepared or carried out, and why.
public struct TaskError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable {
    /// The command line is wrong: exit 64.
    case usage
    /// The input or the machine is: exit 2.
    case cannotRun
  }

  public let kind: Kind
  /// One sentence that names the thing and the cure.
  public let message: String

  public init(_ kind: Kind = .cannotRun, _ message: String) {
    self.kind = kind
    self.message = message
  }

  public var description: String { message }
}
