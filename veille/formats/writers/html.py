"""Items as one web page that is complete in itself.

It runs nothing and loads nothing: there is no script, no picture and no font, a policy forbids them besides, and links
tell the other side no page that they were on. It is light or dark as the system is, and prints well.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from html import escape

from veille.content.addresses import resolve
from veille.content.text import plain, printable
from veille.formats.writers.record import About, Heading, Record

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1f; --paper: #fff; --soft: #5c5f66; --line: #d5d7dc; --link: #0b57d0;
  --mark: #fff3bf; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e4e7; --paper: #17181b; --soft: #a2a5ad; --line: #3a3d44;
  --link: #8ab4f8; --mark: #4d431a; } }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 44rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.6 Georgia, "Noto Serif", serif; overflow-wrap: break-word; }
h1, h2, h3, h4, h5, h6, nav, header p, .facts, .details { font-family: system-ui, "Noto Sans", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; }
h2 { font-size: 1.35rem; line-height: 1.3; margin: 0 0 .3rem; }
h3, h4, h5, h6 { font-size: 1.05rem; margin: 1.4em 0 .4em; }
a { color: var(--link); }
h2 a { color: inherit; text-decoration-color: var(--line); }
header p, .facts, .details { color: var(--soft); font-size: .9rem; margin: .2rem 0; }
nav { border: solid var(--line); border-width: 1px 0; padding: .8rem 0; margin: 1.5rem 0; font-size: .95rem; }
nav summary { font-weight: 600; cursor: pointer; }
nav li { margin: .15rem 0; }
article { border-top: 1px solid var(--line); margin-top: 2.5rem; padding-top: 2rem; }
article:first-child { border: 0; margin: 0; padding-top: 0; }
blockquote { margin: 1em 0; padding-inline-start: 1em; border-inline-start: 3px solid var(--line); }
.own { margin: 1em 0; padding: .6em 1em; background: var(--mark); border-radius: 6px; }
.own .label { font: 600 .8rem system-ui, "Noto Sans", sans-serif; margin: 0 0 .3em; }
.own blockquote { margin: .5em 0; border-color: currentcolor; }
.note { white-space: pre-wrap; }
.text p, .text li, .text blockquote, .note, .own blockquote { unicode-bidi: plaintext; }
pre { overflow-x: auto; padding: .8em; border: 1px solid var(--line); border-radius: 6px; line-height: 1.4; }
code, pre, kbd, samp, tt { font-family: ui-monospace, "Noto Sans Mono", monospace; font-size: .92em; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border: 1px solid var(--line); padding: .3em .6em; text-align: start; vertical-align: top; }
@media print {
  :root { --ink: #000; --paper: #fff; --soft: #444; --line: #bbb; --link: #000; --mark: #f4f4f4; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  nav { break-after: page; }
  h2 a::after { content: " " attr(href); font: .6em system-ui, sans-serif; overflow-wrap: anywhere; }
  h2, h3, h4, h5, h6 { break-after: avoid; }
  blockquote, pre, table, .own { break-inside: avoid; }
}
"""
_POLICY = "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}\Z")
_HEADING = re.compile(r"<(/?)h([1-6])>")


def write(about: About, records: Iterable[Record]) -> Iterator[str]:
    """The page, an item at a time."""
    yield _top(about)
    for each in about.headings():
        yield _entry(each)
    yield "</ol>\n</details></nav>\n<main>\n"
    for record in records:
        yield "".join(_article(about, record))
    yield "</main>\n</body>\n</html>\n"


def _top(about: About) -> str:
    policy = _POLICY.format(hash=b64encode(sha256(_STYLE.encode()).digest()).decode())
    title = _text(about.title)
    return (
        f'<!DOCTYPE html>\n<html{_lang(about.language)}>\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<header><h1>{title}</h1>\n<p>{_text(about.told)}</p></header>\n"
        f"<nav><details open><summary>{_text(about.contents)}</summary>\n<ol>\n"
    )


def _entry(one: Heading) -> str:
    return f'<li><a href="#i{one.item}"{_lang(one.lang)} dir="auto">{_text(one.text)}</a></li>\n'


def _article(about: About, record: Record) -> Iterator[str]:
    item = record.item
    yield f'<article id="i{item.id}"{_lang(item.lang)}>\n<h2 dir="auto">{_link(item.url, record.heading)}</h2>\n'
    facts = " · ".join(f"<bdi>{_text(each)}</bdi>" for each in record.facts if each)
    yield f'<p class="facts">{facts}</p>\n'
    details = [*record.details, *([(about.tags, ", ".join(record.mark.tags))] if record.mark.tags else [])]
    if details:
        told = " · ".join(about.labelled(_text(name), f"<bdi>{_text(value)}</bdi>") for name, value in details)
        yield f'<p class="details"{_lang(about.language)}>{told}</p>\n'
    if record.mark.note:
        yield _own(about, about.note, f'<div class="note">{escape(printable(record.mark.note))}</div>')
    if record.highlights:
        passages = "\n".join(f"<blockquote>{_text(each.text)}</blockquote>" for each in record.highlights)
        yield _own(about, about.highlights, passages)
    yield f'<div class="text">\n{_below(record.body)}\n{_below(record.beside)}\n</div>\n</article>\n'


def _own(about: About, label: str, html: str) -> str:
    """What the person added."""
    return f'<div class="own"><p class="label"{_lang(about.language)}>{_text(label)}</p>\n{html}</div>\n'


def _below(html: str) -> str:
    """Sanitised HTML whose headings are below those of the items."""
    return _HEADING.sub(lambda tag: f"<{tag[1]}h{min(6, int(tag[2]) + 2)}>", printable(html))


def _link(address: str, text: str) -> str:
    """Anything but a web address is left out: it might run."""
    safe = resolve(address)
    return f'<a href="{escape(safe)}" rel="noreferrer noopener">{_text(text)}</a>' if safe else _text(text)


def _lang(code: str) -> str:
    return f' lang="{code}"' if _LANGUAGE.match(code) else ""


def _text(text: str) -> str:
    return escape(plain(text))
