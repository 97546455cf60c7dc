public import BatchCore

extension ScrapePlugin {
  /// The words of `batchrun scrape`: one table for parsing, help, completion and man page.
  public static let command = CommandSpec(
    name: "scrape",
    summary: "Fetch pages, and write title, authors, abstract and more of each",
    arguments: [
      ArgumentSpec(
        "URLS", help: "List of addresses or files, one on each line, or - for standard input")
    ],
    discussion: [
      "Writes one JSON object for each line of the list, in its order, failed ones included. Blank "
        + "lines and lines that begin with # are skipped; a path is relative to the list's folder. "
        + "With --url-column the list is CSV or JSON Lines, and its other fields are carried "
        + "through.",
      "A page that answers with an error, is not HTML or is closed to robots is a failure. A page "
        + "without an abstract is none: its abstract is null, and the summary counts such pages.",
      "robots.txt is followed, two requests at a time go to one host, and a host that answers 429 or "
        + "503 is left alone for a while. --workers counts pages that are parsed at once, not "
        + "connections. --timeout is the time for one attempt at a page (30s).",
      "docs/rules.md tells how to write rules for further sites.",
    ],
    options: recordOptions + listOptions + fetchOptions + politeOptions + cacheOptions,
    examples: [
      ("batchrun scrape urls.txt -o papers.jsonl", "Title, authors and abstract of every page."),
      (
        "batchrun scrape years.txt --follow 'a[href*=Abstract]' -o papers.jsonl",
        "The papers that the listed index pages link to."
      ),
      (
        "batchrun scrape urls.txt --field 'first=h1' --field 'links[]=//a/@href'",
        "Own fields, by CSS selector or XPath."
      ),
      (
        "batchrun scrape urls.txt --cache pages --offline -o again.jsonl",
        "Extract again from pages fetched before, without the network."
      ),
    ])

  private static let recordOptions = [
    OptionSpec(
      "fields", .text, "NAMES", default: "all",
      help: "Write these fields only, separated by commas; url is always there."),
    OptionSpec(
      "field", .text, "NAME=SELECTOR", isRepeatable: true,
      help: "Add a field: the first match of a CSS selector or XPath; NAME[]= takes all matches, "
        + "and @ATTRIBUTE at the end an attribute."),
    OptionSpec("article", .flag, help: "Add the main text, for pages that are no papers."),
    OptionSpec(
      "format", .choice(ScrapeOptions.Format.allCases.map(\.rawValue)), "FORMAT", default: "jsonl",
      help: "Write JSON Lines or CSV."),
    OptionSpec(
      "deterministic", .flag,
      help: "Leave out what differs from one fetching to the next: times, attempts and sizes."),
    OptionSpec("rules", .file, "FILE", help: "Add the rules of this file to the built-in ones."),
  ]

  private static let listOptions = [
    OptionSpec(
      "url-column", .text, "NAME", help: "The column or key of the addresses in a CSV or JSON list."
    ),
    OptionSpec(
      "follow", .text, "SELECTOR",
      help: "The listed pages are indexes: take the pages that the matching links lead to."),
  ]

  private static let fetchOptions = [
    OptionSpec(
      "connect-timeout", .duration, "DURATION", default: "10s", help: "The time to connect."),
    OptionSpec(
      "max-bytes", .byteCount, "SIZE", default: "10MB", help: "Give up on a longer page."),
    OptionSpec(
      "max-redirects", .integer(0...50), "N", default: "10", help: "Follow so many redirects."),
    OptionSpec(
      "connections", .integer(1...10_000), "N", default: "256",
      help: "Ask for so many pages at once, of all hosts together."),
    OptionSpec(
      "user-agent", .text, "TEXT", default: "batchrun/VERSION (+CONTACT)",
      help: "The name that servers see."),
    OptionSpec(
      "contact", .text, "ADDRESS", help: "Where the owner of a site reaches you; goes to servers."),
    OptionSpec(
      "header", .text, "NAME: VALUE", isRepeatable: true, help: "Send this header line, too."),
    OptionSpec(
      "proxy", .text, "URL", default: "http_proxy and the like", help: "Go through this proxy."),
    OptionSpec(
      "ca-file", .file, "FILE", default: "the system's", help: "Trust these certificates instead."),
    OptionSpec(
      "public-only", .flag,
      help: "Refuse files, proxies, and private, loopback and link-local addresses."),
  ]

  private static let politeOptions = [
    OptionSpec(
      "per-host", .integer(1...10_000), "N", default: "2", help: "Ask a host for N pages at once."),
    OptionSpec(
      "delay", .duration, "DURATION", default: "0",
      help: "Wait so long between two requests to a host; a crawl-delay counts when it is longer."),
    OptionSpec(
      "ignore-robots", .flag,
      help: "Neither ask for nor follow robots.txt; mind what the site's owner wants."),
  ]

  private static let cacheOptions = [
    OptionSpec(
      "cache", .directory, "DIR",
      help: "Keep pages here, and ask later only whether they have changed."),
    OptionSpec("offline", .flag, help: "Take pages from the cache alone."),
  ]
}
