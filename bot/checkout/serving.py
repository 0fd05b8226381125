"""A bare repository of ours, served as git's smart HTTP does: what the demonstration's stand-in for GitHub answers.

For trusted clients on the loopback only: an answer is made whole in memory, and nothing limits its size.
"""

import io
import os
import re
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import parse_qs

_SERVICE = "git-upload-pack"
_PROTOCOL = re.compile(r"version=[0-9](?::[a-z0-9=-]+)*")
_LARGEST = 64 * 1024 * 1024

Answer = tuple[int, Mapping[str, str], bytes]


def serve_git(folder: Path, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Answer a request below the repository's URL (`/info/refs`, `/git-upload-pack`): status, headers, body.

    `headers` has its names in lower case. The repository can be read, by any id that it holds, and not be written.
    """
    protocol = headers.get("git-protocol", "")
    version = protocol if _PROTOCOL.fullmatch(protocol) else ""
    if path == "/info/refs" and parse_qs(query).get("service") == [_SERVICE]:
        said = _upload_pack(folder, version, "--http-backend-info-refs", b"")
        line = f"# service={_SERVICE}\n"
        start = b"" if version.startswith("version=2") else f"{len(line) + 4:04x}{line}0000".encode()
        return 200, _kind("advertisement"), start + said
    if path == f"/{_SERVICE}":
        return 200, _kind("result"), _upload_pack(folder, version, "", _plain(headers, body))
    return 404, {"Content-Type": "text/plain"}, b"Not found\n"


def _kind(what: str) -> dict[str, str]:
    return {"Content-Type": f"application/x-{_SERVICE}-{what}", "Cache-Control": "no-cache"}


def _plain(headers: Mapping[str, str], body: bytes) -> bytes:
    if headers.get("content-encoding") not in ("gzip", "x-gzip"):
        return body
    return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body, _LARGEST)


def _upload_pack(folder: Path, version: str, option: str, body: bytes) -> bytes:
    from git.cmd import Git  # noqa: PLC0415 - GitPython looks for git when it is imported

    config = {"uploadpack.allowFilter": "true", "uploadpack.allowAnySHA1InWant": "true", "safe.directory": "*"}
    env = {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_COUNT": str(len(config)),
        "GIT_PROTOCOL": version,
        "HOME": str(folder),
    }
    for index, (key, value) in enumerate(config.items()):
        env |= {f"GIT_CONFIG_KEY_{index}": key, f"GIT_CONFIG_VALUE_{index}": value}
    command = ["git", "upload-pack", "--stateless-rpc", "--strict", *([option] if option else []), str(folder)]
    out = io.BytesIO()
    with tempfile.TemporaryFile() as source:
        source.write(body)
        source.seek(0)
        Git().execute(
            command,
            istream=cast("BinaryIO", source),
            env=env,
            with_exceptions=False,  # what a client asks wrongly is told to it in the answer
            output_stream=out,
        )
    return out.getvalue()
