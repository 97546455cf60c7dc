extension ArticlePage {
  static let news: [ArticlePage] = [
    ArticlePage(
      name: "news with linked data",
      html: #"""
        <!DOCTYPE html><html><head><title>Old bridge to close for eighteen months | The Daily Example</title><script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"Old bridge to close for eighteen months","datePublished":"2021-03-02T18:20:00+01:00","author":[{"@type":"Person","name":"Jonas Berg"},{"@type":"Person","name":"Ada Novak"}],"description":"The council closes the bridge, and shop owners protest."}</script></head>
        <body><div id="cookie-consent"><p>We use cookies, and similar techniques, to improve your experience, to measure our audience, and to show you advertising that fits.</p><button>Accept all</button></div><header class="site-header"><a href="/">The Daily Example</a><nav><ul><li><a href="/">Home</a></li><li><a href="/world">World news today</a></li><li><a href="/sport">Sport and games</a></li></ul></nav></header><main><article class="story"><h1>Old bridge to close for eighteen months</h1>
        <p class="byline">By <a rel="author" href="/jb">Jonas Berg</a></p><time datetime="2021-03-02">2 March 2021</time><div class="share-bar"><a href="#">Share</a> <a href="#">Tweet</a> <a href="#">Mail</a></div>
        <div class="story-body"><p>The city council voted on Tuesday to close the old bridge, which carries about nine thousand cars a day, for at least eighteen months.</p>
        <p>Engineers had warned since 2019 that the steel under the eastern span was corroding faster than expected, and that winter salt made it worse.</p><figure><img src="b.jpg" alt="The bridge"></figure><p>Shop owners on the left bank fear for their income. “We will lose half of our customers,” said Maria Keller, who runs a bakery near the ramp.</p>
        <p>The council promised a ferry, free of charge, every ten minutes, although it has not yet said who will pay for it or when the first boat will leave.</p></div><div class="related-links"><h3>Related stories</h3><ul><li><a href="/1">Ferry prices to rise again next spring, operator says</a></li><li><a href="/2">Ten bridges that were closed and never opened again</a></li></ul></div></article><aside><h3>Most read</h3><ol><li><a href="/a">How to keep bees in a small garden, by a beginner</a></li><li><a href="/b">The best soups of the winter, tested by our readers</a></li></ol></aside><section id="comments"><h2>Comments</h2><div class="comment"><p>This is a scandal, and everybody in the council knew about it, of course, for many years.</p></div><div class="comment"><p>Finally! The bridge was dangerous, ugly, loud and far too narrow for the buses anyway.</p></div></section></main><footer><p>Copyright 2021 The Daily Example. All rights reserved. No part may be copied, printed, stored or sent without written permission of the publisher.</p></footer></body></html>
        """#,
      body: #"""
        The city council voted on Tuesday to close the old bridge, which carries about nine thousand cars a day, for at least eighteen months.

        Engineers had warned since 2019 that the steel under the eastern span was corroding faster than expected, and that winter salt made it worse.

        Shop owners on the left bank fear for their income. “We will lose half of our customers,” said Maria Keller, who runs a bakery near the ramp.

        The council promised a ferry, free of charge, every ten minutes, although it has not yet said who will pay for it or when the first boat will leave.
        """#,
      title: "Old bridge to close for eighteen months",
      authors: ["Jonas Berg", "Ada Novak"], date: "2021-03-02",
      excerpt: "The council closes the bridge, and shop owners protest."),
    ArticlePage(
      name: "news without semantic elements",
      html: #"""
        <html><head><title>The Daily Example - Old bridge to close</title><meta property="og:title" content="Old bridge to close"><meta property="og:site_name" content="The Daily Example"><meta property="article:published_time" content="2021-03-02T10:00:00Z"><meta name="author" content="Jonas Berg"></head>
        <body><div id="wrap"><div id="top"><a href="/">Home</a> <a href="/w">World</a> <a href="/s">Sport</a></div><div id="col1"><div id="text"><h1>Old bridge to close</h1><p>The city council voted on Tuesday to close the old bridge, which carries about nine thousand cars a day, for at least eighteen months.</p>
        <p>Engineers had warned since 2019 that the steel under the eastern span was corroding faster than expected, and that winter salt made it worse.</p>
        <p>Shop owners on the left bank fear for their income. “We will lose half of our customers,” said Maria Keller, who runs a bakery near the ramp.</p>
        <p>The council promised a ferry, free of charge, every ten minutes, although it has not yet said who will pay for it or when the first boat will leave.</p></div></div>
        <div id="col2"><div class="sidebar"><p>Sign up for our newsletter, and get the best stories, photos and puzzles every morning.</p><ul><li><a href="/a">Weather for the coming week in your region</a></li></ul></div></div></div><div id="foot">Copyright 2021</div></body></html>
        """#,
      body: #"""
        The city council voted on Tuesday to close the old bridge, which carries about nine thousand cars a day, for at least eighteen months.

        Engineers had warned since 2019 that the steel under the eastern span was corroding faster than expected, and that winter salt made it worse.

        Shop owners on the left bank fear for their income. “We will lose half of our customers,” said Maria Keller, who runs a bakery near the ramp.

        The council promised a ferry, free of charge, every ten minutes, although it has not yet said who will pay for it or when the first boat will leave.
        """#,
      title: "Old bridge to close",
      authors: ["Jonas Berg"], date: "2021-03-02",
      excerpt: "The city council voted on Tuesday to close the old bridge, w"),
    ArticlePage(
      name: "news in a table layout",
      html: #"""
        <html><head><title>Old bridge to close</title></head><body><table><tr><td width=150><a href="/">Home</a><br><a href="/w">World news</a><br><a href="/s">Sport</a><br><a href="/c">Culture and books</a></td>
        <td><font size=5>Old bridge to close</font><p>The city council voted on Tuesday to close the old bridge, which carries about nine thousand cars a day, for at least eighteen months.</p>
        <p>Engineers had warned since 2019 that the steel under the eastern span was corroding faster than expected, and that winter salt made it worse.</p>
        <p>Shop owners on the left bank fear for their income. “We will lose half of our customers,” said Maria Keller, who runs a bakery near the ramp.</p>
        <p>The council promised a ferry, free of charge, every ten minutes, although it has not yet said who will pay for it or when the first boat will leave.</p></td><td><a href="/x">Advertise with us, it is cheap</a></td></tr></table></body></html>
        """#,
      body: #"""
        Old bridge to close

        The city council voted on Tuesday to close the old bridge, which carries about nine thousand cars a day, for at least eighteen months.

        Engineers had warned since 2019 that the steel under the eastern span was corroding faster than expected, and that winter salt made it worse.

        Shop owners on the left bank fear for their income. “We will lose half of our customers,” said Maria Keller, who runs a bakery near the ramp.

        The council promised a ferry, free of charge, every ten minutes, although it has not yet said who will pay for it or when the first boat will leave.
        """#,
      title: "Old bridge to close",
      authors: [], date: nil,
      excerpt: "The city council voted on Tuesday to close the old bridge, w"),
    ArticlePage(
      name: "article body only in linked data",
      html: #"""
        <html><head><title>Old bridge to close</title><script type="application/ld+json">{"@type":"Article","headline":"Old bridge to close","author":"Jonas Berg","articleBody":"The city council voted on Tuesday to close the old bridge, which carries about nine thousand cars a day, for at least eighteen months. Engineers had warned since 2019 that the steel under the eastern span was corroding faster than expected, and that winter salt made it worse. Shop owners on the left bank fear for their income. “We will lose half of our customers,” said Maria Keller, who runs a bakery near the ramp. The council promised a ferry, free of charge, every ten minutes, although it has not yet said who will pay for it or when the first boat will leave."}</script></head><body><div id="app"><p>Please turn on scripts to read this page.</p></div></body></html>
        """#,
      body: #"""
        The city council voted on Tuesday to close the old bridge, which carries about nine thousand cars a day, for at least eighteen months. Engineers had warned since 2019 that the steel under the eastern span was corroding faster than expected, and that winter salt made it worse. Shop owners on the left bank fear for their income. “We will lose half of our customers,” said Maria Keller, who runs a bakery near the ramp. The council promised a ferry, free of charge, every ten minutes, although it has not yet said who will pay for it or when the first boat will leave.
        """#,
      title: "Old bridge to close",
      authors: ["Jonas Berg"], date: nil,
      excerpt: "The city council voted on Tuesday"),
    ArticlePage(
      name: "Chinese news",
      html: #"""
        <html lang="zh"><head><title>老桥将关闭十八个月_每日新闻</title><meta name="description" content="市政府宣布老桥将关闭至少十八个月，左岸商店老板对此表示担心。"></head><body><div class="nav"><a href="/">首页</a><a href="/w">国际</a><a href="/s">体育</a></div><div class="wrap"><h1>老桥将关闭十八个月</h1><div class="info"><span>2021年03月02日</span></div><div class="article-content"><p>市政府周二宣布，连接两岸的老桥将关闭至少十八个月，每天约有九千辆汽车从桥上通过，市民对此反应不一。</p>
        <p>工程师自二〇一九年起就警告说，东侧桥跨的钢结构腐蚀得比预期更快，冬季撒盐又加重了损害，必须尽快维修。</p>
        <p>左岸的商店老板担心收入减少。面包店主王女士说：“我们会失去一半的顾客，希望政府能够提供一些补偿。”</p></div><div class="related"><ul><li><a href="/1">渡轮票价明年春季将再次上涨</a></li><li><a href="/2">十座关闭后再也没有开放的桥梁</a></li></ul></div></div><div class="footer"><p>版权所有，未经书面许可，不得转载、复制、传播本网站的任何内容，违者必究。</p></div></body></html>
        """#,
      body: #"""
        市政府周二宣布，连接两岸的老桥将关闭至少十八个月，每天约有九千辆汽车从桥上通过，市民对此反应不一。

        工程师自二〇一九年起就警告说，东侧桥跨的钢结构腐蚀得比预期更快，冬季撒盐又加重了损害，必须尽快维修。

        左岸的商店老板担心收入减少。面包店主王女士说：“我们会失去一半的顾客，希望政府能够提供一些补偿。”
        """#,
      title: "老桥将关闭十八个月",
      authors: [], date: nil,
      excerpt: "市政府宣布老桥将关闭至少十八个月，左岸商店老板对此表示担心。"),
    ArticlePage(
      name: "magazine with cards and promotions",
      html: #"""
        <html><head><title>Old bridge to close</title><meta property="og:description" content="Eighteen months without the bridge: what it means for both banks."></head><body><div class="modal-overlay"><div class="modal"><p>Subscribe now, and read everything for one euro, cancel at any time, no questions asked.</p></div></div><div class="layout"><div class="article-wrapper"><div class="article__header"><h1>Old bridge to close</h1><div class="author-block">By Ada Novak</div></div><div class="article__content"><p>The city council voted on Tuesday to close the old bridge, which carries about nine thousand cars a day, for at least eighteen months.</p><div class="promo-box"><p>Our newsletter brings you the news of the city, every morning, free and short.</p></div><p>Engineers had warned since 2019 that the steel under the eastern span was corroding faster than expected, and that winter salt made it worse.</p><div class="ad-slot">Advertisement</div><p>Shop owners on the left bank fear for their income. “We will lose half of our customers,” said Maria Keller, who runs a bakery near the ramp.</p><p>The council promised a ferry, free of charge, every ten minutes, although it has not yet said who will pay for it or when the first boat will leave.</p><p><a href="/more">Read more: all stories about the bridge</a></p></div></div><div class="cards"><div class="card"><a href="/0"><h3>Another story number 0 with a long headline</h3><p>A teaser of this story, which is long enough to be taken for a paragraph, says little.</p></a></div><div class="card"><a href="/1"><h3>Another story number 1 with a long headline</h3><p>A teaser of this story, which is long enough to be taken for a paragraph, says little.</p></a></div><div class="card"><a href="/2"><h3>Another story number 2 with a long headline</h3><p>A teaser of this story, which is long enough to be taken for a paragraph, says little.</p></a></div><div class="card"><a href="/3"><h3>Another story number 3 with a long headline</h3><p>A teaser of this story, which is long enough to be taken for a paragraph, says little.</p></a></div><div class="card"><a href="/4"><h3>Another story number 4 with a long headline</h3><p>A teaser of this story, which is long enough to be taken for a paragraph, says little.</p></a></div><div class="card"><a href="/5"><h3>Another story number 5 with a long headline</h3><p>A teaser of this story, which is long enough to be taken for a paragraph, says little.</p></a></div></div></div></body></html>
        """#,
      body: #"""
        The city council voted on Tuesday to close the old bridge, which carries about nine thousand cars a day, for at least eighteen months.

        Engineers had warned since 2019 that the steel under the eastern span was corroding faster than expected, and that winter salt made it worse.

        Shop owners on the left bank fear for their income. “We will lose half of our customers,” said Maria Keller, who runs a bakery near the ramp.

        The council promised a ferry, free of charge, every ten minutes, although it has not yet said who will pay for it or when the first boat will leave.
        """#,
      title: "Old bridge to close",
      authors: ["Ada Novak"], date: nil,
      excerpt: "Eighteen months without the bridge: what it means for both b"),
  ]
}
