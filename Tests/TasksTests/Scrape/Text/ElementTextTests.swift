import Scrape
import Testing

@Suite("ElementText")
struct ElementTextTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let html: String
    let text: String
    var testDescription: String { html }

    init(_ html: String, _ text: String) {
      self.html = html
      self.text = text
    }
  }

  @Test(
    "Blocks are paragraphs, breaks are lines",
    arguments: [
      Case("<p>One</p><p>Two</p>", "One\n\nTwo"),
      Case("<h4>Background</h4>\n <p>One\n  two.</p>", "Background\n\nOne two."),
      Case("One<br>two<br/>three", "One\ntwo\nthree"),
      Case("One<br><br>two", "One\n\ntwo"),
      Case("<p>One<br></p><p><br>Two</p>", "One\n\nTwo"),
      Case("<div><div><p> One </p></div></div>", "One"),
      Case("a<b>b</b>c <i> d</i>", "abc d"),
      Case("<ul><li>One</li><li>Two</li></ul>", "One\n\nTwo"),
      Case("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3"),
      Case("<pre>if x:\n    y\n\nz</pre>after", "if x:\n    y\n\nz\n\nafter"),
      Case("<p></p><p> </p>", ""),
    ])
  func blocks(_ item: Case) { #expect(readable(item.html) == item.text) }

  @Test(
    "What is not shown is not read",
    arguments: [
      Case("a<script>var x</script>b", "ab"), Case("a<style>p {}</style>b", "ab"),
      Case("a<template><p>x</p></template>b", "ab"), Case("a<noscript>x</noscript>b", "ab"),
      Case("a<span hidden>x</span>b", "ab"), Case("a<span aria-hidden=true>x</span>b", "ab"),
      Case("a<span style='color: red; DISPLAY : none'>x</span>b", "ab"),
      Case("a<span style='visibility:hidden'>x</span>b", "ab"), Case("a<!-- x -->b", "ab"),
      Case("a<button>Copy</button>b", "ab"), Case("a<img alt='A cat' src=x>b", "ab"),
      Case("a<span aria-hidden=false>x</span>b", "axb"),
    ])
  func hidden(_ item: Case) { #expect(readable(item.html) == item.text) }

  @Test(
    "White space and invisible characters are cleaned",
    arguments: [
      Case("a&nbsp;&nbsp;b\u{2003}c\u{3000}d", "a b c d"),
      Case("infor&shy;mation", "information"), Case("a\u{200B}b\u{FEFF}c", "abc"),
      Case("a\u{2028}b", "a\nb"), Case("می\u{200C}خواهم", "می\u{200C}خواهم"),
      Case("深層\n    学習", "深層学習"), Case("深層 学習", "深層 学習"), Case("심층\n학습", "심층 학습"),
      Case("ﬁnd", "ﬁnd"), Case("e\u{301}", "\u{E9}"), Case("a\u{7}b", "ab"),
      Case("&lt;p&gt; &amp;amp;", "<p> &amp;"),
    ])
  func cleaning(_ item: Case) {
    #expect(Array(readable(item.html).unicodeScalars) == Array(item.text.unicodeScalars))
  }

  @Test(
    "Raised and lowered text stays readable",
    arguments: [
      Case("x<sup>2</sup> + y<sup>n</sup>", "x^2 + y^n"), Case("10<sup>&minus;3</sup>", "10^−3"),
      Case("H<sub>2</sub>O", "H_2O"), Case("x<sub>i</sub>", "x_i"),
      Case("2<sup>n-1</sup>", "2^(n-1)"), Case("1<sup>st</sup>", "1st"),
      Case("(a+b)<sup>2</sup>", "(a+b)^2"), Case("CO<sub>2</sub><sup>-</sup>", "CO_2^-"),
      Case("text<sup><a href='#f1'>1</a></sup> more", "text[1] more"),
      Case("<sup>13</sup>C", "13C"), Case("x<sup> 2 </sup>", "x^2"),
      Case("L<sub>max</sub>", "Lmax"),
    ])
  func scripts(_ item: Case) { #expect(readable(item.html) == item.text) }

  @Test(
    "Formulas in TeX stay TeX",
    arguments: [
      Case("an \\(O(n^2)\\) bound and $x_i < y$", "an \\(O(n^2)\\) bound and $x_i < y$"),
      Case("so <script type='math/tex'>x^2 < y</script> holds", "so $x^2 < y$ holds"),
      Case("<script type='math/tex; mode=display'>\\sum_i</script>", "$$\\sum_i$$"),
      Case(
        "a <span class='MathJax_Preview'>x2</span><span class=MathJax><nobr>x2</nobr></span>"
          + "<script type='math/tex'>x^2</script> b", "a $x^2$ b"),
      Case(
        "a <span class=katex><span class=katex-mathml><math><semantics><mrow><mi>x</mi></mrow>"
          + "<annotation encoding='application/x-tex'>\\hat x</annotation></semantics></math></span>"
          + "<span class=katex-html aria-hidden=true>x^</span></span> b", "a $\\hat x$ b"),
      Case(
        "a <span class='mwe-math-mathml-inline mwe-math-mathml-a11y' style='display: none;'><math>"
          + "<semantics><mi>x</mi><annotation encoding='application/x-tex'>{\\displaystyle x^{2}}"
          + "</annotation></semantics></math></span><img class='mwe-math-fallback-image-inline' "
          + "aria-hidden='true' alt='{\\displaystyle x^{2}}'> b", "a $x^{2}$ b"),
      Case("a <img class=tex alt='x^2'> b", "a $x^2$ b"),
      Case("a <img alt='\\alpha + 1'> b", "a $\\alpha + 1$ b"),
      Case("a <img alt='C:\\photos'> b", "a b"),
      Case(
        "<math alttext='\\frac{a}{b}'><mfrac><mi>a</mi><mi>b</mi></mfrac></math>", "$\\frac{a}{b}$"),
      Case(
        "<mjx-container><svg>x</svg><mjx-assistive-mml><math><mi>x</mi></math></mjx-assistive-mml>"
          + "</mjx-container>", "x"),
    ])
  func tex(_ item: Case) { #expect(readable(item.html) == item.text) }

  @Test(
    "MathML is written on a line",
    arguments: [
      Case("<msup><mi>x</mi><mn>2</mn></msup>", "x^2"),
      Case("<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>", "x_i^2"),
      Case("<mfrac><mi>a</mi><mi>b</mi></mfrac>", "a/b"),
      Case(
        "<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mrow><mi>c</mi><mo>-</mo><mn>1</mn>"
          + "</mrow></mfrac>", "(a + b)/(c - 1)"),
      Case("<msqrt><mi>x</mi><mo>+</mo><mn>1</mn></msqrt>", "sqrt(x + 1)"),
      Case("<mroot><mi>x</mi><mn>3</mn></mroot>", "root(3, x)"),
      Case(
        "<mi>O</mi><mo>&#x2061;</mo><mo>(</mo><msup><mi>n</mi><mrow><mi>k</mi><mo>+</mo><mn>1</mn>"
          + "</mrow></msup><mo>)</mo>", "O(n^(k + 1))"),
      Case(
        "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover>"
          + "<msub><mi>x</mi><mi>i</mi></msub>", "∑_(i = 1)^nx_i"),
      Case("<mover><mi>x</mi><mo>^</mo></mover><mo>=</mo><mo>-</mo><mn>1</mn>", "x = -1"),
      Case("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "(a, b)"),
      Case(
        "<mo>[</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr><mtr><mtd><mn>0</mn>"
          + "</mtd><mtd><mn>1</mn></mtd></mtr></mtable><mo>]</mo>", "[1, 0; 0, 1]"),
      Case("<mi>f</mi><mo>(</mo><mi>x</mi><mo>,</mo><mi>y</mi><mo>)</mo>", "f(x, y)"),
      Case("<mi>a</mi><mphantom><mi>b</mi></mphantom><mspace></mspace><mi>c</mi>", "a c"),
    ])
  func mathML(_ item: Case) {
    #expect(readable("so <math>\(item.html)</math> holds") == "so \(item.text) holds")
  }

  @Test(
    "Nesting 10,000 deep is read like any other", arguments: ["div", "span", "sup", "mrow", "b"])
  func depth(tag: String) {
    let count = 10_000
    let inner = String(repeating: "<\(tag)>", count: count) + "deep"
    let outside = tag == "mrow" ? "<math>\(inner)" : inner
    let text = readable("before " + outside)
    #expect(text.hasPrefix("before"))
    // The parser itself stops at a depth of its own.
    #expect(text.contains("deep") || text == "before")
  }
}
