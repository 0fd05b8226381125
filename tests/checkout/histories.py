"""Histories that are too long to be made commit by commit."""


def long_history(commits: int, fork: int) -> bytes:
    """A stream for `git fast-import`: `main` of so many commits, and `topic`, which left it after `fork` of them."""
    who = "committer Ada <ada@example.com> now"
    lines = []
    for number in range(1, commits + 1):
        lines += [f"commit refs/heads/main\nmark :{number}\n{who}\ndata 1\nx"]
        lines += [f"M 100644 inline main.yaml\ndata {len(str(number))}\n{number}"]
    lines += [
        f"commit refs/heads/topic\n{who}\ndata 1\nx\nfrom :{fork}\nM 100644 inline topic.yaml\ndata 1\nx",
        "done\n",
    ]
    return "\n".join(lines).encode()
