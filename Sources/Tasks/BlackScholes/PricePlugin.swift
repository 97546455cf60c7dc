public import BatchCore

/// The task `price`: one CSV row in, the same row with its results out.
///
/// Data flow: `Options` (what was asked, what the header offers) → `Source` (rows as items, firms' runs)
/// → `Rows` (a batch's rows as columns, and back as records) → `Kernels` → `Series` (rows that depend on
/// earlier ones).
public enum PricePlugin: TaskPlugin {
  public static func prepare(_ request: TaskRequest) throws -> PreparedTask {
    do {
      return try Preparation(request).preparedTask()
    } catch let error as InputError {
      let named = InputError(error.code, input: request.input.displayName)
      throw TaskError(.cannotRun, "\(named)")
    }
  }

  public static func makeTask(message: [UInt8]) throws -> any BatchTask {
    PriceTask(setup: try PriceSetup(message: message))
  }
}
