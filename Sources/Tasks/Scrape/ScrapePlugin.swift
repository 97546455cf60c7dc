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
      if let hint = listHint(request.input.displayName, error) { throw hint }
      let named = InputError(error.code, input: request.input.displayName)
      throw TaskError(.cannotRun, "\(named)")
    }
  }

  /// What is meant when an address stands where the list should.
  private static func listHint(_ name: String, _ error: InputError) -> TaskError? {
    let page = ListedPage(line: 1, typed: name)
    guard case .cannotOpen = error.code, (try? WebURL(name)) != nil else { return nil }
    return TaskError(
      .cannotRun,
      "\(page.shown) is an address, and scrape takes a list of them: put it into a file, or into "
        + "standard input with echo ADDRESS | batchrun scrape -")
  }

  public static func makeTask(message: [UInt8]) throws -> any BatchTask {
    ScrapeTask(try ScrapeSetup(message: message))
  }
}
