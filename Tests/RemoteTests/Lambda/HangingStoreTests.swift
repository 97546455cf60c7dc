import BatchCore
import FoundationEssentials
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
      let endpoint = try #require(functions.environment["AWS_ENDPOINT_URL_S3"])
      let relay = try ChildProcess(
        command: ["/usr/bin/python3", "-c", Self.relay, endpoint.replacing("http://", with: "")])
      defer {
        relay.terminate()
        _ = relay.wait()
      }
      let said = ByteBuffer()
      let count = relay.receive(into: said, waiting: 60)
      #expect(count ?? 0 > 0)
      let port = unsafe said.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
      let address = "http://127.0.0.1:" + port.filter(\.isNumber)
      let environment = functions.environment.merging(["AWS_ENDPOINT_URL_S3": address]) { $1 }
      let words = [
        "price", scratch("firms.csv"), "--batch-size", "200", "--on", "lambda", "--bucket",
        "s3://jobs/hang\(getpid())", "-o", scratch("there"),
      ]
      // A twentieth of the patience that a run has, whose arithmetic has a test of its own.
      let program = try StartedProgram(
        [Program.batchrun] + words,
        environment: environment.merging(["BATCHRUN_FAULT_PATIENCE": "0.05"]) { $1 },
        joinsErrors: true)
      for _ in 0..<600 where try functions.counts()["invocations"] ?? 0 < 5 { usleep(50_000) }
      relay.send(signal: SIGSTOP)
      let stopped = program.wait()
      #expect(stopped.code == 2, "\(stopped.output)")
      #expect(stopped.output.contains("--bucket: cannot "), "\(stopped.output)")
      #expect(stopped.output.contains("see whether the network and the endpoint are all right"))
      relay.send(signal: SIGCONT)
      let again = Program.run([Program.batchrun] + words, environment: environment)
      #expect(again.code == 0, "\(again.errors)")
      #expect(try SampleSource.read(scratch("there")) == SampleSource.read(scratch("here")))
      let check = try Verification(directory: scratch("there.run"))
      #expect(check.isGood, "\(check.problems)")
    }
  }
}
