extension ArticlePage {
  static let documentationAndForums: [ArticlePage] = [
    ArticlePage(
      name: "documentation with a side bar",
      html: #"""
        <html><head><title>Scheduling — Runner 2.1 documentation</title></head><body><div class="related" role="navigation"><ul><li><a href="/i">index</a></li><li><a href="/n">next</a></li></ul></div><div class="document"><div class="documentwrapper"><div class="bodywrapper"><div class="body" role="main"><section id="scheduling"><h1>Scheduling</h1><p>The scheduler decides which job runs next. It keeps one queue for each priority, and it always takes the oldest job of the highest queue that is not empty.</p><section id="workers"><h2>Workers</h2><p>Set the number of workers with the workers key. The default is the number of cores, and zero means that nothing is started until you ask for it.</p><div class="highlight"><pre>workers = 8
        retries = 3</pre></div></section><section id="retries"><h2>Retries</h2><p>A job that fails is retried three times, with growing pauses between the attempts. Use the retries key to change that, for all jobs or for a single one.</p></section></section></div></div></div><div class="sphinxsidebar" role="navigation"><h3>Table of Contents</h3><ul><li><a href="#w">Workers</a></li><li><a href="#r">Retries</a></li></ul><p>Quick search of the whole documentation, in all of its versions, by word.</p></div></div><div class="footer" role="contentinfo">&copy; Copyright 2022, the Runner developers.</div></body></html>
        """#,
      body: #"""
        The scheduler decides which job runs next. It keeps one queue for each priority, and it always takes the oldest job of the highest queue that is not empty.

        Workers

        Set the number of workers with the workers key. The default is the number of cores, and zero means that nothing is started until you ask for it.

        workers = 8
        retries = 3

        Retries

        A job that fails is retried three times, with growing pauses between the attempts. Use the retries key to change that, for all jobs or for a single one.
        """#,
      title: "Scheduling",
      authors: [], date: nil,
      excerpt: "The scheduler decides which job runs next. It keeps one queu"),
    ArticlePage(
      name: "documentation with contents inside",
      html: #"""
        <html><head><title>Scheduling | Runner Docs</title></head><body><div class="navbar"><a href="/">Runner</a></div><div class="container"><main class="docs-content"><div class="toc"><ul><li><a href="#a">The scheduler and its queues</a></li><li><a href="#b">How many workers there are</a></li></ul></div><h1>Scheduling</h1><p>The scheduler decides which job runs next. It keeps one queue for each priority, and it always takes the oldest job of the highest queue that is not empty.</p>
        <p>Set the number of workers with the workers key. The default is the number of cores, and zero means that nothing is started until you ask for it.</p>
        <p>A job that fails is retried three times, with growing pauses between the attempts. Use the retries key to change that, for all jobs or for a single one.</p><ul><li>Jobs of priority zero are never started, whatever is free.</li><li>Jobs of priority nine are started at once, whatever waits.</li></ul><p class="edit-page"><a href="/edit">Edit this page on the server</a></p></main></div></body></html>
        """#,
      body: #"""
        The scheduler decides which job runs next. It keeps one queue for each priority, and it always takes the oldest job of the highest queue that is not empty.

        Set the number of workers with the workers key. The default is the number of cores, and zero means that nothing is started until you ask for it.

        A job that fails is retried three times, with growing pauses between the attempts. Use the retries key to change that, for all jobs or for a single one.

        Jobs of priority zero are never started, whatever is free.

        Jobs of priority nine are started at once, whatever waits.
        """#,
      title: "Scheduling",
      authors: [], date: nil,
      excerpt: "The scheduler decides which job runs next. It keeps one queu"),
    ArticlePage(
      name: "thread of a forum",
      html: #"""
        <html><head><title>Connections drop after an hour - Admin Forum</title></head><body><div id="header"><a href="/">Admin Forum</a> <a href="/faq">Questions</a></div><div id="thread"><h1>Connections drop after an hour</h1><div class="post" id="p0"><div class="postprofile"><a href="/u0">user0</a></div><div class="postbody"><div class="content">My server drops connections after about an hour, and I cannot find anything in the log. Has anybody seen this with the new kernel, or is it only me?</div></div></div><div class="post" id="p1"><div class="postprofile"><a href="/u1">user1</a></div><div class="postbody"><div class="content">Check the idle time-out of your load balancer first. Ours was set to one hour, and the symptom was exactly the same, with nothing in any log.</div></div></div><div class="post" id="p2"><div class="postprofile"><a href="/u2">user2</a></div><div class="postbody"><div class="content">That was it, thank you very much. I raised the limit to a day, restarted both machines, and the connections have been stable since yesterday evening.</div></div></div></div><div class="quick-reply"><form><p>You must be logged in to write here, and your account must be older than a day.</p></form></div><div id="footer">Powered by a forum program, translated by volunteers, hosted in a cellar.</div></body></html>
        """#,
      body: #"""
        My server drops connections after about an hour, and I cannot find anything in the log. Has anybody seen this with the new kernel, or is it only me?

        Check the idle time-out of your load balancer first. Ours was set to one hour, and the symptom was exactly the same, with nothing in any log.

        That was it, thank you very much. I raised the limit to a day, restarted both machines, and the connections have been stable since yesterday evening.
        """#,
      title: "Connections drop after an hour",
      authors: [], date: nil,
      excerpt: "My server drops connections after about an hour, and I canno"),
    ArticlePage(
      name: "questions and answers",
      html: #"""
        <html><head><title>linux - Connections drop after an hour - Server Questions</title></head><body><header><a href="/">Server Questions</a></header><div class="container"><div id="left-sidebar"><a href="/q">Questions</a></div><div id="mainbar"><h1>Connections drop after an hour</h1><div class="question"><div class="votecell"><span>12</span></div><div class="postcell"><div class="s-prose js-post-body" itemprop="text"><p>My server drops connections after about an hour, and I cannot find anything in the log. Has anybody seen this with the new kernel, or is it only me?</p></div></div></div><div id="answers"><div class="answer"><div class="votecell"><span>31</span></div><div class="answercell"><div class="s-prose js-post-body" itemprop="text"><p>Check the idle time-out of your load balancer first. Ours was set to one hour, and the symptom was exactly the same, with nothing in any log.</p><p>The setting is called idle time-out in most of them, and it is counted in seconds.</p></div></div></div></div></div><div id="sidebar"><h4>Related</h4><ul><li><a href="/1">Why does my connection hang, and how can I find out?</a></li><li><a href="/2">Load balancer closes idle connections</a></li></ul></div></div></body></html>
        """#,
      body: #"""
        My server drops connections after about an hour, and I cannot find anything in the log. Has anybody seen this with the new kernel, or is it only me?

        Check the idle time-out of your load balancer first. Ours was set to one hour, and the symptom was exactly the same, with nothing in any log.

        The setting is called idle time-out in most of them, and it is counted in seconds.
        """#,
      title: "Connections drop after an hour",
      authors: [], date: nil,
      excerpt: "My server drops connections after about an hour, and I canno"),
  ]
}
