"""The README's sample of a review: the words of the demonstration itself."""

import tempfile
from pathlib import Path

from bot.catalogue import config_folder, reporter
from bot.checkout.create import create_repository
from bot.demo.sample import BASE, HEAD, sample
from bot.reporter import Context
from bot.review import Asked, review
from bot.settings import Settings
from bot.wiring import ports_for

OPENING = "<!-- the demo's own words; `make generate` writes them -->\n"
CLOSING = "<!-- end of the demo's words -->\n"
FINDINGS = 3  # shown; the rest would only make the page longer


def page(readme: str) -> str:
    """The README with the sample brought up to date."""
    before, _, rest = readme.partition(OPENING)
    _, _, after = rest.partition(CLOSING)
    return f"{before}{OPENING}```\n{said()}```\n{CLOSING}{after}"


def said() -> str:
    """The verdict line, the routes, and the worst findings, as a terminal of 110 columns shows them."""
    with tempfile.TemporaryDirectory() as folder:
        create_repository(Path(folder), sample(config_folder()))
        with ports_for(folder, Settings(), cached=False) as ports:
            verdict, sources = review(ports, Asked(BASE, HEAD))
    text = reporter("text").render(verdict, Context(sources=sources, width=110))
    blocks = text.split("\n\n")
    return "\n\n".join(blocks[: 2 + FINDINGS]) + "\n\n...\n"
