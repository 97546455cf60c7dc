import BatchCore
import Foundation
import SampleTask
import Testing

/// The program's own commands against an imitation of AWS's interfaces.
@Suite(
  "Deploying to AWS", .serialized, MotoServer(),
  .enabled(if: MotoServer.isPossible, "moto is installed for root only"))
struct DeployTests {
  private let scratch = Scratch()
  private let bucket = "s3://jobs/team/x"

  private func run(
    _ words: [String], changing changes: [String: String] = [:]
  ) -> Program.Result {
    Program.run(
      [Program.batchrun] + words,
      environment: MotoServer.variables.merging(changes) { $1 }.merging(["no_proxy": "*"]) { $1 })
  }

  private func client() throws -> (AWSClient, String) {
    let environment = AWSEnvironment(MotoServer.variables.merging(["no_proxy": "*"]) { $1 })
    return (
      AWSClient(environment: environment), try #require(MotoServer.variables["AWS_ENDPOINT_URL"])
    )
  }

  private func ask(
    _ service: String, _ method: HTTPRequest.Method, _ path: String,
    headers: [AWSRequest.Field] = [], body: String? = nil
  ) throws -> String {
    let (client, origin) = try client()
    let answer = try client.send(
      AWSSigner(service: service, region: "us-east-1"), accepting: [404]
    ) { _ in
      AWSRequest(
        method, origin: origin, path: path, headers: headers,
        body: body.map { ByteBuffer(Array($0.utf8)) })
    }
    return unsafe answer.body.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }

  private func roles() throws -> String {
    try ask(
      "iam", .post, "/",
      headers: [.init("Content-Type", "application/x-www-form-urlencoded")],
      body: "Action=ListRoles&Version=2010-05-08")
  }

  private func functions() throws -> String { try ask("lambda", .get, "/2015-03-31/functions/") }

  private func logGroups() throws -> String {
    try ask(
      "logs", .post, "/",
      headers: [
        .init("Content-Type", "application/x-amz-json-1.1"),
        .init("X-Amz-Target", "Logs_20140328.DescribeLogGroups"),
      ], body: "{}")
  }

  @Test("makes everything, brings it up to date, and removes it so that nothing is left")
  func whole() throws {
    try MotoServer.ask(.put, "/jobs")
    let made = run(["deploy", "lambda", "--bucket", bucket])
    #expect(made.code == 0, "\(made.errors)")
    for line in [
      "role       batchrun-us-east-1-worker: made\n",
      "log group  /aws/lambda/batchrun: made, keeps 14 days\n", "function   batchrun: made, ",
      "cost       nothing while it is not used; ",
    ] {
      #expect(made.output.contains(line), "\(made.output)")
    }
    #expect(try functions().contains("\"MemorySize\": 1769"))
    #expect(try roles().contains("batchrun-us-east-1-worker"))
    #expect(try logGroups().contains("\"retentionInDays\": 14"))

    let changed = run([
      "deploy", "lambda", "--bucket", bucket, "--memory", "512MB", "--timeout", "1m", "--tmp-size",
      "1GB",
    ])
    #expect(changed.code == 0, "\(changed.errors)")
    #expect(changed.output.contains("function   batchrun: brought up to date, "))
    #expect(try functions().contains("\"MemorySize\": 512"))
    #expect(try functions().contains("\"Timeout\": 60"))
    #expect(try functions().contains("\"EphemeralStorage\": {\"Size\": 1000}"))

    let store = try BlobLocator(bucket).open(
      environment: AWSEnvironment(MotoServer.variables.merging(["no_proxy": "*"]) { $1 }))
    let ours = try #require(BlobKey("runs/r/s/task"))
    let other = try #require(BlobKey("notes/mine"))
    for key in [ours, other] { _ = try store.put(ByteBuffer([1]), at: key, ifAbsent: true) }
    // Nobody can answer here.
    let asked = run(["destroy", "lambda", "--bucket", bucket])
    #expect(asked.code == 0, "\(asked.errors)")
    #expect(asked.output.contains("1 object, 1 B, left; --yes removes them"), "\(asked.output)")
    #expect(try store.size(of: ours) == 1)
    for place in ["function   batchrun", "role       batchrun-us-east-1-worker"] {
      #expect(asked.output.contains("\(place): removed\n"))
    }
    #expect(try !functions().contains("batchrun"))
    #expect(try !roles().contains("batchrun"))
    #expect(try !logGroups().contains("batchrun"))

    let agreed = run(["destroy", "lambda", "--bucket", bucket, "--yes"])
    #expect(agreed.output == "objects    \(bucket): 1 object, 1 B, removed\n")
    #expect(try store.size(of: ours) == nil)
    #expect(try store.size(of: other) == 1)
    let again = run(["destroy", "lambda", "--bucket", bucket, "--yes"])
    #expect(again.code == 0)
    #expect(again.output == "There is nothing of the function batchrun.\n")
  }

