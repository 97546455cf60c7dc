import BatchCore
import BlobBehaviours
import Glibc
import SampleTask
import Testing

@Suite("A directory of objects")
struct DirectoryStoreTests {
  private let scratch = Scratch()
  private let key = BlobKeys.file(digest: "ab")

  private func store() throws -> DirectoryStore {
    try DirectoryStore(path: scratch("share"), makes: true)
  }

  private func failure(_ body: () throws(BlobFailure) -> Void) -> BlobFailure? {
    do throws(BlobFailure) {
      try body()
      return nil
    } catch {
      return error
    }
  }

  private func text(_ text: String) -> ByteBuffer { ByteBuffer(Array(text.utf8)) }

  /// Everything below the share, with permissions.
  private func tree() -> String {
    Program.run(["/usr/bin/find", scratch("share"), "-mindepth", "1", "-printf", "%P %m\n"])
      .output
  }

  @Test("does what every store does", arguments: BlobBehaviour.all)
  func behaviour(_ behaviour: BlobBehaviour) throws {
    #expect(try behaviour.complaints(about: store()) == [])
  }

  @Test("is its owner's only, and leaves nothing but objects and their folders")
  func clean() throws {
    let store = try store()
    #expect(try store.put(text("x"), at: key, ifAbsent: true))
    #expect(try !store.put(text("y"), at: key, ifAbsent: true))
    #expect(try store.put(text("y"), at: key, ifAbsent: false))
    #expect(tree().split(separator: "\n").sorted() == ["files 700", "files/ab 600"])
    try store.delete([key])
    #expect(tree() == "")
  }

  @Test("keeps a program one that can be executed")
  func program() throws {
    let store = try store()
    unsafe chmod(scratch.write("tool", "#!/bin/sh\necho run\n"), 0o755)
    #expect(try store.putFile(scratch("tool"), at: key, ifAbsent: true))
    #expect(Program.run([scratch("share/files/ab")]).output == "run\n")
    #expect(try store.getFile(key, to: scratch("copy")))
    #expect(Program.run([scratch("copy")]).output == "run\n")
  }

  @Test("does not see what broken writes left, and removes it with the rest")
  func leftovers() throws {
    let store = try store()
    #expect(try store.put(text("x"), at: key, ifAbsent: true))
    scratch.write("share/files/.draft-1", "half")
    #expect(try store.list("", after: nil).entries.map(\.key) == [key])
    try store.delete([key])
    #expect(tree().contains(".draft-1"))
    try store.deleteAll("files/")
    #expect(tree() == "")
  }

  @Test("is made in a folder that is there, and by nobody else than who may")
  func making() throws {
    for path in [scratch("none"), scratch("no/parent")] {
      let failure = failure { () throws(BlobFailure) in _ = try DirectoryStore(path: path) }
      #expect(failure?.code == .noStore)
      #expect(failure?.message.contains("mount the share on this machine") == true)
    }
    #expect(
      failure { () throws(BlobFailure) in
        _ = try DirectoryStore(path: scratch("no/parent"), makes: true)
      }?.code == .noStore)
    scratch.write("file", "")
    #expect(
      failure { () throws(BlobFailure) in
        _ = try DirectoryStore(path: scratch("file"), makes: true)
      }?.message == "\(scratch("file")) is a file; name a directory that all machines share")
  }

  @Test("gives a name to one draft only, by link and by rename")
  func publishing() throws {
    for isLink in [true, false] {
      let target = scratch("target-\(isLink)")
      var outcomes: [Bool] = []
      for text in ["first", "second"] {
        let draft = Draft(of: target)
        scratch.write(String(draft.path.dropFirst(scratch.path.utf8.count + 1)), text)
        outcomes.append(try isLink ? draft.publishIfAbsent() : draft.renameIfAbsent())
      }
      #expect(outcomes == [true, false])
      #expect(scratch.text("target-\(isLink)") == "first")
    }
  }

  @Test("knows that it has given a name when the answer says that it exists")
  func repeatedLink() throws {
    // What NFS does when the answer to the first request was lost.
    let draft = Draft(of: scratch("target"))
    scratch.write(String(draft.path.dropFirst(scratch.path.utf8.count + 1)), "mine")
    #expect(unsafe link(draft.path, scratch("target")) == 0)
    #expect(try draft.publishIfAbsent())
  }

  @Test("is told apart from a folder or a file that has its name")
  func inTheWay() throws {
    let store = try store()
    let inner = try #require(BlobKey("files/ab/cd"))
    #expect(try store.put(text("x"), at: key, ifAbsent: true))
    let failure = failure { () throws(BlobFailure) in
      _ = try store.put(text("y"), at: inner, ifAbsent: true)
    }
    #expect(failure?.message.contains("something else has that name") == true)
    #expect(try store.get(inner) == nil && store.size(of: inner) == nil)
    let folder = try #require(BlobKey("files"))
    #expect(try store.get(folder) == nil && store.size(of: folder) == nil)
    try store.delete([folder, inner])
    #expect(try store.get(key)?.text == "x")
  }

  @Test("that is full says so, and keeps what it has")
  func full() throws {
    let mount = scratch("full")
    Program.run(["/bin/mkdir", mount])
    let options = ["-t", "tmpfs", "-o", "size=256k,nr_inodes=64", "none", mount]
    // Only root may, and not in every container.
    guard Program.run(["/bin/mount"] + options).code == 0 else { return }
    defer { Program.run(["/bin/umount", "-l", mount]) }
    let store = try DirectoryStore(path: mount)
    #expect(try store.put(text("x"), at: key, ifAbsent: true))
    let big = ByteBuffer([UInt8](repeating: 1, count: 1 << 20))
    let other = BlobKeys.file(digest: "cd")
    let failure = failure { () throws(BlobFailure) in
      _ = try store.put(big, at: other, ifAbsent: true)
    }
    #expect(failure?.code == .full)
    #expect(
      failure?.message.hasPrefix("cannot write \(mount)/files/.draft-") == true
        && failure?.message.hasSuffix("free some space there and run the same command again")
          == true
    )
    #expect(Program.run(["/usr/bin/find", mount, "-type", "f"]).output == "\(mount)/files/ab\n")
    #expect(try store.get(key)?.text == "x")
    Program.run(["/bin/mount", "-o", "remount,ro", mount])
    let readOnly = self.failure { () throws(BlobFailure) in
      _ = try store.put(text("y"), at: other, ifAbsent: true)
    }
    #expect(readOnly?.code == .denied && readOnly?.message.contains("mounted read-only") == true)
  }

  @Test(
    "ends each error of the system as a sentence with its cure",
    arguments: [
      (ENOSPC, BlobFailure.Code.full, "free some space", false),
      (EDQUOT, .full, "quota", false), (EACCES, .denied, "you may write to", false),
      (EROFS, .denied, "read-only", false), (ESTALE, .stale, "mount it again", true),
      (EIO, .failed, "has a fault", true), (ETIMEDOUT, .unreachable, "does not answer", true),
      (EMFILE, .failed, "ulimit -n", false),
    ])
  func sentences(_ code: Int32, _ kind: BlobFailure.Code, _ cure: String, _ isTransient: Bool) {
    let failure = BlobFailure(SystemError("write", "/share/x", code: code), store: "/share")
    #expect(failure.code == kind && failure.isTransient == isTransient)
    #expect(failure.message.hasPrefix("cannot write /share/x: "))
    #expect(failure.message.contains(cure))
  }
}
