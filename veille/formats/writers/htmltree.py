"""Sanitised HTML as a tree. Whatever stands in it, a tree comes of it; what is no tag is text."""

import html as entities
import re
from dataclasses import dataclass, field

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:\s+[a-z]+=\"[^\"]*\")*)\s*/?>")
_ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
_VOID = frozenset({"br", "hr", "wbr"})
_DEEPEST = 120  # open elements; further ones add nothing but their content
_BLOCKS = """address article aside blockquote caption center dd details div dl dt figcaption figure footer h1 h2 h3 h4
    h5 h6 header hr li main ol p pre section summary table tbody td tfoot th thead tr ul"""
BLOCKS = frozenset(_BLOCKS.split())


@dataclass(slots=True)
class Element:
    """``block``: it is a block, or holds one."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[Element | str]" = field(default_factory=list)
    block: bool = False

    @property
    def elements(self) -> "list[Element]":
        """The children that are no text."""
        return [each for each in self.children if isinstance(each, Element)]


Node = Element | str


def tree(html: str) -> Element:
    """The root of ``html``, an element without a name."""
    opened = [Element("", block=True)]
    place = 0
    for tag in _TAG.finditer(html):
        if tag.start() > place:
            opened[-1].children.append(entities.unescape(html[place : tag.start()]))
        place = tag.end()
        if tag[1]:
            _close(opened, tag[2])
        elif len(opened) < _DEEPEST:
            _open(opened, tag[2], tag[3])
    if place < len(html):
        opened[-1].children.append(entities.unescape(html[place:]))
    while len(opened) > 1:
        _close(opened, opened[-1].name)
    return opened[0]


def _open(opened: list[Element], name: str, attributes: str) -> None:
    given = {key: entities.unescape(value) for key, value in _ATTRIBUTE.findall(attributes)} if attributes else {}
    element = Element(name, given, block=name in BLOCKS)
    opened[-1].children.append(element)
    if name not in _VOID:
        opened.append(element)
    elif element.block:
        opened[-1].block = True


def _close(opened: list[Element], name: str) -> None:
    """Close the innermost element of that name, with what is open in it; a tag that closes nothing is passed over."""
    if any(each.name == name for each in opened[1:]):
        while True:
            closed = opened.pop()
            opened[-1].block |= closed.block
            if closed.name == name:
                return
