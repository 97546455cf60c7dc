/// A request as it came.
package struct TestRequest: Sendable {
  package var method: String
  /// With its query.
  package var path: String
  /// By name in lower case.
  package var headers: [String: String]
  package var body: [UInt8]
  /// The connection it came on, counted from one.
  package var connection: Int
  /// On the clock of the machine, in seconds.
  package var time: Double
}
