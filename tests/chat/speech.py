"""What there is to say: an ordinary verdict, and one whose every name is hostile."""

from typing import Any

from bot.ports import PullState, PullVerdict, RepoRef
from bot.reporter.outgoing import ChatFinding, ChatVerdict
from tests.fakes import a_pull

URL = "https://github.com/acme/shop/pull/7"
REPO = RepoRef("acme", "shop", 3)
HOSTILE = (
    "@everyone @channel @here <!here> <!channel|hi> <@U123> <#C1> <at>bob</at> <users/all> <@&42> "
    "[x](http://evil.example/y) [x](<http://evil.example/y>) ![i](https://evil.example/i.png) https://evil.example/ "
    "<http://evil.example|shop> www.evil.example evil.example mailto:a@evil.example *b* **b** _i_ ~s~ ||s|| # - 1. "
    "&lt;!here&gt; &#60;!here> :smile: `c <!channel> a` ` \\` <!here> \\ \u202e\u200b\x00\x1b[31m\r\n# head\n> q"
)

TLS = ChatFinding("tls-removed", "high", "f1", "`shop.example.com` is served without TLS.", "apps/shop.yaml:14")
MILD = ChatFinding("backend-changed", "low", "f2", "`/` goes to `shop/web:80`.", "apps/web.yaml:3")


def pull(**fields: Any) -> PullState:
    """Pull request 7 into main."""
    return a_pull(7, **{"title": "Shop: the API on its own port", **fields})


def verdict(*findings: ChatFinding, conclusion: str = "failure", more: int = 0) -> PullVerdict:
    """What was found of it."""
    return PullVerdict(REPO, pull(), ChatVerdict(conclusion, "2 routes change, 1 needs a decision", findings, more))


def hostile(text: str = HOSTILE) -> PullVerdict:
    """The same text as title, host and path."""
    finding = ChatFinding("tls-removed", "high", "f1", f"`{text.replace('`', chr(39))}` {text}"[:500], f"{text}.yaml:1")
    return PullVerdict(REPO, pull(title=text), ChatVerdict("failure", "1 finding needs a decision", (finding, MILD)))
