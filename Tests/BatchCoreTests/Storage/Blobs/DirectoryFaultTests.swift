import BatchCore
import SampleTask
import Testing

@Suite("A write into a directory of objects that breaks")
struct DirectoryFaultTests {
  private let scratch = Scratch()
  private let key = "files/ab"

  static let points = [
    "blob.open", "blob.write.before", "blob.write.after", "blob.sync.before", "blob.sync.after",
    "blob.link.before", "blob.directory.sync.before", "blob.directory.sync.after",
  ]

  private func put(fault: String?) -> Program.Result {
    Program.run(
      [Program.sample, "put", scratch("share"), key, scratch("in")],
      environment: fault.map { ["BATCHRUN_FAULT": $0] } ?? [:])
  }

  /// What a reader sees afterwards: nothing, or all of it.
  private func checkContent(_ text: String) throws {
    let key = try #require(BlobKey(key))
    let store = try DirectoryStore(path: scratch("share"), makes: true)
    let found = try store.get(key)?.text
    #expect(found == nil || found == text)
    #expect(
      try store.list("", after: nil).entries.map(\.bytes) == (found == nil ? [] : [text.utf8.count])
    )
    // The same again, which finishes it.
    let again = put(fault: nil)
    #expect(again.code == (found == nil ? 0 : 3), "\(again.output)")
    #expect(try store.get(key)?.text == text)
  }

  @Test("leaves nothing or everything when it is killed", arguments: points)
  func killed(_ point: String) throws {
    let text = String(repeating: "content\n", count: 200_000)
    scratch.write("in", text)
    // The second folder is synced after the first; the object's comes last.
    let pass = point.contains("directory") ? 2 : 1
    #expect(put(fault: "\(point):\(pass):kill").code == -9)
    try checkContent(text)
  }

  @Test("ends as a sentence when the system refuses, and leaves no draft", arguments: points)
  func refused(_ point: String) throws {
    guard !point.hasSuffix("after") else { return }
    let text = String(repeating: "content\n", count: 200_000)
    scratch.write("in", text)
    let result = put(fault: "\(point):1:28")
    #expect(result.code == 2)
    #expect(result.output.contains("No space left on device; free some space there"))
    #expect(!Program.run(["/usr/bin/find", scratch("share")]).output.contains(".draft-"))
    try checkContent(text)
  }

  @Test("is tried again when a handle went stale under it")
  func stale() throws {
    scratch.write("in", "content")
    // ESTALE, once.
    #expect(put(fault: "blob.link.before:1:116").code == 0)
    try checkContent("content")
  }
}
