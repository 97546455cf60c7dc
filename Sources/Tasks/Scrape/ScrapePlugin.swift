public import BatchCore

/// The task `scrape`: a list of addresses in, one record for each out.
///
/// Data flow: `Source` (lines of the list as items, handed out by host) → `Fetch` (pages, politely) →
/// `Text` (bytes as characters) → `HTML`, `Selectors`, `Rules` (the page and what is looked for) →
/// `Extraction` (fields) → `Records` (lines of output).
public enum ScrapePlugin: TaskPlugin {
  public static func prepare(_ request: TaskRequest) throws -> PreparedTask {
    do {
      return try ScrapePreparation(request).preparedTask()
    } catch let error as InputError {
      let named = InputError(error.code, input: request.input.displayName)
      throw TaskError(.cannotRun, "\(named)")
    }
  }

  public static func makeTask(message: [UInt8]) throws -> any BatchTask {
    ScrapeTask(try ScrapeSetup(message: message))
  }
}
