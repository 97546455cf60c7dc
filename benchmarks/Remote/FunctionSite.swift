import Glibc

/// An S3 server, and functions of AWS's emulator that hold the program given.
final class FunctionSite {
  static let environments = 8
  let scratch = ScratchDirectory()
  private let store: Engine
  private var functions: Engine?

  init?() {
    guard
      let store = Engine(
        ["bash", "tools/cluster/s3.sh", "serve", scratch("s3")], lines: 6, in: scratch,
        log: "s3.log")
    else { return nil }
    self.store = store
    store.greeting.forEach(Self.export)
  }

  /// Sets a variable that a service has named: `NAME=VALUE`.
  private static func export(_ line: String) {
    let sides = line.split(separator: "=", maxSplits: 1).map(String.init)
    if sides.count == 2 { unsafe setenv(sides[0], sides[1], 1) }
  }

  /// Begins anew, with cold environments.
  ///
  /// - Parameters:
  ///   - package: The folder of the unpacked package.
  ///   - options: Those of `tools/cluster/lambda.py`.
  func restart(_ package: String, _ options: [String]) -> Bool {
    functions = nil
    let emulator = Shell.output(["bash", "tools/cluster/emulator.sh"])
    guard emulator.isSuccess else {
      print("AWS's emulator: \(emulator.errors)")
      return false
    }
    functions = Engine(
      ["python3", "tools/cluster/lambda.py", emulator.text, package, "concurrency"]
        + ["\(Self.environments)"] + options, in: scratch, log: "functions.log")
    functions?.greeting.forEach(Self.export)
    return functions != nil
  }

  /// Unpacks a package, permissions included; the folder.
  func unpack(_ zip: String) -> String? {
    let folder = zip + ".unpacked"
    let program = """
      import os, sys, zipfile
      with zipfile.ZipFile(sys.argv[1]) as archive:
          for entry in archive.infolist():
              os.chmod(archive.extract(entry, sys.argv[2]), entry.external_attr >> 16)
      """
    let unpacked = Shell.output(["python3", "-c", program, zip, folder])
    if !unpacked.isSuccess { print("\(zip) could not be unpacked: \(unpacked.errors)") }
    return unpacked.isSuccess ? folder : nil
  }
}
