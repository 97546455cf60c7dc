/// Runs each batch in an invocation of a cloud function, with the input and the results in a bucket.
package final class LambdaExecutor: Executor {
  package var name: String { "lambda" }
  package let limits: ExecutorLimits
  package var isRemote: Bool { true }
  package let leftovers: [Part]
  private let thread = RemoteThread<LambdaRun>()

  /// Looks at the function and the bucket.
  ///
  /// - Throws: `TaskError` when either cannot be used.
  init(
    _ settings: LambdaSettings, _ context: ExecutorContext,
    environment: AWSEnvironment = AWSEnvironment()
  ) throws(TaskError) {
    let function: LambdaFunction
    let description: LambdaFunction.Description
    do throws(AWSFailure) {
      function = try LambdaFunction(name: settings.function, environment: environment)
      description = try function.describe()
    } catch {
      throw TaskError(.cannotRun, "--on lambda: \(Self.words(error, settings.function))")
    }
    let limits = Self.limits(settings, description)
    self.limits = limits
    let run: LambdaRun
    let inbox = thread.inbox
    do throws(BlobFailure) {
      guard case .s3 = try BlobLocator(settings.bucket) else {
        throw BlobFailure(.badLocator, "functions reach buckets only, such as s3://BUCKET/PREFIX")
      }
      let store = try BlobLocator(settings.bucket).open(environment: environment)
      leftovers = try EarlierSessions(store: store, run: context.run).parts()
      let invoker = LambdaInvoker(settings: environment.httpSettings) { inbox.post(.news($0)) }
      run = try LambdaRun(
        function: function, description: description, workers: limits.workers, store: store,
        invoker: invoker, context)
    } catch {
      throw TaskError(.cannotRun, "--bucket \(settings.bucket): \(error)")
    }
    thread.start(run, name: "batchrun-lambda")
  }

  private static func words(_ failure: AWSFailure, _ function: String) -> String {
    failure.kind == .notFound
      ? "there is no function named \(function); make it with `batchrun deploy lambda`"
      : failure.message
  }

  static func limits(
    _ settings: LambdaSettings, _ description: LambdaFunction.Description
  ) -> ExecutorLimits {
    let prices = settings.prices ?? .usual
    let gigabytes = Double(description.memoryBytes) / 1024 / 1024 / 1024
    return ExecutorLimits(
      workers: settings.workers ?? min(1000, max(1, description.concurrency ?? 100)),
      timeLimitSeconds: description.timeLimitSeconds,
      marginSeconds: margin(description.timeLimitSeconds),
      // The input of a batch is held in memory.
      payloadBytes: min(64 << 20, description.memoryBytes / 8),
      memoryBytes: description.memoryBytes, rampPerSecond: 100,
      price: Price(
        perRequestDollars: prices.perRequest,
        perGigabyteSecondDollars:
          description.isARM ? prices.perGigabyteSecondARM : prices.perGigabyteSecond,
        workerGigabytes: gigabytes))
  }

  /// What a worker leaves unused before the limit, in seconds.
  static func margin(_ timeLimitSeconds: Double) -> Double {
    min(15, max(0.5, timeLimitSeconds * 0.05))
  }

  package var model: CostModel { Self.usualModel }

  /// What functions cost before anything was measured: an environment has the program to load, and a
  /// batch some requests to make.
  package static var usualModel: CostModel {
    CostModel(
      startUpSeconds: Figure(1, .guess), batchOverheadSeconds: Figure(0.15, .guess),
      items: ItemTimes(count: 1, mean: 1e-3, deviation: 1e-3), itemProvenance: .guess)
  }

  package func submit(_ order: BatchOrder) { thread.inbox.post(.run(order)) }

  package func committed(_ batches: [BatchIndex]) { thread.inbox.post(.committed(batches)) }

  package func drain() { thread.inbox.post(.drain) }

  package func shutDown(isCommitted: Bool) { thread.shutDown(isCommitted: isCommitted) }
}
