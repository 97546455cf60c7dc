import BatchCore
import Testing

@Suite("Keys and places of objects")
struct BlobKeyTests {
  @Test(
    "are refused where some store could not take them",
    arguments: [
      "", "/", "/a", "a/", "a//b", ".", "..", "a/../b", ".a", "a/.b", "a\u{0}b", "a\nb", "a\u{7f}",
      "a\u{85}", String(repeating: "a", count: 201), String(repeating: "a/", count: 512) + "b",
    ])
  func refused(_ text: String) { #expect(BlobKey(text) == nil) }

  @Test("are the same when their bytes are, whatever their characters mean")
  func bytes() throws {
    let composed = try #require(BlobKey("caf\u{e9}"))
    let decomposed = try #require(BlobKey("cafe\u{301}"))
    #expect(composed.text == decomposed.text)
    #expect(composed != decomposed && Set([composed, decomposed]).count == 2)
    #expect(decomposed < composed && !(composed < decomposed))
  }

  @Test("of a run lie below it, in the order of its batches")
  func run() {
    let run = RunID("c0ffee")
    let session = SessionKeys(run: run, name: "s1")
    let keys = [0, 1, 9, 10, 12_345, 99_999_999].map { session.batch(BatchIndex($0)) }
    #expect(keys == keys.sorted())
    #expect(keys[3].text == "runs/c0ffee/s1/batches/00000010")
    let results = [session.part(BatchIndex(3), 7), session.end(BatchIndex(3))]
    #expect(
      results.map(\.text).map { $0.dropFirst(session.results.count) } == [
        "00000003-000007", "00000003-end",
      ])
    let all =
      keys + results + [session.claim(BatchIndex(3)), session.task, session.stop, session.job("7")]
    #expect(
      all.allSatisfy { $0.text.hasPrefix(BlobKeys.run(run)) && $0.text.hasPrefix(session.prefix) })
    #expect(Set(all).count == all.count)
    #expect(
      (keys + results).map { session.batch(of: $0)?.rawValue } == [
        0, 1, 9, 10, 12_345, 99_999_999, 3, 3,
      ])
    #expect(SessionKeys(prefix: session.prefix) == session)
    for wrong in ["", "runs/c0ffee/s1", "runs//s1/", "inputs/c0ffee/s1/", "runs/../s1/"] {
      #expect(SessionKeys(prefix: wrong) == nil, "\(wrong)")
    }
    #expect(
      BlobKeys.program(version: "0.1.0", digest: "ab", file: "batchrun").text
        == "programs/0.1.0-ab/batchrun")
  }

  @Test(
    "are read and written as one text",
    arguments: [
      ("file:///share/jobs", "file:///share/jobs"), ("/share//jobs/", "file:///share/jobs"),
      ("/a b/ä", "file:///a%20b/%C3%A4"), ("file:///a%20b/%C3%A4", "file:///a%20b/%C3%A4"),
      ("s3://jobs", "s3://jobs"), ("s3://jobs/", "s3://jobs"),
      ("s3://my-jobs/a/b/", "s3://my-jobs/a/b"),
      (
        "s3://jobs/a?endpoint=http://127.0.0.1:9000&region=x",
        "s3://jobs/a?region=x&endpoint=http%3A//127.0.0.1%3A9000"
      ),
    ])
  func locator(_ text: String, _ written: String) throws {
    let locator = try BlobLocator(text)
    #expect(locator.description == written)
    #expect(try BlobLocator(written) == locator)
  }

  @Test("take a relative path from the working directory")
  func relative() throws {
    guard case .directory(let path) = try BlobLocator("./share") else {
      Issue.record("not a directory")
      return
    }
    #expect(path.hasPrefix("/") && path.hasSuffix("/share") && !path.contains("/./"))
  }

  @Test(
    "are refused with what they should be",
    arguments: [
      "", "http://x/y", "gs://bucket", "s3://", "s3:///x", "s3://Jobs", "s3://a", "s3://jo bs",
      "s3://jobs/../x", "s3://jobs/.x", "s3://jobs?x=1", "file://host/x", "s3://-jobs", "s3://a..b",
      "s3://jobs?region",
    ])
  func badLocator(_ text: String) {
    let failure = #expect(throws: BlobFailure.self) { _ = try BlobLocator(text) }
    #expect(failure?.code == .badLocator)
  }
}
