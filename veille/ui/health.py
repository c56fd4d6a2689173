"""What is wrong with the source that is looked at, and what can be done: it fails, moved, or gives nothing."""

from collections.abc import Callable
from functools import partial
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
from veille.ui.strips import Choice, Strip
from veille.ui.tasks import Tasks

if TYPE_CHECKING:
    from veille.core.curating.findings import Cure, Finding
    from veille.core.services import Services
    from veille.ui.curating import Curating

MOST, FEW = 4, 2  # buttons, and where the window is low; the desk has them all
LOW = 480  # logical pixels of height of the window


class Health(Strip):
    """Shown over the list while one source is looked at."""

    def __init__(self, services: "Services", tasks: Tasks, curating: "Curating", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services, self._tasks, self._curating = services, tasks, curating
        self._sector: str | None = None

    def show_source(self, outline: Outline, source: int | None, sector: str | None = None) -> None:
        """Say what there is to say of ``source`` (None: no source is looked at), which was chosen in ``sector``."""
        self._tasks.forget("health")
        self._sector = sector
        one = outline.sources.get(source or 0)
        if one is None:
            self.dismiss()
            return
        state = outline.states.get(one.id) or SourceState(one.id)
        self._tasks.query("health", lambda: self._services.health.of(one.id), partial(self._say, one, state))

    def _say(self, source: Source, state: SourceState, findings: "tuple[Finding, ...]") -> None:
        """The worst of what is wrong; a failure that may still pass, where nothing is."""
        reason = describe(state.error)
        if findings:
            worst = findings[0]
            choices = self._choices_of(source, state, worst)
            text = _("{problem} {advice}").format(problem=worst.text, advice=worst.advice)
            self.tell(text, *choices, sign="warning", warn=True)
        elif reason:
            choices = (*self._leads(code(state.error)), *self._allow(source, state), self._again(source))
            self.tell(reason, *choices, sign="warning", warn=True)
        else:
            self.dismiss()

    def _choices_of(self, source: Source, state: SourceState, finding: "Finding") -> tuple[Choice, ...]:
        """What can be done about ``finding``, the likeliest first; to say nothing of it stays among them."""
        from veille.core.curating.findings import Cure, name

        cures, most = list(finding.cures), MOST if self.window().height() >= LOW else FEW
        if len(cures) > most and Cure.LEAVE in cures:
            cures = [*[each for each in cures if each is not Cure.LEAVE][: most - 1], Cure.LEAVE]
        done = ((name(each), partial(self._cure, source, finding, each)) for each in cures[:most])
        return (*self._allow(source, state), *done)

    def _cure(self, source: Source, finding: "Finding", cure: "Cure") -> None:
        from veille.core.curating.findings import Cure, where_to_look

        if cure is Cure.RETRY:
            self._curating.refresh((source.id,))
        elif cure is Cure.FIND:
            self._curating.add_address(self._sector, where_to_look(source))
        else:
            self._tasks.change(lambda: self._services.health.cure(finding, cure))

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

    def _again(self, source: Source) -> Choice:
        return _("Try again"), lambda: self._curating.refresh((source.id,))

    def _allow(self, source: Source, state: SourceState) -> list[Choice]:
        """To allow what it asks for, where that is all that it takes."""
        allow: dict[str, tuple[bool, Callable[[], None]]] = {
            PrivateAddress.code: (source.allow_private, lambda: self._curating.allow_private(source.id)),
            PersonalRedirect.code: (
                Deed.PERSONAL in source.allowed, lambda: self._curating.allow(source.id, Deed.PERSONAL)
            ),
        }  # fmt: skip
        already, deed = allow.get(code(state.error), (True, None))
        return [] if already or deed is None else [(_("Allow"), deed)]
