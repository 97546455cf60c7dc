import Glibc

/// How large the packages of functions are, and how soon a cold one gives its first result.
enum FunctionPackages {
  static func run() -> Bool {
    print("remote: packages of functions")
    guard let site = FunctionSite() else { return false }
    var table = TextTable(["package for", "MB zipped"])
    for (task, bar) in [("price", 30.0), ("scrape", 30), ("encode", 80)] {
      let zip = site.scratch("\(task).zip")
      guard
        Shell.output([
          Program.batchrun, "deploy", "lambda", "--for", task, "--package-only", zip,
        ]).isSuccess
      else { return false }
      var information = stat()
      guard unsafe stat(zip, &information) == 0 else { return false }
      let size = Double(information.st_size) / 1e6
      table.add([task, Digits.text(size) + Bar.atMost(bar, size)])
    }
    table.show()
    return showFirstResult(site)
  }

  /// From the start of the command to the finished output of a firm, by a function that has never run.
  private static func showFirstResult(_ site: FunctionSite) -> Bool {
    guard let package = site.unpack(site.scratch("price.zip")),
      Shell.output(["cp", "examples/firms.csv", site.scratch("firms.csv")]).isSuccess
    else { return false }
    var times: [Double] = []
    for _ in 0..<5 {
      let output = site.scratch("out.csv")
      _ = Shell.output(["rm", "-rf", output, output + ".run"])
      guard site.restart(package, ["cold", "0"]) else { return false }
      let run = ChildRun.of([
        Program.batchrun, "price", site.scratch("firms.csv"), "--limit", "1", "-o", output, "--on",
        "lambda", "--bucket", "s3://jobs/bench",
      ])
      guard run.isSuccess else {
        print("WRONG: it ended with \(run.code)")
        return false
      }
      times.append(run.wallSeconds)
    }
    let timing = Timing(times)
    print("  one firm on a cold function, whole command, seconds:")
    print("  " + Digits.spread(timing) + Bar.atMost(1, timing.median) + "\n")
    return true
  }
}
