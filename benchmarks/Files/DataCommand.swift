import BenchmarkData

/// Writes the inputs that the documentation names into a directory; passes over those that are there.
enum DataCommand {
  static func run(_ arguments: [String]) -> Bool {
    let directory = arguments.first ?? "."
    for file in DataFile.all {
      let megabytes = ((file.byteCount ?? 0) + 500_000) / 1_000_000
      if file.isComplete(in: directory) {
        print("\(file.name): \(file.rows) rows, \(megabytes) MB, already there")
        continue
      }
      do {
        try file.write(to: directory)
      } catch {
        print(error)
        return false
      }
      print("\(file.name): \(file.rows) rows, \(megabytes) MB")
    }
    do {
      try PageCorpus.writeURLs(to: directory + "/urls.txt")
    } catch {
      print(error)
      return false
    }
    print(
      "urls.txt: \(PageCorpus.pageCount) pages, 256 MB; tools/scrape-server.sh start serves them, "
        + "tools/scrape-server.sh stop ends it")
    return writePages() && EncodeData.write(to: directory)
  }

  /// Writes the pages that `urls.txt` lists, unless they are there.
  static func writePages() -> Bool {
    guard !PageCorpus.isComplete else { return true }
    do {
      try PageCorpus().write()
    } catch {
      print(error)
      return false
    }
    return true
  }
}
