"""Malformed and malicious requests: `python -m serving.load.fuzz [--inputs N]`.

Seeded: JSON cut and flipped at random, deep nesting, huge numbers, duplicate names, half
surrogate pairs, wrong types, floods of headers (below the server's own bounds), lengths that lie,
compressed bodies, broken chunks, forms for the compatible routes. None may be answered with 5xx,
none may hang, the workers have to be the same afterwards, and answer as the scorer does. A
connection that ends without an answer is allowed where HTTP itself was broken, and is counted.
"""

import argparse
import asyncio
import gzip
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

from serving.load import raw_http
from serving.load.expected_answers import Case, ExpectedAnswers
from serving.load.gates import Gates, progress
from serving.load.generated_news import Newsroom
from serving.load.server import Server, sayso

BODY_SECONDS = 3  # the server's limit here: bodies that never come end by it
DEADLINE = 30.0
PATHS = ("/v1/score", "/v1/score/batch", "/v1/score/stream")
FORM_PATH, COMMENT_PATH = "/v2/check", "/v1alpha1/comments:analyze"
BREAKS_HTTP = frozenset({"length lies", "headers", "chunks"})
NUMBERS: tuple[str, ...] = ("1e999", "-1e999", "9" * 4000, "9" * 6000, "1" + "0" * 300 + ".5")
NUMBERS += ("NaN", "-Infinity", "1e-999", "-0", "00", "0x10", "18446744073709551616")
HALVES = ("\\ud800", "\\udfff", "\\udc00\\ud800", "\\ud83c", "\\u0000", "\\ud83c\\ud83c")
LENGTHS = ("-1", "abc", "1e3", "99999999999999999999", "+5", " ", "\xb2", "0x1", "1, 2", "007")
VALUES: tuple[object, ...] = (None, True, 0, 1.5, "", "x", [], {}, [None], {"text": "x"})
VALUES += ([[]], "\x00", [1, "a"])
NAMES: tuple[str, ...] = ("text", "sentences", "documents", "labels", "thresholds")
NAMES += ("offset_unit", "evidence", "include_text", "id", "__proto__", "", "тext", "x" * 5000)


