"""Sanitised HTML, and plain text, as Markdown.

CommonMark with tables and ~~ of GitHub. What other readers of Markdown would take for something of theirs is escaped,
too: mathematics, tags, comments and highlights of Obsidian, the lists and attributes of Pandoc. Pictures never become
pictures of the file, since a reader would load them.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence

from veille.content.text import printable
from veille.formats.writers.htmltree import Element, Node, tree

_SPACES = re.compile("[ \t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]+")  # not the no-break spaces
_SPECIAL = re.compile(r"[\\`*\[\]<~^$|{#_&=%]")
_DOUBLED = frozenset("=%")  # these are marks in pairs alone
_START = re.compile(
    r"[=>:]|[-+](?=[-+\s]|\Z)"  # what text cannot begin a line with
    r"|(?P<number>\(?(?:\d{1,9}|[ivxlcdm]{2,8}|[IVXLCDM]{2,8}|[a-z]|[A-Z](?=\))|@\w*))(?P<stop>[.)](?=\s|\Z))"
)
_UNSAFE = re.compile(r"[\x00-\x20()<>\\\x7f-\x9f]|\s")  # in the address of a link
_ENDS = re.compile(r"\n\s*\n")
_REFERENCE = re.compile(r"&(?=#?\w{1,40};)")
_MARKS = {
    "b": ("**", "strong"), "strong": ("**", "strong"), "i": ("*", "em"), "em": ("*", "em"), "cite": ("*", "em"),
    "dfn": ("*", "em"), "var": ("*", "em"), "del": ("~~", "del"), "s": ("~~", "del"), "strike": ("~~", "del"),
}  # fmt: skip
_CODE = frozenset({"code", "kbd", "samp", "tt"})
_RAISED = frozenset({"sub", "sup"})
_LEVELS = {"h1": 3, "h2": 3, "h3": 4, "h4": 5, "h5": 6, "h6": 6}  # below the headings of the items
_LISTS = frozenset({"ul", "ol"})
_ROWS = frozenset({"thead", "tbody", "tfoot"})
_TABLES = ("table", "ul", "ol", "pre", "blockquote", "dl")  # what has no room in a cell
_BAR = re.compile(r"(?<!\\)\|")  # of code: that of text is escaped already
_NUMBER = 999_999_999  # the largest that begins a list


def convert(html: str) -> str:
    """``html`` as blocks with empty lines between them; "" for nothing. Headings begin at the third level."""
    return "\n\n".join(_blocks(tree(printable(html)).children))


def line(text: str) -> str:
    """Plain ``text`` on one line, meaning itself wherever it stands in a paragraph or heading."""
    return _started(_escaped(_SPACES.sub(" ", printable(text)).strip()))


def lines(text: str) -> str:
    """Plain ``text`` whose line ends stay, and whose empty lines part paragraphs."""
    parts = _ENDS.split(printable(text).replace("\r\n", "\n").replace("\r", "\n"))
    kept = (list(filter(None, map(line, part.split("\n")))) for part in parts)
    return "\n\n".join("  \n".join(each) for each in kept if each)


def quoted(text: str) -> str:
    """Markdown as a quotation."""
    return "\n".join(f"> {each}" if each else ">" for each in text.split("\n"))


def link(address: str, text: str = "") -> str:
    """A link; ``text`` is Markdown, "" shows the address."""
    safe = _UNSAFE.sub(_percent, address)
    if not text or text in (_escaped(address), address):
        scheme = re.match("(?:https?|mailto):", safe)
        return f"<{safe}>" if scheme else line(address)
    return f"[{text}]({_REFERENCE.sub('&amp;', safe)})"


def _percent(unsafe: re.Match[str]) -> str:
    return "".join(f"%{each:02X}" for each in unsafe[0].encode("utf-8", "replace"))


# Text --------------------------------------------------------------------------------------------


def _escaped(text: str) -> str:
    return _SPECIAL.sub(_escape, text)


def _escape(special: re.Match[str]) -> str:
    mark, text, at = special[0], special.string, special.start()
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if (
        (mark == "_" and before.isalnum() and after.isalnum())  # within a word it is no mark
        or (mark in _DOUBLED and mark not in (before, after))
        or (mark == "&" and not _REFERENCE.match(text, at))
    ):
        return mark
    return "\\" + mark


def _started(text: str) -> str:
    """A line that begins with no mark of a block."""
    found = _START.match(text)
    if not found:
        return text
    at = found.start("stop") if found["stop"] else 0
    return f"{text[:at]}\\{text[at:]}"


def _paragraphs(text: str) -> Iterator[str]:
    """``text`` in which line ends are breaks; two of them part paragraphs."""
    for part in _ENDS.split(text):
        if kept := [_started(each.strip(" ")) for each in part.split("\n") if each.strip()]:
            yield "  \n".join(kept)


# Within a paragraph ------------------------------------------------------------------------------


def _inline(nodes: Sequence[Node]) -> str:
    """Spaces folded to one, breaks as line ends."""
    pieces = [piece for node in nodes for piece in _pieces(node)]
    written: list[str] = []
    before = ""
    for at, (name, text) in enumerate(pieces):
        if name in _MARKS:
            after = next((one[:1] for _name, one in pieces[at + 1 :] if one), "")
            text = _marked(*_MARKS[name], text, before, after)
        elif name == "code":
            text = _code(text, before)
        if text.startswith("[") and before == "!":  # it would become a picture
            written[-1] = written[-1][:-1] + "\\!"
        if text:
            written.append(text)
            before = text[-1]
    return re.sub(" *\n *", "\n", re.sub("  +", " ", "".join(written)))


def _pieces(node: Node) -> Iterator[tuple[str, str]]:
    """Text, and the names of the marks that it is to have ("" for none)."""
    if isinstance(node, str):
        yield "", _escaped(_SPACES.sub(" ", node))
    elif node.name == "br":
        yield "", "\n"
    elif node.name in _CODE:
        yield "code", _SPACES.sub(" ", _raw(node)).strip()
    elif node.name == "a":
        yield from _spaced(_inline(node.children), lambda text: _linked(node, text))
    elif node.name in _RAISED:
        yield from _spaced(_inline(node.children), lambda text: f"<{node.name}>{text}</{node.name}>" if text else "")
    elif node.name == "q":
        yield "", f"“{_inline(node.children)}”"
    elif node.name in _MARKS:
        yield from _spaced(_inline(node.children), lambda text: text, node.name)
    elif node.block:
        yield "", f"\n{_inline(node.children)}\n"
    else:
        for each in node.children:
            yield from _pieces(each)


def _spaced(inner: str, made: Callable[[str], str], name: str = "") -> Iterator[tuple[str, str]]:
    """What is ``made`` of the text within, in one paragraph; the spaces at its ends stand outside."""
    text = _ENDS.sub("\n", inner.strip(" \n"))
    yield "", " " if inner[:1] in (" ", "\n") else ""
    yield name, made(text)
    yield "", " " if text and inner[-1:] in (" ", "\n") else ""


def _linked(node: Element, text: str) -> str:
    address = node.attributes.get("href", "")
    return link(address, text) if address and not _holds(node, "a") else text  # a link within a link is none


def _marked(mark: str, tag: str, text: str, before: str, after: str) -> str:
    """``text`` with its marks, or with tags where the marks would not be read as such (CommonMark 0.31, 6.2)."""
    if not text:
        return ""
    opens = text[0].isalnum() or _parts(before)
    closes = text[-1].isalnum() or _parts(after)
    if opens and closes and mark[0] not in (text[0], text[-1], before, after):
        return f"{mark}{text}{mark}"
    return f"<{tag}>{text}</{tag}>"


def _parts(letter: str) -> bool:
    """Whether it is certainly a space or punctuation, or nothing."""
    return not letter or letter.isspace() or unicodedata.category(letter).startswith("P")


def _code(text: str, before: str) -> str:
    """Between more backticks than stand in it; between tags where those would join others."""
    if not text or before == "`":
        return f"<code>{_escaped(text)}</code>" if text else ""
    fence = "`" * (_longest(text) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"


def _longest(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def _raw(node: Node) -> str:
    if isinstance(node, str):
        return node
    return "\n" if node.name == "br" else "".join(map(_raw, node.children))


# Blocks ------------------------------------------------------------------------------------------


def _blocks(nodes: Iterable[Node]) -> list[str]:
    found: list[str] = []
    run: list[Node] = []
    for node in nodes:
        if isinstance(node, str) or not node.block:
            run.append(node)
            continue
        found += _paragraphs(_inline(run))
        run = []
        found += _block(node)
    found += _paragraphs(_inline(run))
    return found


def _block(node: Element) -> Iterable[str]:
    if node.name in _LEVELS:
        text = re.sub(r"\s*\n\s*", " ", _inline(node.children).strip(" \n"))
        return [f"{'#' * _LEVELS[node.name]} {text}"] if text else []
    if node.name in _LISTS:
        return _list(node)
    if node.name == "blockquote":
        return [quoted("\n\n".join(inner))] if (inner := _blocks(node.children)) else []
    if node.name == "pre":
        return _preformatted(node)
    if node.name == "table":
        return _table(node)
    if node.name == "hr":
        return ["***"]  # dashes would underline a heading, or go on with a list
    if node.name == "a":
        return _paragraphs(_inline([node]))
    if node.name in ("dt", "summary") and not any(each.block for each in node.elements):
        return _paragraphs(_inline([Element("strong", children=node.children)]))
    return _blocks(node.children)


def _preformatted(node: Element) -> list[str]:
    text = _raw(node).strip("\n").expandtabs(4)
    fence = "`" * max(3, _longest(text) + 1)
    return [f"{fence}\n{text}\n{fence}"] if text.strip() else []


def _list(node: Element) -> list[str]:
    items = [each for inner in _items(node) if (each := _blocks(inner))]
    start = node.attributes.get("start", "1")
    first = int(start) if start.isascii() and start.isdigit() and len(start) < 10 else 1
    tight = all(_simple(each) for each in items)
    written = []
    for at, blocks in enumerate(items):
        mark = f"{min(first + at, _NUMBER)}. " if node.name == "ol" else "- "
        written.append(mark + _indented(("\n" if tight else "\n\n").join(blocks), len(mark)))
    return [("\n" if tight else "\n\n").join(written)] if written else []


def _items(node: Element) -> Iterator[Sequence[Node]]:
    """What each item holds; what stands in the list itself is an item, too."""
    run: list[Node] = []
    for each in node.children:
        if isinstance(each, Element) and each.name == "li":
            yield run
            yield each.children
            run = []
        else:
            run.append(each)
    yield run


def _simple(blocks: list[str]) -> bool:
    """Whether they need no empty line between them: one block, or a line with a list below."""
    return len(blocks) == 1 or (len(blocks) == 2 and bool(re.match(r"-\s|\d{1,9}\. ", blocks[1])))


def _indented(text: str, spaces: int) -> str:
    return re.sub(r"\n(?!\n|\Z)", "\n" + " " * spaces, text)


# Tables ------------------------------------------------------------------------------------------


def _table(node: Element) -> list[str]:
    """A table where it is one; what only lays out becomes the blocks that it holds."""
    rows = list(_rows(node))
    width = max((sum(map(_span, row)) for row in rows), default=0)
    captions = [block for each in node.elements if each.name == "caption" for block in _blocks(each.children)]
    if width < 2 or any(_holds(cell, *_TABLES) for row in rows for cell in row):
        return [*captions, *(block for row in rows for cell in row for block in _blocks(cell.children))]
    head = rows.pop(0) if all(cell.name == "th" for cell in rows[0]) else []
    lines = [_row(head, width), "|" + " --- |" * width, *(_row(row, width) for row in rows)]
    return [*captions, "\n".join(lines)]


def _rows(node: Element) -> Iterator[list[Element]]:
    for each in node.elements:
        if each.name in _ROWS:
            yield from _rows(each)
        elif each.name == "tr":
            yield [cell for cell in each.elements if cell.name in ("td", "th")]


def _holds(node: Element, *names: str) -> bool:
    return any(each.name in names or _holds(each, *names) for each in node.elements)


def _row(cells: list[Element], width: int) -> str:
    texts: list[str] = []
    for cell in cells:
        text = re.sub(r"\s*\n\s*", "<br>", _inline(cell.children).strip(" \n"))
        texts += [_BAR.sub(r"\|", text), *[""] * (_span(cell) - 1)]
    texts = [*texts, *[""] * width][:width]
    return "|" + "".join(f" {each} |" if each else "  |" for each in texts)


def _span(cell: Element) -> int:
    value = cell.attributes.get("colspan", "1")
    return int(value) if value.isascii() and value.isdigit() and 0 < len(value) < 3 else 1
