import BatchCore
import Foundation
import Glibc
import SampleTask
import Testing

extension WithS3 {
  /// A bucket that takes connections and never answers.
  @Suite("A bucket that hangs")
  struct HangingStoreTests {
    private let scratch = Scratch()

    /// Passes everything on, until a signal stops it.
    private static let relay = """
      import socket, sys, threading
      host, port = sys.argv[1].split(":")
      listener = socket.create_server(("127.0.0.1", 0), backlog=128)
      print(listener.getsockname()[1], flush=True)
      def copy(source, target):
          try:
              while True:
                  data = source.recv(65536)
                  if not data:
                      break
                  target.sendall(data)
          except OSError:
              pass
          for end in (source, target):
              try:
                  end.shutdown(socket.SHUT_RDWR)
              except OSError:
                  pass
      def serve():
          while True:
              client, _ = listener.accept()
              server = socket.create_connection((host, int(port)))
              for pair in ((client, server), (server, client)):
                  threading.Thread(target=copy, args=pair, daemon=True).start()
      threading.Thread(target=serve, daemon=True).start()
      sys.stdin.read()
      """

    /// Starts the relay to the bucket; its address.
    private func start(_ relay: Process, to endpoint: String) throws -> String {
      relay.executableURL = URL(filePath: "/usr/bin/python3")
      relay.arguments = ["-c", Self.relay, endpoint.replacing("http://", with: "")]
      let said = Pipe()
      relay.standardOutput = said
      relay.standardInput = Pipe()
      try relay.run()
      let port = String(decoding: said.fileHandleForReading.availableData, as: UTF8.self)
      return "http://127.0.0.1:" + port.filter(\.isNumber)
    }

    @Test("stops the run with a sentence, and the run goes on when it answers again")
    func hangs() throws {
      var text = "firm,date,equity,debt,equity_volatility,rate\n"
      for row in 0..<20_000 {
        text += "F\(row % 100),\(row / 100),\(100 + row % 977),\(50 + row % 613),0.3,0.03\n"
      }
      scratch.write("firms.csv", text)
      let here = Program.run(
        [Program.batchrun, "price", scratch("firms.csv"), "-o", scratch("here"), "--quiet"])
      #expect(here.code == 0, "\(here.errors)")
      let functions = try Functions(options: ["concurrency": "2"])
      let relay = Process()
      let address = try start(
        relay, to: try #require(functions.environment["AWS_ENDPOINT_URL_S3"]))
      defer {
        kill(relay.processIdentifier, SIGCONT)
        relay.terminate()
      }
      let environment = functions.environment.merging(["AWS_ENDPOINT_URL_S3": address]) { $1 }
      let words = [
        "price", scratch("firms.csv"), "--batch-size", "200", "--on", "lambda", "--bucket",
        "s3://jobs/hang\(getpid())", "-o", scratch("there"),
      ]
      let program = Process()
      program.executableURL = URL(filePath: Program.batchrun)
      program.arguments = words
      // A twentieth of the patience that a run has, whose arithmetic has a test of its own.
      program.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        .merging(["BATCHRUN_FAULT_PATIENCE": "0.05"]) { $1 }
      scratch.write("errors", "")
      program.standardError = FileHandle(forWritingAtPath: scratch("errors"))
      program.standardOutput = FileHandle.nullDevice
      try program.run()
      for _ in 0..<600 where try functions.counts()["invocations"] ?? 0 < 5 { usleep(50_000) }
      kill(relay.processIdentifier, SIGSTOP)
      program.waitUntilExit()
      let errors = scratch.text("errors") ?? ""
      #expect(program.terminationStatus == 2, "\(errors)")
      #expect(errors.contains("--bucket: cannot "), "\(errors)")
      #expect(errors.contains("see whether the network and the endpoint are all right"))
      kill(relay.processIdentifier, SIGCONT)
      let again = Program.run([Program.batchrun] + words, environment: environment)
      #expect(again.code == 0, "\(again.errors)")
      #expect(try SampleSource.read(scratch("there")) == SampleSource.read(scratch("here")))
      let check = try Verification(directory: scratch("there.run"))
      #expect(check.isGood, "\(check.problems)")
    }
  }
}
