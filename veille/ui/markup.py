"""The small pieces of which a page for the reader is made; whatever they are given is escaped."""

from html import escape

from veille.content.text import plain
from veille.core.telling import isolated
from veille.ui.pictures import SCHEME


def text(words: str) -> str:
    """``words`` from outside as text: no markup, one line, and no direction that reaches beyond it."""
    return escape(isolated(plain(words)))


def paragraph(html: str) -> str:
    """A line about the text, quieter than the text."""
    return f'<p class="about">{html}</p>'


def deed(name: str, words: str) -> str:
    """A link that asks the window for something."""
    return f'<a href="{SCHEME}:{name}">{escape(words)}</a>'


def beside(html: str, colour: str, ground: str = "", *, above: int = 0) -> str:
    """``html`` set in beside a bar of ``colour``, ``above`` pixels below what comes before."""
    tint = f' bgcolor="{ground}"' if ground else ""
    return (
        f'<table width="100%" cellspacing="0" cellpadding="0" style="margin-top:{above}px; margin-bottom:12px"><tr>'
        f'<td width="3" bgcolor="{colour}"></td>'
        f'<td{tint} style="padding-left:13px; padding-right:10px; padding-top:6px; padding-bottom:1px">{html}</td>'
        f"</tr></table>"
    )
