package import BatchCore
internal import SampleTask
internal import Synchronization

/// What every store does, whatever it is made of: run over each kind of store.
package struct BlobBehaviour: Sendable {
  /// A sentence.
  package let name: String
  private let check: @Sendable (any BlobStore, inout Complaints) throws -> Void

  private init(
    _ name: String, _ check: @escaping @Sendable (any BlobStore, inout Complaints) throws -> Void
  ) {
    self.name = name
    self.check = check
  }

  /// What a store does otherwise; nothing when all is well.
  package func complaints(about store: any BlobStore) -> [String] {
    var complaints = Complaints()
    do { try check(store, &complaints) } catch { complaints.list.append("\(name): \(error)") }
    return complaints.list
  }

  /// What was expected and not found.
  struct Complaints {
    var list: [String] = []

    mutating func expect(
      _ isTrue: Bool, _ what: @autoclosure () -> String, line: Int = #line
    ) {
      if !isTrue { list.append("line \(line): \(what())") }
    }

    mutating func expect<Value: Equatable>(_ found: Value, is wanted: Value, line: Int = #line) {
      if found != wanted { list.append("line \(line): \(found) is not \(wanted)") }
    }
  }
}

extension BlobBehaviour: CustomStringConvertible {
  package var description: String { name }
}

// MARK: - All of them

