package import BatchCore
internal import Glibc
internal import Synchronization

/// An HTTP/1.1 server on the loopback network that answers as it is told, faults included.
///
/// Each connection has a thread. Addresses `127.0.0.x` give as many hosts as a test wants; a port
/// that is given serves a server that died and comes back.
package final class TestServer: Sendable {
  package typealias Answer = @Sendable (TestRequest) -> TestAnswer

  package let host: String
  package let port: Int
  private let listener: Int32
  private let state = Mutex(State())
  private let answer: Answer

  private struct State {
    var requests: [TestRequest] = []
    var connections: Set<Int32> = []
    var connectionCount = 0
    var underWay = 0
    var mostUnderWay = 0
    var isStopped = false
  }

  /// - Parameter port: zero takes a free one.
  package init(host: String = "127.0.0.1", port: Int = 0, _ answer: @escaping Answer) {
    let listener = ServerSocket.listen(host: host, port: port)
    self.host = host
    self.port = ServerSocket.port(of: listener)
    self.listener = listener
    self.answer = answer
    WorkThread.start("test-server") { [self] in accept() }
  }

  /// Serves fixed answers by path, and 404 for others; robots.txt among them.
  package convenience init(host: String = "127.0.0.1", pages: [String: TestAnswer]) {
    self.init(host: host) { request in pages[request.path] ?? .status(404) }
  }

  package var origin: String { "http://\(host):\(port)" }

  package func url(_ path: String = "/") -> WebURL {
    guard let url = try? WebURL(origin + path) else { preconditionFailure("a bad path: \(path)") }
    return url
  }

  // MARK: - What happened

  package var requests: [TestRequest] { state.withLock { $0.requests } }
  package var paths: [String] { requests.map(\.path) }
  /// Connections that were accepted.
  package var connectionCount: Int { state.withLock { $0.connectionCount } }
  /// The most requests that were answered at the same time.
  package var mostAtOnce: Int { state.withLock { $0.mostUnderWay } }

  /// Refuses connections from now on, and breaks those that are open.
  package func stop() {
    let open = state.withLock { state -> Set<Int32> in
      if state.isStopped { return [] }
      state.isStopped = true
      shutdown(listener, Int32(SHUT_RDWR))
      return state.connections
    }
    for connection in open { shutdown(connection, Int32(SHUT_RDWR)) }
  }

  // MARK: - Connections

  private func accept() {
    while true {
      let connection = Glibc.accept(listener, nil, nil)
      guard connection >= 0 else { break }
      let number = state.withLock { state -> Int? in
        if state.isStopped { return nil }
        state.connections.insert(connection)
        state.connectionCount += 1
        return state.connectionCount
      }
      guard let number else {
        close(connection)
        break
      }
      WorkThread.start("test-connection") { [self] in serve(connection, number: number) }
    }
    close(listener)
  }

  private func serve(_ connection: Int32, number: Int) {
    var reader = RequestReader(connection, number: number)
    while let request = reader.next() {
      state.withLock { state in
        state.requests.append(request)
        state.underWay += 1
        state.mostUnderWay = max(state.mostUnderWay, state.underWay)
      }
      let goesOn = ServerSocket.perform(answer(request).steps, on: connection)
      state.withLock { $0.underWay -= 1 }
      if !goesOn { break }
    }
    _ = state.withLock { $0.connections.remove(connection) }
    close(connection)
  }
}
