#!/usr/bin/env python3
"""Peer: titles and abstracts of a list of pages with aiohttp and lxml, two processes.

    .build/peers/bin/python3 benchmarks/peers/scrape_lxml.py urls.txt out.jsonl CONNECTIONS
"""

import asyncio
import multiprocessing
import sys

import aiohttp
import lxml.html
from lxml.cssselect import CSSSelector

from scrape_page import ABSTRACTS, record

PROCESSES = 2
SELECTORS = {selector: CSSSelector(selector) for selector in ABSTRACTS + ("h1",)}
PARSER = lxml.html.HTMLParser(encoding="utf-8")


def extract(url, body):
    page = lxml.html.document_fromstring(body, parser=PARSER)

    def first_text(selector):
        nodes = SELECTORS[selector](page)
        return nodes[0].text_content().strip() if nodes else None

    def heading_text():
        for node in page.iter("h2", "h3", "h4", "h5"):
            if node.text_content().strip().lower() == "abstract":
                following = node.getnext()
                return following.text_content().strip() if following is not None else None
        return None

    metas = (
        ((node.get("name") or node.get("property") or "").lower(), node.get("content"))
        for node in page.iter("meta")
    )
    return record(url, metas, first_text, heading_text)


async def fetch(urls, connections):
    results = [None] * len(urls)
    following = iter(range(len(urls)))
    connector = aiohttp.TCPConnector(limit=connections)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def work():
            for place in following:
                async with session.get(urls[place]) as response:
                    body = await response.read()
                results[place] = extract(urls[place], body)

        await asyncio.gather(*(work() for _ in range(connections)))
    return results


def part(arguments):
    urls, connections = arguments
    return asyncio.run(fetch(urls, connections))


if __name__ == "__main__":
    urls = open(sys.argv[1]).read().split()
    connections = int(sys.argv[3])
    parts = [(urls[number::PROCESSES], connections // PROCESSES) for number in range(PROCESSES)]
    with multiprocessing.Pool(PROCESSES) as pool:
        done = pool.map(part, parts, chunksize=1)
    results = [None] * len(urls)
    for number, lines in enumerate(done):
        results[number::PROCESSES] = lines
    with open(sys.argv[2], "w") as output:
        output.writelines(line + "\n" for line in results)
