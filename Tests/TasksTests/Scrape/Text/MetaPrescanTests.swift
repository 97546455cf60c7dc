import Scrape
import Testing

/// Declarations inside pages, by the examples of the HTML Standard and what real pages do.
@Suite("The prescan for a declared encoding")
struct MetaPrescanTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let html: String
    let name: String?
    var testDescription: String { html }

    init(_ html: String, _ name: String?) {
      self.html = html
      self.name = name
    }
  }

  @Test(
    "finds what browsers find",
    arguments: [
      Case("<meta charset=shift_jis>", "shift_jis"),
      Case("<META CHARSET = 'X-SJIS' />", "shift_jis"),
      Case("<meta charset=\" euc-kr \">", "euc-kr"),
      Case("<meta http-equiv=Content-Type content='text/html; charset=gb2312'>", "gb18030"),
      Case("<meta content=\"text/html;charset=big5\" http-equiv=\"content-type\">", "big5"),
      Case("<meta content='text/html; charset=big5'>", nil),
      Case("<meta http-equiv=refresh content='0; charset=big5'>", nil),
      Case("<meta http-equiv=content-type content='text/html; charset=\"koi8-r\"'>", "koi8-r"),
      Case("<!-- <meta charset=koi8-r> --><meta charset=big5>", "big5"),
      Case("<!--><meta charset=koi8-r>", "koi8-r"),
      Case("<title a='<meta charset=koi8-r>'><meta charset=big5>", "big5"),
      Case("<metadata charset=koi8-r>", nil),
      Case("<meta/charset=koi8-r>", "koi8-r"),
      Case("<meta charset=nonsense><meta charset=koi8-r>", "koi8-r"),
      Case("<meta charset=utf-16>", "utf-8"),
      Case("<meta charset=x-user-defined>", "windows-1252"),
      Case("<meta charset=koi8-r charset=big5>", "koi8-r"),
      Case("</p <meta charset=koi8-r>", nil),
      Case("<? <meta charset=koi8-r>", nil),
      Case("<meta charset=koi8-r", nil),
      Case("<?xml version='1.0' encoding='euc-jp'?><html>", "euc-jp"),
      Case("<?xml version='1.0' encoding='euc-jp'?><meta charset=big5>", "big5"),
      Case("<meta charset", nil),
      Case("<meta charset=\"", nil),
      Case("<meta http-equiv=content-type content='charset=", nil),
    ])
  func declarations(_ item: Case) {
    let decision = EncodingDecision.decide(
      window: Array(item.html.utf8), contentType: nil, isWhole: true)
    #expect(decision.name.text == item.name ?? "utf-8")
    #expect((decision.evidence == .assumption) == (item.name == nil))
  }

  @Test(
    "reads the header's label in every form",
    arguments: [
      ("text/html; charset=EUC-JP", "euc-jp"), ("text/html;charset=\"euc-jp\"", "euc-jp"),
      ("text/html; x=y; Charset = 'euc-jp' ; z", "euc-jp"), ("text/html; charset=", "utf-8"),
      ("text/html; charset", "utf-8"), ("charsetcharset=euc-jp", "euc-jp"),
    ])
  func header(contentType: String, name: String) {
    let decision = EncodingDecision.decide(
      window: Array("<p>".utf8), contentType: contentType, isWhole: true)
    #expect(decision.name.text == name)
  }

  @Test(
    "knows the labels of the standard and the usual misspellings",
    arguments: [
      ("x-sjis", "shift_jis"), ("Windows-31J", "shift_jis"), ("gb2312", "gb18030"),
      ("GBK", "gb18030"), ("latin1", "windows-1252"), ("US-ASCII", "windows-1252"),
      ("ks_c_5601-1987", "euc-kr"), ("utf8", "utf-8"), ("iso-8859-9", "windows-1254"),
      ("tis-620", "windows-874"), ("visual", "iso-8859-8"), ("logical", "iso-8859-8-i"),
      ("koi8_r", "koi8-r"), ("unicode", "utf-16le"), ("'utf-8'", "utf-8"),
    ])
  func labels(label: String, name: String) {
    #expect(EncodingName(label: label)?.text == name)
  }
}
