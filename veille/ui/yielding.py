"""Lines over and under a list share its room: where there is too little, the less urgent ones wait for their turn."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from veille.ui.strips import Strip


class Yielding(QObject):
    """Watches ``room``, in which ``strips`` stand, the most urgent first. One of them is always shown; others only
    while ``rest`` logical pixels, which change with ``beside``, are left for everything else."""

    def __init__(self, room: QWidget, strips: Sequence[Strip], beside: QWidget, rest: int) -> None:
        super().__init__(room)
        self._room, self._strips, self._beside, self._rest = room, strips, beside, rest
        room.installEventFilter(self)
        for strip in strips:
            strip.asked.connect(self.settle)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._room and event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self.settle()
        return False

    def settle(self) -> None:
        """Say which of them are shown now."""
        there = self._room.isVisible()  # before, nobody knows how much room there is
        left = self._room.height() - self._beside.sizeHint().height() - self._rest
        first = True
        for strip in self._strips:
            if strip.asks:
                need = strip.need(self._room.width())
                fits = first or not there or need <= left
                strip.hold(not fits)
                left -= need if fits else 0
                first = False
