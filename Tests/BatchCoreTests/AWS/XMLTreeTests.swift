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

  @Test(
    "is refused when it is no tree",
    arguments: [
      "", "text", "<a>", "<a><b></a></b>", "</a>", "<a>&unknown;</a>", "<a>&amp</a>", "<a", "<>",
      "<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>", "<a>&#xD800;</a>", "<a>&#x110000;</a>",
      String(repeating: "<a>", count: 100_000),
    ])
  func malformed(_ text: String) { #expect(parse(text) == nil) }
}
