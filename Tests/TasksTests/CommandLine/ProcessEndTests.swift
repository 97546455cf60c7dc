import HTTPServer
import SampleTask
import Testing

/// How the program ends when threads that it does not wait for are still there.
@Suite("The end of the program")
struct ProcessEndTests {
  @Test("is not disturbed by the connections it has left")
  func leftConnections() {
    let server = TestServer { _ in
      .page("{}", status: 404, headers: ["x-amzn-ErrorType: ResourceNotFoundException"])
    }
    defer { server.stop() }
    let environment = [
      "AWS_ENDPOINT_URL": server.origin, "AWS_ACCESS_KEY_ID": "key",
      "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1", "no_proxy": "*",
    ]
    // Libraries that are taken down under a thread showed in one of some twenty runs.
    for run in 1...120 {
      let ended = Program.run(
        [Program.batchrun, "destroy", "lambda"], environment: environment)
      #expect(ended.code == 0, "run \(run): \(ended.errors)")
      #expect(ended.output == "There is nothing of the function batchrun.\n")
      if ended.code != 0 { return }
    }
  }
}
