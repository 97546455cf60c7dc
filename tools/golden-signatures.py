#!/usr/bin/env python3
"""Writes the golden table of signatures, made by botocore, the signer of AWS's own tools.

One JSON object on each line: first what made the table, then for each case a request and the headers
that botocore signs it with. Named cases are those that signers get wrong; the others are seeded random
draws.

    pip install botocore
    python3 tools/golden-signatures.py > Tests/BatchCoreTests/AWS/golden-signatures.jsonl
"""

import datetime
import json
import random
import sys
from urllib.parse import quote

import botocore
import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ACCESS = "AKIDEXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SIGNED = ("authorization", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token")

clock = {"now": None}
botocore.auth.get_current_datetime = lambda *_, **__: clock["now"]


def case(name, service="s3", region="us-east-1", method="GET", origin="https://s3.amazonaws.com",
         path="/", query=(), headers=(), body="", token=None, seconds=1440938160, unsigned=False):
    """`path` is not encoded; it travels encoded once."""
    encoded = quote(path, safe="/-._~")
    clock["now"] = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    request = AWSRequest(
        method=method, url=origin + encoded, params=list(query), headers=dict(headers),
        data=body.encode())
    if unsigned:
        request.context["payload_signing_enabled"] = False
        request.context["has_streaming_input"] = True
        request.headers["Content-MD5"] = "1B2M2Y8AsgTpgAmY7PhCfg=="
    sent = [[key, value] for key, value in request.headers.items()]
    signer = botocore.auth.S3SigV4Auth if service == "s3" else botocore.auth.SigV4Auth
    signer(Credentials(ACCESS, SECRET, token), service, region).add_auth(request)
    signed = {key.lower(): value for key, value in request.headers.items() if key.lower() in SIGNED}
    return {
        "name": name, "service": service, "region": region, "method": method, "origin": origin,
        "path": encoded, "query": [list(pair) for pair in query], "headers": sent, "body": body,
        "token": token, "seconds": seconds, "unsigned": unsigned, "signed": signed,
    }


def named():
    yield case("an empty GET")
    yield case("a day that begins", seconds=1448409600)
    yield case("the last second of a leap day", seconds=1456790399)
    yield case("a host with a port", origin="http://127.0.0.1:7480", path="/bucket/key")
    yield case("the default port of http", origin="http://example.org:80", path="/bucket/key")
    yield case("the default port of https", origin="https://example.org:443", path="/bucket/key")
    yield case("the other default port", origin="https://example.org:80", path="/bucket/key")
    yield case("a bucket in the host", origin="https://jobs.s3.eu-west-1.amazonaws.com",
               region="eu-west-1", path="/runs/a")
    for name, key in [
            ("spaces", "a b  c"), ("plus", "a+b"), ("equals", "a=b"), ("tilde", "~a~"),
            ("unicode", "größe/Ω/日本語/🎬"), ("decomposed unicode", "cafe\u0301"),
            ("percent", "100%25"), ("ampersand and question mark", "a&b?c=d#e"),
            ("two slashes", "a//b"), ("colon and at", "a:b@c"), ("quotes", "a'b\"c"),
            ("brackets", "(a)[b]{c}<d>"), ("others", "a!b*c,d;e$f|g\\h^i`j")]:
        yield case("a key with " + name, path="/bucket/" + key)
    yield case("a query of one word", query=[("uploads", "")], method="POST", path="/b/k")
    yield case("a query out of order", path="/b", query=[
        ("prefix", "runs/ä b+c=d&e/"), ("list-type", "2"), ("start-after", "~x/y"), ("max-keys", "1000")])
    yield case("a name twice", path="/b", query=[("a", "2"), ("a", "10"), ("a", "")])
    yield case("names that are prefixes", path="/b", query=[("ab", "1"), ("a", "2"), ("a-b", "3"), ("A", "4")])
    yield case("upper before lower", path="/b", query=[("uploadId", "2~Xy.z_0-"), ("partNumber", "17")])
    yield case("a session token", token="FwoGZXIvYXdzEJr//////////wEaDExampleToken+/==")
    yield case("a body", method="PUT", path="/b/k", body="hello, world\n")
    yield case("conditions", method="PUT", path="/b/k", body="x", headers=[
        ("If-None-Match", "*"), ("Content-Type", "application/octet-stream"),
        ("x-amz-meta-batchrun-write", "1a2b3c")])
    yield case("a range", path="/b/k", headers=[("Range", "bytes=0-99"), ("If-Match", '"ab12"')])
    yield case("spaces in a header", headers=[("X-Amz-Meta-A", "  a   b  c ")])
    yield case("headers in another case", headers=[("x-AMZ-meta-Z", "1"), ("X-amz-META-a", "2")])
    yield case("a body that TLS protects", method="PUT", path="/b/k", body="hello", unsigned=True)
    for name, function in [("a plain name", "batchrun"), ("a name with a colon",
                           "arn:aws:lambda:eu-west-1:123456789012:function:batchrun")]:
        yield case("another service and " + name, service="lambda", region="eu-west-1", method="POST",
                   origin="https://lambda.eu-west-1.amazonaws.com",
                   path=f"/2015-03-31/functions/{function}/invocations", body='{"a":1}',
                   headers=[("X-Amz-Invocation-Type", "RequestResponse")], token="token")
    yield case("another service and odd characters", service="lambda", region="cn-north-1",
               origin="https://lambda.cn-north-1.amazonaws.com.cn", path="/a b/c+d/ä~=:")
    yield case("a form", service="iam", method="POST", origin="https://iam.amazonaws.com",
               body="Action=GetRole&RoleName=batchrun&Version=2010-05-08",
               headers=[("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")])


def drawn(count, seed):
    source = random.Random(seed)
    letters = "abzAZ09-._~/ +=%&?#:@!$'()*,;[]äßΩ日🎬"

    def word(longest, extra=""):
        return "".join(source.choice(letters + extra) for _ in range(source.randint(1, longest)))

    for number in range(count):
        service = source.choice(["s3", "s3", "lambda", "logs"])
        # A path of the other services has no empty and no dot segments; botocore would remove them.
        parts = [word(12).replace("/", "x").replace(".", "y") for _ in range(source.randint(1, 4))]
        method = source.choice(["GET", "PUT", "POST", "DELETE", "HEAD"])
        yield case(
            f"drawn {number}", service=service,
            region=source.choice(["us-east-1", "eu-central-1", "ap-southeast-2"]), method=method,
            origin=source.choice(["https://example.org", "http://127.0.0.1:9000", "http://h:80"]),
            path="/" + "/".join(parts), query=[(word(6), word(8)) for _ in range(source.randint(0, 4))],
            headers=[(f"X-Amz-Meta-{i}", "v" + "  ".join("ab c"[:i])) for i in range(source.randint(0, 3))],
            body=word(40) if method in ("PUT", "POST") else "",
            token=source.choice([None, "token/" + "x" * 40]),
            seconds=source.randint(1, 4_000_000_000))


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    print(json.dumps({"made_by": f"botocore {botocore.__version__}", "seed": seed}))
    for row in [*named(), *drawn(150, seed)]:
        print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main()
