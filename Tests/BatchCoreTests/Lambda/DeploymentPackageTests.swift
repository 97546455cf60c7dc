import BatchCore
import Glibc
import SampleTask
import Testing

@Suite("The package of a function")
struct DeploymentPackageTests {
  private let scratch = Scratch()

  /// A folder with the bootstrap and a script in the place of the loader, which tells how it was called.
  private func folder(loader: String = "lib/loader") throws {
    let bytes = DeploymentBootstrap(loader: loader, executable: "bin/tool").bytes
    let parts = ["lib/loader": "#!/bin/sh\necho \"$PWD\" \"$MARK\" \"$0\" \"$@\"\n"]
    for (name, text) in parts {
      unsafe mkdir(scratch("lib"), 0o755)
      scratch.write(name, text)
      unsafe chmod(scratch(name), 0o755)
    }
    let descriptor = unsafe open(scratch("bootstrap"), O_WRONLY | O_CREAT, 0o755)
    #expect(unsafe write(descriptor, bytes, bytes.count) == bytes.count)
    close(descriptor)
  }

  @Test("begins with a program that starts another in its own folder, wherever it was called from")
  func bootstrap() throws {
    try folder()
    let expected = "the-environment lib/loader --library-path lib bin/tool worker\n"
    let environment = ["MARK": "the-environment"]
    let absolute = Program.run([scratch("bootstrap")], environment: environment)
    #expect(absolute.code == 0, "\(absolute.errors)")
    #expect(absolute.output.hasSuffix(" " + expected))
    let here = String(scratch("").reversed().drop { $0 == "/" }.reversed())
    #expect(absolute.output.hasPrefix(here + " "), "\(absolute.output)")
    let relative = Program.run(
      ["/bin/sh", "-c", "cd \"$1\" && exec ./bootstrap more arguments", "sh", here],
      environment: environment)
    #expect(relative.output.hasSuffix(" " + expected), "\(relative.errors)")
  }

  @Test("says what is missing when the other cannot be started")
  func noLoader() throws {
    try folder(loader: "lib/absent")
    let result = Program.run([scratch("bootstrap")])
    #expect(result.code == 127)
    #expect(result.errors == "bootstrap: lib/absent cannot be started")
  }

  @Test("holds the program without symbols, its libraries and its loader, and runs from there")
  func program() throws {
    let package = try DeploymentPackage(ProgramFiles(of: Program.sample))
    try package.write(to: scratch("p.zip"))
    let script = """
      import os, sys, zipfile
      archive = zipfile.ZipFile(sys.argv[1])
      for info in archive.infolist():
          path = archive.extract(info, sys.argv[2])
          os.chmod(path, info.external_attr >> 16)
          print(info.filename)
      """
    let unpacked = Program.run(
      ["/usr/bin/env", "python3", "-c", script, scratch("p.zip"), scratch("out")])
    #expect(unpacked.code == 0, "\(unpacked.errors)")
    let names = unpacked.output.split(separator: "\n").map(String.init)
    #expect(names.count == package.files)
    #expect(names == names.sorted() && Set(names).count == names.count)
    for name in ["bootstrap", "bin/sample-program", "lib/libc.so.6"] {
      #expect(names.contains(name))
    }
    // A worker without a message ends by itself; a program that cannot be loaded ends with 127.
    let loader = try #require(names.first { $0.hasPrefix("lib/ld-linux") })
    let loaded = Program.run(
      [
        scratch("out/\(loader)"), "--library-path", scratch("out/lib"), "--list",
        scratch("out/bin/sample-program"),
      ])
    #expect(loaded.code == 0, "\(loaded.errors)")
    let foreign = loaded.output.split(separator: "\n").filter {
      $0.contains(" => ") && !$0.contains(scratch("out"))
    }
    #expect(foreign == [])
    let started = Program.run([scratch("out/bootstrap")])
    #expect(started.code != 127, "\(started.errors)")
  }

  @Test("of a program that is not there is refused with the cure")
  func absent() {
    #expect {
      try ProgramFiles(of: scratch("absent"))
    } throws: { "\($0)".contains("install both programs into one folder") }
  }
}