extension BlobBehaviour {
  package static let all: [BlobBehaviour] = [
    BlobBehaviour("An object is read as it was written") { store, complaints in
      for length in [0, 1, 65_536, 300_001] {
        let key = Self.key("whole/\(length)")
        let bytes = Self.bytes(length)
        complaints.expect(try store.put(bytes, at: key, ifAbsent: false), "not written")
        complaints.expect(try store.get(key).map(Self.digest), is: Self.digest(bytes))
        complaints.expect(try store.size(of: key), is: length)
      }
    },
    BlobBehaviour("An object that is not there is nil, no error") { store, complaints in
      let key = Self.key("none/at/all")
      let scratch = Scratch()
      complaints.expect(try store.get(key) == nil, "read")
      complaints.expect(try store.get(key, range: 0..<0) == nil, "read an empty range")
      complaints.expect(try store.get(key, range: 5..<9) == nil, "read a range")
      complaints.expect(try store.size(of: key) == nil, "measured")
      complaints.expect(try !store.getFile(key, to: scratch("f")), "copied")
      complaints.expect(!scratch.exists("f"), "left a file")
      try store.delete([key])
    },
    BlobBehaviour("A write replaces what is there") { store, complaints in
      let key = Self.key("replaced")
      for text in ["first, and longer", "second"] {
        complaints.expect(
          try store.put(Self.text(text), at: key, ifAbsent: false), "not written")
        complaints.expect(try store.get(key).map(Self.string), is: text)
      }
    },
    BlobBehaviour("The first of several writers wins when they ask for that") { store, complaints in
      let key = Self.key("claimed")
      complaints.expect(try store.put(Self.text("first"), at: key, ifAbsent: true), "lost")
      complaints.expect(try !store.put(Self.text("second"), at: key, ifAbsent: true), "won too")
      complaints.expect(try store.get(key).map(Self.string), is: "first")
    },
    BlobBehaviour("One of many writers at the same time wins") { store, complaints in
      for round in 0..<5 {
        let key = Self.key("raced/\(round)")
        let outcomes = Mailbox<Result<Int?, any Error>>()
        for writer in 0..<6 {
          WorkThread.start("writer") {
            outcomes.post(
              Result {
                try store.put(Self.text("writer \(writer)"), at: key, ifAbsent: true) ? writer : nil
              })
          }
        }
        let winners = try (0..<6).compactMap { _ in try outcomes.takeFirst().get() }
        complaints.expect(winners.count, is: 1)
        complaints.expect(
          try store.get(key).map(Self.string), is: winners.first.map { "writer \($0)" })
      }
    },
    BlobBehaviour("A range ends at the end of the object") { store, complaints in
      let key = Self.key("ranged")
      try store.put(Self.text("0123456789"), at: key, ifAbsent: false)
      let ranges: [(Range<Int>, String)] = [
        (0..<1, "0"), (3..<7, "3456"), (9..<10, "9"), (8..<100, "89"), (0..<10, "0123456789"),
        (4..<4, ""), (10..<20, ""), (500..<501, ""),
      ]
      for (range, text) in ranges {
        complaints.expect(try store.get(key, range: range).map(Self.string), is: text)
      }
      try store.put(Self.text(""), at: Self.key("empty"), ifAbsent: false)
      complaints.expect(try store.get(Self.key("empty"), range: 0..<9).map(\.count), is: 0)
    },
    BlobBehaviour("Keys keep every character") { store, complaints in
      let names = [
        "a b", "a  b", "a+b", "a=b", "~a~", "größe", "caf\u{65}\u{301}", "caf\u{e9}", "日本語/🎬",
        "100%25",
        "a&b?c=d#e", "a:b@c", "a'b\"c", "(a)[b]{c}<d>", "a!b*c,d;e$f|g\\h^i`j", "A", "x.y", "-",
        " ",
        "a%2Fb", "&amp;",
      ]
      for name in names {
        let key = Self.key("odd/\(name)")
        complaints.expect(
          try store.put(Self.text(name), at: key, ifAbsent: true), "there already: \(name)")
      }
      for name in names {
        let key = Self.key("odd/\(name)")
        complaints.expect(try store.get(key).map(Self.string), is: name)
        complaints.expect(try store.size(of: key), is: name.utf8.count)
      }
      let wanted = names.map { Self.key("odd/\($0)") }.sorted()
      complaints.expect(try store.list("odd/", after: nil).entries.map(\.key), is: wanted)
      try store.delete(wanted)
      complaints.expect(try store.list("odd/", after: nil).entries.isEmpty, "not removed")
    },
    BlobBehaviour("A list has the order of bytes, and goes on after any key") { store, complaints in
      let names = ["b", "a/b", "a-b", "a/b/c0", "a", "a0", "B", "ä", "a/Z", "c/d/e/f", "c/d/e-f"]
        .map { "listed/\($0)x" }
      for name in names {
        try store.put(Self.text(name), at: Self.key(name), ifAbsent: false)
      }
      let sorted = names.map { Self.key($0) }.sorted()
      let all = try store.list("listed/", after: nil)
      complaints.expect(all.entries.map(\.key), is: sorted)
      complaints.expect(all.entries.map(\.bytes), is: sorted.map { $0.text.utf8.count })
      complaints.expect(all.next, is: nil)
      for (place, key) in sorted.enumerated() {
        let rest = try store.list("listed/", after: key).entries.map(\.key)
        complaints.expect(rest, is: Array(sorted[(place + 1)...]))
      }
      for prefix in ["listed/a", "listed/a/", "listed/c/d/e", "listed/ä", "listed/none", "list"] {
        let wanted = sorted.filter { $0.text.utf8.starts(with: prefix.utf8) }
        complaints.expect(try store.list(prefix, after: nil).entries.map(\.key), is: wanted)
      }
    },
    BlobBehaviour("A long list comes in pages") { store, complaints in
      let keys = (0..<1203).map { Self.key("paged/\(10_000 + $0)") }
      let outcomes = Mailbox<Result<Void, any Error>>()
      for worker in 0..<4 {
        WorkThread.start("writer") {
          outcomes.post(
            Result {
              for place in stride(from: worker, to: keys.count, by: 4) {
                try store.put(Self.text("x"), at: keys[place], ifAbsent: false)
              }
            })
        }
      }
      for _ in 0..<4 { try outcomes.takeFirst().get() }
      let first = try store.list("paged/", after: nil)
      complaints.expect(first.entries.count >= BlobPage.mostEntries, "a short page")
      let isAll = first.entries.count == keys.count
      complaints.expect(first.next, is: isAll ? nil : first.entries.last?.key)
      var found: [BlobKey] = []
      try store.forEach("paged/") { found.append($0.key) }
      complaints.expect(found, is: keys)
      try store.delete(Array(keys[..<1100]))
      complaints.expect(
        try store.list("paged/", after: nil).entries.map(\.key), is: Array(keys[1100...]))
      try store.deleteAll("paged/")
      complaints.expect(try store.list("paged/", after: nil).entries.isEmpty, "not removed")
    },
    BlobBehaviour("Removing takes what is named and nothing else") { store, complaints in
      let names = ["kept/a", "kept/ab", "kept/a-b", "gone/x/y", "gone/x/z", "gone-not/x"]
      for name in names { try store.put(Self.text("x"), at: Self.key(name), ifAbsent: false) }
      try store.delete([Self.key("kept/a"), Self.key("kept/none")])
      try store.delete([])
      try store.deleteAll("gone/")
      try store.deleteAll("nowhere/")
      let rest =
        try store.list("kept/", after: nil).entries + store.list("gone", after: nil).entries
      complaints.expect(rest.map(\.key.text), is: ["kept/a-b", "kept/ab", "gone-not/x"])
      complaints.expect(
        try store.put(Self.text("y"), at: Self.key("gone/x/y"), ifAbsent: true), "there")
    },
    BlobBehaviour("Files go in and come out unchanged, whatever their size") { store, complaints in
      let scratch = Scratch()
      for length in [0, 70_000, 6 << 20, (21 << 20) + 13] {
        let key = Self.key("files/\(length)")
        let bytes = Self.bytes(length)
        let path = Self.write(bytes, scratch("in"))
        complaints.expect(try store.putFile(path, at: key, ifAbsent: true), "not written")
        complaints.expect(try !store.putFile(path, at: key, ifAbsent: true), "written twice")
        complaints.expect(try store.putFile(path, at: key, ifAbsent: false), "not replaced")
        complaints.expect(try store.size(of: key), is: length)
        complaints.expect(try store.getFile(key, to: scratch("out")), "not there")
        complaints.expect(Self.digest(Self.read(scratch("out"))), is: Self.digest(bytes))
        let middle = length / 3..<length / 3 + 1000
        complaints.expect(
          try store.get(key, range: middle).map(Self.digest),
          is: Self.digest(bytes.copy(middle.clamped(to: 0..<length))))
      }
      complaints.expect(Self.names(scratch.path).sorted(), is: ["in", "out"])
    },
    BlobBehaviour("A file that cannot be read or written ends as a sentence") { store, complaints in
      let scratch = Scratch()
      let key = Self.key("sentences")
      try store.put(Self.text("x"), at: key, ifAbsent: false)
      for path in [scratch("none"), scratch.path] {
        complaints.expect(
          Self.sentence { _ = try store.putFile(path, at: key, ifAbsent: false) }
            .hasPrefix("cannot read \(path): "), "another sentence")
      }
      let sentence = Self.sentence { _ = try store.getFile(key, to: scratch("no/folder")) }
      complaints.expect(sentence.contains(scratch("no")), sentence)
      complaints.expect(try store.get(key).map(Self.string), is: "x")
    },
    BlobBehaviour("A rehearsal finds a good store good, and leaves nothing there") {
      store, complaints in
      let run = RunID("c0ffee")
      try store.rehearse(for: run)
      try store.rehearse(for: run)
      complaints.expect(try store.list(BlobKeys.run(run), after: nil).entries.isEmpty, "left")
    },
    BlobBehaviour("Folders come and go under those who write in them") { store, complaints in
      let outcomes = Mailbox<String?>()
      for writer in 0..<4 {
        WorkThread.start("writer") {
          for round in 0..<30 {
            let key = Self.key("crowd/\(round % 3)/\(writer)")
            let sentence = Self.sentence {
              guard try store.put(Self.text("x"), at: key, ifAbsent: true) else { return }
              try store.delete([key])
            }
            if sentence != "no failure" { return outcomes.post(sentence) }
          }
          outcomes.post(nil)
        }
      }
      for _ in 0..<4 { complaints.expect(outcomes.takeFirst(), is: nil) }
    },
    BlobBehaviour("Another process opens the store by its locator") { store, complaints in
      let key = Self.key("found")
      try store.put(Self.text("by locator"), at: key, ifAbsent: false)
      let text = store.locator.description
      complaints.expect(try BlobLocator(text), is: store.locator)
    },
  ]
}
