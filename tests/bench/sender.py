"""Deliveries as GitHub sends them: at their times, whether or not those before are answered."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.demo.pull import Pull, delivery

_SIZE = 20_000  # characters that bring a delivery to the size that GitHub's have
_PATIENCE = 30.0
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True)
class Answered:
    """One delivery: when it was sent, how late that was, how long the answer took, and what it was (0: none)."""

    guid: str
    number: int
    sent: float
    late: float
    seconds: float
    status: int
    fresh: bool  # on a new connection


class _Sender:
    def __init__(self, port: int, secret: str) -> None:
        self._port, self._secret = port, secret
        self._idle: list[Streams] = []

    async def all(self, pulls: Sequence[Pull], rate: float, name: str) -> list[Answered]:
        start = time.monotonic() + 0.2
        tasks = []
        for index, pull in enumerate(pulls):
            request = self._request(pull, f"{name}-{index}")
            due = start + index / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            fresh = index % 2 == 1
            tasks.append(asyncio.create_task(self._one(f"{name}-{index}", pull.number, request, due, fresh=fresh)))
        return list(await asyncio.gather(*tasks))

    async def _one(self, guid: str, number: int, request: bytes, due: float, *, fresh: bool) -> Answered:
        sent = time.monotonic()
        try:
            status = await asyncio.wait_for(self._asked(request, fresh=fresh), _PATIENCE)
        except (TimeoutError, OSError, EOFError):
            status = 0
        return Answered(guid, number, sent, sent - due, time.monotonic() - sent, status, fresh)

    async def _asked(self, request: bytes, *, fresh: bool) -> int:
        kept = None if fresh or not self._idle else self._idle.pop()
        reader, writer = kept or await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(head.partition(b"content-length:")[2].split(maxsplit=1)[0]))
        if fresh:
            writer.close()
        else:
            self._idle.append((reader, writer))
        return int(head.split(maxsplit=2)[1])

    def _request(self, pull: Pull, guid: str) -> bytes:
        headers, body = delivery(replace(pull, title=pull.title + "." * _SIZE), self._secret, guid)
        lines = [f"{name}: {value}" for name, value in headers.items()]
        head = ["POST /webhook HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}", *lines]
        return "\r\n".join([*head, "", ""]).encode() + body


def send(port: int, secret: str, pulls: Sequence[Pull], rate: float, name: str) -> list[Answered]:
    """Send one delivery for each of these, every second one on a new connection."""
    return asyncio.run(_Sender(port, secret).all(pulls, rate, name))
