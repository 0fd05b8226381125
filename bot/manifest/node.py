"""The node tree of a document: what YAML says, with the place of every part.

Nodes are plain slotted classes, not frozen ones: the composer makes hundreds of thousands of them in a second and
closes a collection only when its end is known. Nobody changes a node after that. `start` and `end` are character
offsets into the text of the whole file; `end` is exclusive and never runs over trailing comments or blank lines.
"""

from bot.manifest.scalar import Value, is_null, key_text, resolve

MERGE = "<<"
_MERGE_TAG = "tag:yaml.org,2002:merge"


class Scalar:
    """A single value: `text` after YAML's quoting and folding, `style` one of `'`, `"`, `|`, `>` or None for plain."""

    __slots__ = ("end", "start", "style", "tag", "text")

    def __init__(self, text: str, start: int, end: int, style: str | None = None, tag: str | None = None) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.style = style
        self.tag = tag

    @property
    def value(self) -> Value:
        """The value as kubectl reads it.

        Raises:
            ScalarError: kubectl refuses the scalar.
        """
        return resolve(self.text, self.style, self.tag)

    @property
    def null(self) -> bool:
        """Whether the scalar says nothing."""
        return is_null(self.text, self.style, self.tag)

    @property
    def merges(self) -> bool:
        """Whether the scalar, as a key, pulls in another mapping."""
        return self.text == MERGE and ((not self.style and self.tag is None) or self.tag == _MERGE_TAG)


class Sequence:
    """A list of nodes."""

    __slots__ = ("end", "flow", "height", "items", "start", "tag")

    def __init__(self, start: int, *, flow: bool, tag: str | None) -> None:
        self.start = start
        self.end = start
        self.flow = flow
        self.tag = tag
        self.height = 1
        self.items: list[Node] = []


class Field:
    """One key of a mapping with its value; the key's text is what JSON would call it."""

    __slots__ = ("key", "name", "value")

    def __init__(self, name: str, key: Scalar, value: "Node") -> None:
        self.name = name
        self.key = key
        self.value = value

    @property
    def start(self) -> int:
        """Where the key starts."""
        return self.key.start

    @property
    def end(self) -> int:
        """Where the value ends, or the key where the value stands elsewhere (an alias)."""
        return max(self.value.end, self.key.end)


class Mapping:
    """Keys and values in the order of the text; `items` alternates between them."""

    __slots__ = ("_fields", "end", "flow", "height", "items", "start", "tag")

    def __init__(self, start: int, *, flow: bool, tag: str | None) -> None:
        self.start = start
        self.end = start
        self.flow = flow
        self.tag = tag
        self.height = 1
        self.items: list[Node] = []
        self._fields: dict[str, Field] | None = None

    def written(self) -> list[Field]:
        """The keys as they stand in the text, duplicates and merge keys included."""
        items = self.items
        return [
            Field(key.text if key.merges else key_text(key.text, key.style, key.tag), key, items[index + 1])
            for index in range(0, len(items), 2)
            if isinstance(key := items[index], Scalar)
        ]

    def fields(self) -> dict[str, Field]:
        """The keys as kubectl sees them: of equal ones the last, and a merge key overrides what stands before it."""
        if self._fields is None:
            fields: dict[str, Field] = {}
            for field in self.written():
                if field.key.merges:
                    for source in reversed(merged(field.value)):
                        fields.update(source.fields())
                else:
                    fields[field.name] = field
            self._fields = fields
        return self._fields

    def get(self, name: str) -> "Node | None":
        """The value of a key."""
        field = self.fields().get(name)
        return field.value if field else None

    def duplicates(self) -> list[tuple[Field, Field]]:
        """Pairs of a key and a later one of the same name in this mapping."""
        seen: dict[str, Field] = {}
        pairs: list[tuple[Field, Field]] = []
        for field in self.written():
            if field.key.merges:
                continue
            if field.name in seen:
                pairs.append((seen[field.name], field))
            seen[field.name] = field
        return pairs


Node = Scalar | Sequence | Mapping


def merged(value: Node) -> list[Mapping]:
    """The mappings that a merge key pulls in, the one that wins first."""
    if isinstance(value, Mapping):
        return [value]
    if isinstance(value, Sequence):
        return [item for item in value.items if isinstance(item, Mapping)]
    return []


def to_python(node: Node) -> object:
    """The value of a node as JSON would hold it: string keys, scalars as kubectl reads them.

    Raises:
        ScalarError: kubectl refuses a scalar in it.
    """
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [to_python(item) for item in node.items]
    return {name: to_python(field.value) for name, field in node.fields().items()}
