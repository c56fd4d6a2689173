"""What is wrong with the source that is looked at, and what can be done: it fails, or it has moved."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from veille.errors import (
    BudgetKept,
    BudgetSpent,
    KeyringFailed,
    NoCredit,
    NoToken,
    PersonalRedirect,
    PrivateAddress,
    TokenRefused,
    code,
    describe,
)
from veille.i18n import _
from veille.model import Deed, Outline, Source, SourceState
from veille.ui.links import host
from veille.ui.strips import Choice, Strip
from veille.ui.tasks import Tasks

if TYPE_CHECKING:
    from veille.core.services import Services
    from veille.ui.curating import Curating


class Health(Strip):
    """Shown over the list while one source is looked at."""

    def __init__(self, services: "Services", tasks: Tasks, curating: "Curating", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services, self._tasks, self._curating = services, tasks, curating

    def show_source(self, outline: Outline, source: int | None) -> None:
        """Say what there is to say of ``source`` (None: no source is looked at)."""
        self._tasks.forget("move")
        one, state = outline.sources.get(source or 0), outline.states.get(source or 0)
        if one is None or state is None:
            self.dismiss()
        elif state.moved:
            curation = self._services.curation
            self._tasks.query("move", lambda: curation.move_in_question(one.id), self._answer(one, state))
        else:
            self._explain(one, state)

    def _answer(self, source: Source, state: SourceState) -> Callable[[str], None]:
        """A move that waits for the person's word comes before what fails."""
        return lambda there: self._ask(source, there) if there else self._explain(source, state)

    def _explain(self, source: Source, state: SourceState) -> None:
        """Why it fails, if it does."""
        if reason := describe(state.error):
            choices = (*self._leads(code(state.error)), *_remedies(source, state, self._curating))
            self.tell(reason, *choices, sign="warning", warn=True)
        else:
            self.dismiss()

    def _leads(self, failure: str) -> list[Choice]:
        """The way to where it is put right: the page about X, or its budget."""
        if failure in (NoToken.code, TokenRefused.code, NoCredit.code, KeyringFailed.code):
            return [(_("About X…"), self._open_x)]
        if failure in (BudgetSpent.code, BudgetKept.code):
            return [(_("See the budget"), self._open_spending)]
        return []

    def _open_x(self) -> None:
        from veille.ui.dialogs.x import open_x

        open_x(self.window(), self._services, self._tasks)

    def _open_spending(self) -> None:
        from veille.ui.spending import open_spending

        open_spending(self.window(), self._services, self._tasks)

    def _ask(self, source: Source, there: str) -> None:
        """Keep its address, or take the one to which it moved?"""
        text = _("“{title}” moved to an address at {host} that looks made for you alone: it would know you by it.")
        self.tell(
            text.format(title=source.label, host=host(there)),
            (_("Stay with the old one"), lambda: self._curating.follow_move(source.id, follow=False)),
            (_("Keep the new address"), lambda: self._curating.follow_move(source.id)),
            sign="warning",
            warn=True,
        )


def _remedies(source: Source, state: SourceState, curating: "Curating") -> list[Choice]:
    choices: list[Choice] = [(_("Try again"), lambda: curating.refresh((source.id,)))]
    allow: dict[str, tuple[bool, Callable[[], None]]] = {
        PrivateAddress.code: (source.allow_private, lambda: curating.allow_private(source.id)),
        PersonalRedirect.code: (Deed.PERSONAL in source.allowed, lambda: curating.allow(source.id, Deed.PERSONAL)),
    }
    already, deed = allow.get(code(state.error), (True, None))
    if not already and deed is not None:
        choices.insert(0, (_("Allow"), deed))
    return choices
