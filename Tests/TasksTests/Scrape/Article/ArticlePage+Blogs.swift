extension ArticlePage {
  static let blogs: [ArticlePage] = [
    ArticlePage(
      name: "blog of a common engine",
      html: #"""
        <html><head><title>Rewriting a parser &#8211; Notes of a Tinkerer</title><meta property="og:site_name" content="Notes of a Tinkerer"></head><body class="single single-post"><div id="page"><header id="masthead"><p class="site-title"><a href="/">Notes of a Tinkerer</a></p></header>
        <div id="content"><article id="post-12" class="post hentry"><header class="entry-header"><h1 class="entry-title">Rewriting a parser</h1><div class="entry-meta"><span class="posted-on"><time class="entry-date" datetime="2019-11-24T08:00:00+00:00">November 24, 2019</time></span> <span class="byline">by <span class="author vcard">Robin Sand</span></span></div></header>
        <div class="entry-content"><p>I spent the weekend rewriting the parser of my static site generator, and I learned more about buffers than I had planned.</p>
        <p>The old code read the whole file into a string, split it into lines, and then split each line again. It was short, it was clear, and it was slow.</p><h2>The new way</h2><p>The new code walks over the bytes once. It keeps the position of the last line feed, and it never copies anything until a heading is found.</p>
        <p>With that, the build of four thousand pages went from eleven seconds to less than one. Most of what remains is spent on writing files.</p><div class="sharedaddy sd-sharing"><h3>Share this:</h3><ul><li><a href="#">Twitter</a></li><li><a href="#">Facebook</a></li></ul></div></div><footer class="entry-footer">Posted in <a href="/c">Code</a></footer></article>
        <nav class="navigation post-navigation"><a href="/p">Previous: A week with a typewriter</a></nav><div id="comments" class="comments-area"><ol class="comment-list"><li class="comment"><p>Very nice, but did you try to map the file into memory? It saved me a lot of time, really.</p></li></ol></div></div><div id="secondary" class="widget-area"><section class="widget"><h2>Archives</h2><ul><li><a href="/2019">2019</a></li></ul></section></div></div></body></html>
        """#,
      body: #"""
        I spent the weekend rewriting the parser of my static site generator, and I learned more about buffers than I had planned.

        The old code read the whole file into a string, split it into lines, and then split each line again. It was short, it was clear, and it was slow.

        The new way

        The new code walks over the bytes once. It keeps the position of the last line feed, and it never copies anything until a heading is found.

        With that, the build of four thousand pages went from eleven seconds to less than one. Most of what remains is spent on writing files.
        """#,
      title: "Rewriting a parser",
      authors: ["Robin Sand"], date: "2019-11-24",
      excerpt: "I spent the weekend rewriting the parser of my static site g"),
    ArticlePage(
      name: "blog with plain markup",
      html: #"""
        <html><head><title>Rewriting a parser</title><meta name="description" content="How a parser of a static site generator became ten times faster."></head><body><h1>Rewriting a parser</h1><p><em>24 Nov 2019</em></p><p>I spent the weekend rewriting the parser of my static site generator, and I learned more about buffers than I had planned.</p>
        <p>The old code read the whole file into a string, split it into lines, and then split each line again. It was short, it was clear, and it was slow.</p>
        <p>The new code walks over the bytes once. It keeps the position of the last line feed, and it never copies anything until a heading is found.</p>
        <p>With that, the build of four thousand pages went from eleven seconds to less than one. Most of what remains is spent on writing files.</p><p><a href="/">Back to the index of all posts</a></p></body></html>
        """#,
      body: #"""
        24 Nov 2019

        I spent the weekend rewriting the parser of my static site generator, and I learned more about buffers than I had planned.

        The old code read the whole file into a string, split it into lines, and then split each line again. It was short, it was clear, and it was slow.

        The new code walks over the bytes once. It keeps the position of the last line feed, and it never copies anything until a heading is found.

        With that, the build of four thousand pages went from eleven seconds to less than one. Most of what remains is spent on writing files.
        """#,
      title: "Rewriting a parser",
      authors: [], date: nil,
      excerpt: "How a parser of a static site generator became ten times fas"),
    ArticlePage(
      name: "blog with text in divs and breaks",
      html: #"""
        <html><head><title>Tinkerer: Rewriting a parser</title></head><body><div class="header"><h1>Tinkerer</h1></div><div class="main"><div class="post"><h2 class="post-title">Rewriting a parser</h2><div class="post-body">I spent the weekend rewriting the parser of my static site generator, and I learned more about buffers than I had planned.<br><br>The old code read the whole file into a string, split it into lines, and then split each line again. It was short, it was clear, and it was slow.<br><br>The new code walks over the bytes once. It keeps the position of the last line feed, and it never copies anything until a heading is found.<br><br>With that, the build of four thousand pages went from eleven seconds to less than one. Most of what remains is spent on writing files.</div><div class="post-footer">Posted by Robin Sand at 8:00</div></div><div class="blog-pager"><a href="/o">Older posts of this blog</a></div></div><div class="sidebar"><h2>About me</h2><p>I write about small tools, old machines, and what happens when they meet each other.</p></div></body></html>
        """#,
      body: #"""
        Rewriting a parser

        I spent the weekend rewriting the parser of my static site generator, and I learned more about buffers than I had planned.

        The old code read the whole file into a string, split it into lines, and then split each line again. It was short, it was clear, and it was slow.

        The new code walks over the bytes once. It keeps the position of the last line feed, and it never copies anything until a heading is found.

        With that, the build of four thousand pages went from eleven seconds to less than one. Most of what remains is spent on writing files.
        """#,
      title: "Tinkerer: Rewriting a parser",
      authors: [], date: nil,
      excerpt: "I spent the weekend rewriting the parser of my static site g"),
  ]
}
