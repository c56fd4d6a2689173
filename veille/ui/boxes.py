"""Short words for laying out."""

from typing import TypeVar

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

W = TypeVar("W", bound=QWidget)
Margins = tuple[int, int, int, int]


def across(parent: QWidget | None = None, *, spacing: int = 0, margins: Margins = (0, 0, 0, 0)) -> QHBoxLayout:
    """A row; ``margins`` are left, top, right, bottom."""
    layout = QHBoxLayout(parent) if parent is not None else QHBoxLayout()
    layout.setSpacing(spacing)
    layout.setContentsMargins(*margins)
    return layout


def down(parent: QWidget | None = None, *, spacing: int = 0, margins: Margins = (0, 0, 0, 0)) -> QVBoxLayout:
    """A column; ``margins`` are left, top, right, bottom."""
    layout = QVBoxLayout(parent) if parent is not None else QVBoxLayout()
    layout.setSpacing(spacing)
    layout.setContentsMargins(*margins)
    return layout


def named(widget: W, name: str) -> W:
    """``widget`` under the ``name`` by which the style sheet knows it."""
    widget.setObjectName(name)
    return widget
