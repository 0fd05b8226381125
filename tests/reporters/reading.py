"""How tests read a page and a summary: as a browser and a Markdown reader would, looking for what is not ours."""

import re
from html.parser import HTMLParser

from markdown_it import MarkdownIt

VOID = {"meta", "path", "rect", "circle"}
ALLOWED = {
    "html": {"lang"}, "head": set(), "body": set(), "title": {"id"}, "style": set(),
    "meta": {"charset", "http-equiv", "content", "name"}, "header": set(), "main": set(), "footer": set(),
    "section": {"aria-labelledby"}, "h1": set(), "h2": {"id"}, "h3": set(), "p": {"class"},
    "span": {"class", "aria-hidden"},
    "code": set(), "pre": set(), "mark": set(), "a": {"href", "rel"}, "article": {"class"}, "figure": {"class"},
    "figcaption": set(), "dl": set(), "dt": set(), "dd": set(), "details": {"open"}, "summary": set(),
    "div": {"class", "tabindex", "role", "aria-label"}, "table": {"role"}, "caption": set(), "thead": {"role"},
    "tbody": {"role"}, "tr": {"role", "class"}, "th": {"role", "scope", "class", "colspan"},
    "td": {"role", "class", "data-label"}, "svg": {"class", "viewbox", "role", "aria-label", "aria-labelledby"},
    "g": {"class", "fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin"}, "path": {"class", "d"},
    "circle": {"cx", "cy", "r"}, "rect": {"x", "y", "width", "height", "rx"}, "text": {"class", "x", "y"},
}  # fmt: skip


class Reader(HTMLParser):
    """Collects the elements, and checks that each is closed in its turn."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.stack, self.crossed, self.text = [], [], [], {}
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.stack += [tag] * (tag not in VOID)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        self.crossed += [] if self.stack and self.stack.pop() == tag else [tag]

    def handle_data(self, data):
        self.text.setdefault(self.stack[-1] if self.stack else "", []).append(data)

    @property
    def strange(self):
        return [(tag, attrs) for tag, attrs in self.elements if not attrs.keys() <= ALLOWED.get(tag, frozenset())] + [
            (tag, attrs) for tag, attrs in self.elements if tag not in ALLOWED
        ]


READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
ALIVE = re.compile(r"@|#\d|\bgh-\d|://|\bwww\.|<|\[|!\[|:tada:|\$|\*\*|~~", re.IGNORECASE)
OURS = re.compile(r"</?(?:details|summary|sub)>")


def tokens_of(report):
    """All tokens of a summary, inline ones too."""
    blocks = READER.parse(report)
    return [*blocks, *(child for block in blocks for child in block.children or ())]


def foreign_html(report):
    """The raw HTML of a summary without our own tags."""
    return OURS.sub("", "".join(token.content for token in tokens_of(report) if token.type.startswith("html_")))


def links(report):
    """The folders that the links of a summary lead to."""
    return {token.attrs["href"].rpartition("/")[0] for token in tokens_of(report) if token.type == "link_open"}


def alive(report):
    """What a summary says outside of code that GitHub would make more of than words."""
    tokens = tokens_of(report)
    marked = [token.type for token in tokens if token.type in {"image", "em_open", "s_open"}]
    return marked + ALIVE.findall(" ".join(token.content for token in tokens if token.type == "text"))
