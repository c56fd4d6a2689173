"""Labels whose text is only ever text, whatever it holds; such text for a tooltip; and what keys are called."""

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

_LONG_WORD = re.compile(r"\S{30}(?=\S)")


class PlainLabel(QLabel):
    """A label whose text is only ever text."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)


class Elided(PlainLabel):
    """One line that ends in … where there is no room, or gives way to a shorter one; the whole is in its tooltip."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        self._whole, self._short = text, ""
        super().__init__(text, parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def say(self, text: str, short: str = "") -> None:
        """Show ``text``, or ``short`` where there is no room for it."""
        self._whole, self._short = text, short
        self.setAccessibleName(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        fitting = self._elided(self._whole)
        if fitting != self._whole and self._short:
            fitting = self._elided(self._short)
        self.setText(fitting)
        self.setToolTip(safe(self._whole) if fitting != self._whole else "")

    def _elided(self, text: str) -> str:
        return self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(0, self.width() - 2))


def safe(text: str) -> str:
    """``text`` for a tooltip, which would otherwise read markup: escaped, and wrapped by Qt."""
    from html import escape

    return f"<span>{escape(text)}</span>" if text else ""


def breakable(text: str) -> str:
    """``text`` for a label that wraps: a word that fills the line by itself, such as the name of a host, may be broken
    (U+200B), so that it pushes nothing out of sight."""
    return _LONG_WORD.sub(lambda found: found[0] + "\u200b", text)


def key_name(keys: str) -> str:
    """What ``keys`` ("Alt+Down") are called here: in the person's language, on a Mac by its signs."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def with_key(text: str, keys: str) -> str:
    """``text`` for a tooltip, with the ``keys`` that do the same."""
    return f"{text} ({key_name(keys)})" if keys else text
