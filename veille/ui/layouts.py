"""Rows, columns and scrolling pages: short words for laying widgets out."""

from typing import TypeVar

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

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


class _Fitting(QObject):
    """Keeps a widget as high as its layout needs at its width."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize) and isinstance(watched, QWidget):
            layout = watched.layout()
            high = layout.totalHeightForWidth(watched.width()) if layout and layout.hasHeightForWidth() else 0
            watched.setMinimumHeight(max(0, high))
        return False


def fitting(widget: W) -> W:
    """``widget``, never too low for its lines that wrap, even when more of them show: Qt would squeeze the others."""
    widget.installEventFilter(_Fitting(widget))
    return widget


def scrolling(layout: QLayout) -> QScrollArea:
    """``layout`` on a page of which a small screen shows a part."""
    page, area = fitting(QWidget()), QScrollArea()
    layout.setContentsMargins(0, 0, 12, 0)
    page.setLayout(layout)
    area.setWidget(page)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    return area
