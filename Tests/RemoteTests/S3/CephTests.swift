import BatchCore
import BlobBehaviours
import SampleTask
import Testing

extension WithS3 {
  @Suite("A bucket of Ceph", .serialized)
  struct CephTests {
    private let key = BlobKeys.file(digest: "ab")
    private let scratch = Scratch()

    private func text(_ text: String) -> ByteBuffer { ByteBuffer(Array(text.utf8)) }

    private func failure(_ body: () throws(BlobFailure) -> Void) -> BlobFailure? {
      do throws(BlobFailure) {
        try body()
        return nil
      } catch {
        for secret in ["batchrun/test+secret", "Signature=", "a-wrong-key", "a-stale-token"] {
          #expect(!error.message.contains(secret))
        }
        return error
      }
    }

    @Test(
      "does what every store does, below a prefix of any characters", arguments: BlobBehaviour.all)
    func behaviour(_ behaviour: BlobBehaviour) throws {
      let prefix = "team a/+=~ä/\(UInt32.random(in: 0 ... .max))"
      #expect(try behaviour.complaints(about: CephGateway.store(prefix)) == [])
    }

    @Test("does what every store does also without a prefix")
    func whole() throws {
      let store = try CephGateway.store("", bucket: "other")
      for behaviour in BlobBehaviour.all where !behaviour.name.contains("long list") {
        #expect(behaviour.complaints(about: store) == [])
      }
    }

    @Test("is opened by its locator, with credentials from the environment")
    func locator() throws {
      let store = try CephGateway.store("by-locator")
      #expect(try store.put(text("x"), at: key, ifAbsent: true))
      let environment = AWSEnvironment(
        CephGateway.variables.filter { $0.key != "AWS_ENDPOINT_URL_S3" && $0.key != "AWS_REGION" })
      let opened = try BlobLocator(store.locator.description).open(environment: environment)
      #expect(try opened.get(key)?.count == 1)
    }

    @Test("takes large files in several parts at once, and removes parts that nobody completes")
    func parts() throws {
      var sizes = S3Store.Sizes()
      sizes.largestSingleBytes = 5 << 20
      sizes.partBytes = 5 << 20
      let store = try CephGateway.store("parts", sizes: sizes)
      let text = String(repeating: "0123456789abcde\n", count: (23 << 20) / 16)
      let path = scratch.write("in", text)
      #expect(try store.putFile(path, at: key, ifAbsent: true))
      #expect(try !store.putFile(path, at: key, ifAbsent: true))
      #expect(try store.get(key, range: (5 << 20) - 3..<(5 << 20) + 3)?.count == 6)
      #expect(try store.getFile(key, to: scratch("out")))
      #expect(scratch.text("out") == text)
      let begun = try store.beginUpload(of: key)
      #expect(try store.uploads("files/").map(\.id) == [begun])
      try store.deleteAll("files/")
      #expect(try store.uploads("files/").isEmpty)
      #expect(try store.size(of: key) == nil)
    }

    @Test("names what is wrong with the credentials")
    func credentials() throws {
      let cases: [([String: String], String)] = [
        (["AWS_SECRET_ACCESS_KEY": "a-wrong-key"], "is not that of its access key"),
        (["AWS_ACCESS_KEY_ID": "NOBODY"], "does not know the access key from the environment"),
      ]
      for (changes, words) in cases {
        let store = try CephGateway.store("", changing: changes)
        for failure in [
          failure { () throws(BlobFailure) in _ = try store.get(key) },
          failure { () throws(BlobFailure) in _ = try store.size(of: key) },
          failure { () throws(BlobFailure) in _ = try store.put(text("x"), at: key, ifAbsent: true)
          },
          failure { () throws(BlobFailure) in _ = try store.list("", after: nil) },
        ] {
          #expect(failure?.code == .credentials)
          #expect(failure?.message.contains(words) == true, "\(failure?.message ?? "none")")
        }
      }
    }

    @Test("takes credentials that were lent for a time, and no others")
    func sessionToken() throws {
      let lent = try CephGateway.lentCredentials()
      let store = try CephGateway.store("lent", changing: lent)
      #expect(try store.put(text("x"), at: key, ifAbsent: true))
      #expect(try store.get(key)?.count == 1)
      let token = try #require(lent["AWS_SESSION_TOKEN"])
      for bad in ["a-stale-token", String(token.dropLast(8)) + "AAAAAAAA"] {
        let store = try CephGateway.store(
          "lent", changing: lent.merging(["AWS_SESSION_TOKEN": bad]) { $1 })
        let failure = failure { () throws(BlobFailure) in _ = try store.get(key) }
        #expect(failure != nil && failure?.isTransient == false)
        #expect(failure?.message.contains(bad) == false)
      }
    }

    @Test("names a clock that is wrong", arguments: [-1200, 1200])
    func clock(_ offset: Int) throws {
      let store = try CephGateway.store("", clockOffset: offset)
      let failure = failure { () throws(BlobFailure) in _ = try store.get(key) }
      #expect(failure?.code == .clock)
      let words = "20 minutes \(offset < 0 ? "slow" : "fast")"
      #expect(failure?.message.contains(words) == true, "\(failure?.message ?? "none")")
    }

    @Test("names a bucket that is not there")
    func missingBucket() throws {
      let store = try CephGateway.store("", bucket: "no-such-bucket")
      for failure in [
        failure { () throws(BlobFailure) in _ = try store.get(key) },
        failure { () throws(BlobFailure) in _ = try store.put(text("x"), at: key, ifAbsent: true) },
        failure { () throws(BlobFailure) in _ = try store.list("", after: nil) },
      ] {
        #expect(failure?.code == .noStore, "\(failure?.message ?? "none")")
      }
    }
  }
}
