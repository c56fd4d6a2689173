"""Items as Markdown: a heading each, what is to be known of it, the person's note and passages, and its text.

It reads as text in any editor, and as a document in Obsidian and by Pandoc. The file has one heading of the first
level and one of the second for each item; headings of the texts are below. The note is the person's words, not their
Markdown: what they typed is what one reads.
"""

from collections.abc import Iterable, Iterator

from veille.formats.writers.markdowntext import convert, line, lines, link, quoted
from veille.formats.writers.record import About, Record

_BREAK = "  \n"


def write(about: About, records: Iterable[Record]) -> Iterator[str]:
    """The file, an item at a time."""
    yield f"# {line(about.title)}\n\n{line(about.told)}\n"
    for record in records:
        yield "\n" + "\n\n".join(filter(None, _parts(about, record))) + "\n"


def _parts(about: About, record: Record) -> Iterator[str]:
    yield f"## {line(record.heading)}"
    yield _BREAK.join(filter(None, _head(about, record)))
    if record.mark.note:
        yield _named(about, about.note, lines(record.mark.note))
    if record.highlights:
        yield _named(about, about.highlights, "")
    for each in record.highlights:
        yield quoted(line(each.text))
    yield convert(record.body)
    yield convert(record.beside)


def _head(about: About, record: Record) -> Iterator[str]:
    yield " · ".join(map(line, filter(None, record.facts)))
    if record.item.url:
        yield link(record.item.url)
    details = [_named(about, name, line(value)) for name, value in record.details]
    if record.mark.tags:
        details.append(_named(about, about.tags, ", ".join(map(line, record.mark.tags))))
    yield " · ".join(details)


def _named(about: About, name: str, value: str) -> str:
    return about.labelled(f"**{line(name)}**", value).rstrip()
