import BatchCore
import Testing

@Suite("XML of services")
struct XMLTreeTests {
  private func parse(_ text: String) -> XMLTree? { XMLTree(ByteBuffer(Array(text.utf8))) }

  @Test("gives names, texts and children")
  func ordinary() throws {
    let tree = try #require(
      parse(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- a comment -->
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>jobs</Name>
          <Empty/><x:Prefixed a="1" b='2'>p</x:Prefixed>
          <Contents><Key>a &amp; b&lt;&gt;&quot;&apos;&#228;&#x1F3AC;</Key><Size>3</Size></Contents>
          <Contents><Key><![CDATA[<raw> & ]]>more</Key></Contents></ListBucketResult>
        """))
    #expect(tree.name == "ListBucketResult")
    #expect(tree["Name"] == "jobs" && tree["Empty"] == "" && tree["Prefixed"] == "p")
    #expect(
      tree.children("Contents").map { $0["Key"] } == ["a & b<>\"'ä🎬", "<raw> & more"])
    #expect(tree["None"] == nil)
  }

  @Test("never stops the program, whatever is sent", arguments: [UInt64(1), 2, 3])
  func damaged(_ seed: UInt64) {
    let text = "<?xml v?><a x=\"1\"><b>t &amp; &#65;</b><!-- c --><c/><d><![CDATA[x]]></d></a>"
    var random = SeededGenerator(seed: seed)
    let pieces = ["<", ">", "/", "&", ";", "<!--", "-->", "<![CDATA[", "]]>", "&#x", "<?", "\u{0}"]
    var trees = 0
    for _ in 0..<3000 {
      var bytes = Array(text.utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        let end = Int.random(in: place...min(place + 3, bytes.count), using: &random)
        let piece = pieces.randomElement(using: &random).map { Array($0.utf8) } ?? []
        bytes.replaceSubrange(place..<end, with: Bool.random(using: &random) ? piece : [])
      }
      if XMLTree(ByteBuffer(bytes)) != nil { trees += 1 }
    }
    #expect(trees > 100 && trees < 2900, "seed \(seed)")
  }

  @Test(
    "is refused when it is no tree",
    arguments: [
      "", "text", "<a>", "<a><b></a></b>", "</a>", "<a>&unknown;</a>", "<a>&amp</a>", "<a", "<>",
      "<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>", "<a>&#xD800;</a>", "<a>&#x110000;</a>",
      String(repeating: "<a>", count: 100_000),
    ])
  func malformed(_ text: String) { #expect(parse(text) == nil) }
}
