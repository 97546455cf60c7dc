#!/usr/bin/env python3
"""Peer: titles and abstracts of a list of pages with aiohttp and lexbor (selectolax), one process.

    .build/peers/bin/python3 benchmarks/peers/scrape_lexbor.py urls.txt out.jsonl CONNECTIONS
"""

import asyncio
import sys

import aiohttp
from selectolax.lexbor import LexborHTMLParser

from scrape_page import record


def extract(url, body):
    page = LexborHTMLParser(body)

    def first_text(selector):
        node = page.css_first(selector)
        return node.text(strip=False).strip() if node else None

    def heading_text():
        for node in page.css("h2, h3, h4, h5"):
            if node.text().strip().lower() == "abstract":
                following = node.next
                while following is not None and following.tag == "-text":
                    following = following.next
                return following.text().strip() if following else None
        return None

    metas = (
        ((node.attributes.get("name") or node.attributes.get("property") or "").lower(),
         node.attributes.get("content"))
        for node in page.css("meta")
    )
    return record(url, metas, first_text, heading_text)


async def main():
    urls = open(sys.argv[1]).read().split()
    results = [None] * len(urls)
    following = iter(range(len(urls)))
    connections = int(sys.argv[3])
    connector = aiohttp.TCPConnector(limit=connections)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def work():
            for place in following:
                async with session.get(urls[place]) as response:
                    body = await response.read()
                results[place] = extract(urls[place], body)

        await asyncio.gather(*(work() for _ in range(connections)))
    with open(sys.argv[2], "w") as output:
        output.writelines(line + "\n" for line in results)


asyncio.run(main())