class Fuzzer:
    """Makes inputs, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.newsroom = Newsroom(seed)
        self.kinds: dict[str, Callable[[], bytes]] = {
            "fuzzed JSON": self.fuzzed,
            "deep nesting": self.nested,
            "huge numbers": self.numbers,
            "names twice": self.twice,
            "half surrogate pairs": self.halves,
            "wrong types": self.wrong_types,
            "headers": self.headers,
            "length lies": self.lengths,
            "compressed": self.compressed,
            "chunks": self.chunks,
            "compatible routes": self.compatible,
        }

    def inputs(self) -> Iterator[tuple[str, bytes]]:
        """Kinds in turn, without end."""
        while True:
            for kind, make in self.kinds.items():
                yield kind, make()

    def path(self) -> str:
        return self.chance.choice(PATHS)

    def valid(self) -> bytes:
        """A body that could be answered."""
        text = self.newsroom.sentence()
        return json.dumps(
            self.chance.choice(
                (
                    {"text": text},
                    {"sentences": [text], "evidence": False},
                    {"documents": [{"id": 1, "text": text}], "labels": ["hedging"]},
                    {"text": text, "thresholds": {"hedging": 0.4}, "offset_unit": "utf16"},
                )
            ),
            ensure_ascii=self.chance.random() < 0.5,
        ).encode()

    def fuzzed(self) -> bytes:
        body, chance = bytearray(self.valid()), self.chance
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(body) + 1)
            match chance.randrange(4):
                case 0:
                    body[at : at + chance.randint(1, 9)] = b""
                case 1:
                    body[at:at] = chance.randbytes(chance.randint(1, 5))
                case 2:
                    body[at:at] = chance.choice((b"{", b"[", b'"', b"\\", b"\xff", b"\x00", b","))
                case _:
                    body[at : at + 1] = bytes([chance.randrange(256)])
        return raw_http.request(self.path(), bytes(body))

    def nested(self) -> bytes:
        depth = self.chance.choice((50, 990, 1010, 10_000, 100_000))
        opened, closed = self.chance.choice((("[", "]"), ('{"text":', "}"), ('{"a":[', "]}")))
        inner = opened * depth + "1" + closed * depth
        name = self.chance.choice(("text", "documents", "thresholds", "id"))
        body = self.chance.choice((inner, f'{{"{name}": {inner}}}', opened * depth))
        return raw_http.request(self.path(), body.encode())

    def numbers(self) -> bytes:
        number, text = self.chance.choice(NUMBERS), json.dumps(self.newsroom.sentence())
        body = self.chance.choice(
            (
                f'{{"text": {text}, "thresholds": {{"hedging": {number}}}}}',
                f'{{"text": {number}}}',
                f'{{"documents": [{{"id": {number}, "text": {text}}}]}}',
                f'{{"sentences": [{number}]}}',
                number,
            )
        )
        return raw_http.request(self.path(), body.encode())

    def twice(self) -> bytes:
        text, name = json.dumps(self.newsroom.sentence()), self.chance.choice(NAMES)
        value = json.dumps(self.chance.choice(VALUES))
        pair = f"{json.dumps(name)}: {value}"
        fields = [f'"text": {text}', *[pair] * self.chance.choice((2, 3, 2000))]
        self.chance.shuffle(fields)
        return raw_http.request(self.path(), f"{{{', '.join(fields)}}}".encode())

    def halves(self) -> bytes:
        half = self.chance.choice(HALVES)
        body = self.chance.choice(
            (
                f'{{"text": "The dam {half} could fail."}}',
                f'{{"sentences": ["All is well.", "{half}"]}}',
                f'{{"documents": [{{"id": "{half}", "text": "The dam could fail."}}]}}',
                f'{{"documents": [{{"id": "a", "text": "{half}"}}]}}',
                f'{{"documents": [{{"{half}": 1, "text": "a"}}]}}',
                f'{{"text": "a", "{half}": 1}}',
                f'{{"text": "a", "thresholds": {{"{half}": 0.5}}}}',
                f'{{"text": "a", "labels": ["{half}"], "offset_unit": "{half}"}}',
            )
        )
        return raw_http.request(self.path(), body.encode())

    def wrong_types(self) -> bytes:
        chance = self.chance
        names = chance.sample(NAMES, chance.randint(1, 5))
        body: object = {name: chance.choice(VALUES) for name in names}
        if chance.random() < 0.5:
            body = {"documents": [body, chance.choice(VALUES)]}
        return raw_http.request(self.path(), json.dumps(body).encode())

    def headers(self) -> bytes:
        chance = self.chance
        odd = (
            "Content-Type: application/json; charset=utf-16",
            "Content-Type: \xff\xfe",
            "Content-Type: application/json; charset*=utf-8''%ff",
            "Content-Type: multipart/form-data",
            "Authorization: Bearer \xe9\xe9",
            "X-API-Key: " + "k" * 6000,
            "X-Request-Id: \xff" + "a" * 100,
            "X-Forwarded-For: " + "1.2.3.4, " * 300,
            "Content-Encoding: gzip, br, zstd",
            "Expect: 100-continue",
            "Upgrade: websocket",
            "Origin: null",
            "Accept: " + "*/*, " * 1000,
            "Cookie: " + "a=b; " * 1000,
        )
        flood = [
            f"X-Flood-{n}: {'f' * chance.randint(0, 60)}" for n in range(chance.randint(0, 99))
        ]
        more = chance.sample(odd, chance.randint(1, 3))
        kept = {line.partition(":")[0]: line for line in [*more, *flood]}
        return raw_http.request(self.path(), self.valid(), more=list(kept.values()))

    def lengths(self) -> bytes:
        body, chance = self.valid(), self.chance
        match chance.randrange(8):
            case 0:  # more than comes: ends by the server's deadline, so not too often
                return raw_http.request(
                    self.path(), body, length=len(body) + chance.randint(1, 999)
                )
            case 1 | 2 | 3:  # what is left over looks like the start of another request
                return raw_http.request(self.path(), body, length=chance.randrange(len(body)))
            case 4:
                more = [f"Content-Length: {len(body)}", f"Content-Length: {len(body) + 1}"]
            case 5:
                more = [f"Content-Length: {len(body)}", "Transfer-Encoding: chunked"]
            case _:
                more = [f"Content-Length: {chance.choice(LENGTHS)}"]
        return raw_http.request(self.path(), body, more=more)

    def compressed(self) -> bytes:
        chance = self.chance
        plain = self.valid() if chance.random() < 0.7 else b" " * 3_000_000
        body = gzip.compress(plain, mtime=0)
        if chance.random() < 0.3:
            body = body[: len(body) // 2]
        encoding = chance.choice(("gzip", "deflate", "br", "identity", "GZIP", "x"))
        more = [] if chance.random() < 0.3 else [f"Content-Encoding: {encoding}"]
        return raw_http.request(self.path(), body, more=more)

    def chunks(self) -> bytes:
        body, chance = self.valid(), self.chance
        size = chance.choice(
            (f"{len(body):x}", "fffffffffffffffff", "-1", "zz", "", "1;" + "e" * 99)
        )
        framed = size.encode() + b"\r\n" + body + b"\r\n0\r\n\r\n"
        return raw_http.request(self.path(), framed, more=["Transfer-Encoding: chunked"])

    def compatible(self) -> bytes:
        chance, half = self.chance, self.chance.choice(HALVES)
        if chance.random() < 0.5:
            form = chance.choice(
                (b"text=%ff%fe&language=en", b"data=%7B&language=en", b"text=a&text=b", b"=&&==")
            ) + b"&x=%" * chance.choice((0, 1, 500))
            kind = chance.choice(
                ("application/x-www-form-urlencoded", "multipart/form-data; boundary=")
            )
            return raw_http.request(FORM_PATH, form, more=[f"Content-Type: {kind}"])
        body = json.dumps({"comment": chance.choice(VALUES), "languages": chance.choice(VALUES)})
        if chance.random() < 0.5:
            body = f'{{"comment": {{"text": "{half}"}}, "requestedAttributes": {{"{half}": {{}}}}}}'
        return raw_http.request(COMMENT_PATH, body.encode())


async def measure(server: Server, cases: list[Case], options: argparse.Namespace) -> Gates:
    """All inputs by some senders, with what has to hold."""
    workers = {one.pid for one in server.workers()}
    coming = islice(Fuzzer(options.seed).inputs(), options.inputs)
    counts: Counter[tuple[str, str]] = Counter()
    with progress() as bar:
        task = bar.add_task("inputs", total=options.inputs)

        async def send() -> None:
            for kind, data in coming:
                try:
                    answer = await raw_http.exchange(server.port, [data], seconds=DEADLINE)
                    counts[kind, str(answer.status or "closed")] += 1
                except TimeoutError:
                    counts[kind, "hang"] += 1
                except (OSError, ValueError) as error:
                    counts[kind, type(error).__name__] += 1
                bar.advance(task)

        await asyncio.gather(*(send() for _ in range(options.senders)))
    right = 0
    for case in cases:
        answer = await raw_http.exchange(server.port, [raw_http.request(case.path, case.body)])
        right += answer.status == 200 and answer.body == case.answer
    return judge(counts, right == len(cases), workers == {one.pid for one in server.workers()})


def judge(counts: Counter[tuple[str, str]], right: bool, same: bool) -> Gates:
    """The counts as a table, and the gates."""
    gates = Gates("Fuzz", head=("kind", "status", "count"))
    for (kind, status), count in sorted(counts.items()):
        gates.figure(kind, status, f"{count:,}")
    gates.figure("all", "", f"{counts.total():,}")
    statuses = {status for _, status in counts}
    unanswered = {kind for kind, status in counts if not status.isdigit() and status != "hang"}
    gates.require("no 5xx", not any(status.startswith("5") for status in statuses))
    gates.require(f"all end within {DEADLINE:g} s", "hang" not in statuses)
    gates.require("closed unanswered only where HTTP was broken", unanswered <= BREAKS_HTTP)
    gates.require("the workers are the same", same)
    gates.require("right answers afterwards", right)
    return gates


def main() -> None:
    """Run the fuzzer from the command line."""
    parser = argparse.ArgumentParser(description="Send malformed and malicious requests.")
    parser.add_argument("--inputs", type=int, default=10_000, help="how many (10,000)")
    parser.add_argument("--senders", type=int, default=12, help="at once (12)")
    parser.add_argument("--seed", type=int, default=1, help="of the inputs (1)")
    options = parser.parse_args()

    expected = ExpectedAnswers()
    cases = [expected.score(text) for text in Newsroom(options.seed).articles(10, (3,))]
    with sayso(settings={"SAYSO_LIMITS__BODY_SECONDS": str(BODY_SECONDS)}) as server:
        gates = asyncio.run(measure(server, cases, options))
    gates.finish()


if __name__ == "__main__":
    main()