  @Test("ends with a sentence when the keys or the bucket are wrong, and makes nothing")
  func refusals() throws {
    let absent = run(["deploy", "lambda", "--bucket", "s3://absent"])
    #expect(absent.code == 2)
    #expect(absent.errors.contains("knows no bucket of that name"), "\(absent.errors)")
    try MotoServer.ask(.put, "/jobs")
    // From now on signatures are checked.
    try MotoServer.ask(.post, "/moto-api/reset-auth", "0")
    defer { _ = try? MotoServer.ask(.post, "/moto-api/reset-auth", "1000000") }
    for words in [["deploy", "lambda", "--bucket", bucket], ["destroy", "lambda"]] {
      let wrong = run(words, changing: ["AWS_SECRET_ACCESS_KEY": "not-the-key"])
      #expect(wrong.code == 2)
      #expect(wrong.errors.contains("from the environment"), "\(wrong.errors)")
      #expect(!wrong.errors.contains("not-the-key"))
    }
  }

  @Test("asks nobody for a rehearsal or a package")
  func offline() throws {
    let nowhere = ["AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "AKIASECRET"]
    let rehearsal = run(
      ["deploy", "lambda", "--bucket", bucket, "--dry-run"], changing: nowhere)
    #expect(rehearsal.code == 0, "\(rehearsal.errors)")
    #expect(
      rehearsal.output.contains("lambda CreateFunction   POST http://127.0.0.1:9/2015-03-31/"))
    #expect(!rehearsal.output.contains("AKIASECRET"))
    let package = run(["deploy", "lambda", "--package-only", scratch("f.zip")], changing: nowhere)
    #expect(package.code == 0, "\(package.errors)")
  }

  @Test(
    "packs a small program that starts in a world without any library",
    arguments: [("price", 30_000_000), ("encode", 80_000_000)])
  func bareWorld(task: String, mostBytes: Int) throws {
    let packed = run(["deploy", "lambda", "--for", task, "--package-only", scratch("f.zip")])
    #expect(packed.code == 0, "\(packed.errors)")
    #expect(try Data(contentsOf: URL(filePath: scratch("f.zip"))).count <= mostBytes)
    Program.run(["/bin/mkdir", "-p", scratch("world/var")])
    let unpacked = Program.run([
      "/usr/bin/env", "unzip", "-q", scratch("f.zip"), "-d", scratch("world/var/task"),
    ])
    #expect(unpacked.code == 0, "\(unpacked.errors)")
    // There is no runtime at that address, and so the worker ends; all before that has to work.
    let worker = Program.run(
      ["/usr/bin/env", "chroot", scratch("world"), "/var/task/bootstrap"],
      environment: ["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9"])
    #expect(worker.code == 0, "\(worker.errors)")
  }

  @Test("packs a program that reads pages as the installed one does, with the data of ICU reduced")
  func reducedData() throws {
    let packed = run(["deploy", "lambda", "--package-only", scratch("f.zip")])
    #expect(packed.code == 0, "\(packed.errors)")
    Program.run(["/usr/bin/env", "unzip", "-q", scratch("f.zip"), "-d", scratch("f")])
    let charsets = ["shift_jis", "gb18030", "euc-kr", "big5", "koi8-r", "windows-1252"]
    let script = """
      import sys
      texts = ['日本語の題名', '中文的标题', '한국어 제목', '中文的標題', 'Русский текст', 'Größe “x”']
      for charset, text in zip(sys.argv[2:], texts):
          page = f'<html><head><meta charset="{charset}"><title>{text}</title></head><body><p>{text}'
          open(f'{sys.argv[1]}/{charset}.html', 'wb').write(page.encode(charset))
      """
    let made = Program.run(
      ["/usr/bin/env", "python3", "-c", script, scratch("").dropLast().description] + charsets)
    #expect(made.code == 0, "\(made.errors)")
    scratch.write("pages", charsets.map { scratch("\($0).html") }.joined(separator: "\n") + "\n")
    let words = ["scrape", scratch("pages"), "--deterministic", "--quiet", "-o"]
    let here = run(words + [scratch("here")])
    let loader = [
      scratch("f/lib/ld-linux-x86-64.so.2"), "--library-path", scratch("f/lib"),
      scratch("f/bin/batchrun"),
    ]
    let there = Program.run(loader + words + [scratch("there")])
    #expect(here.code == 0 && there.code == 0, "\(here.errors) \(there.errors)")
    let records = try String(contentsOfFile: scratch("here"), encoding: .utf8)
    #expect(records.contains("日本語の題名") && records.contains("Größe “x”"), "\(records)")
    #expect(try String(contentsOfFile: scratch("there"), encoding: .utf8) == records)
  }
}
