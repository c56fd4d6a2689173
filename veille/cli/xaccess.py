"""The command about the way to X. It returns the exit status."""

from argparse import Namespace

from veille.cli.terminal import Terminal
from veille.core.services import Services
from veille.core.x.access import Kept
from veille.errors import NoKeyring, NoticeUnread, NotInSample
from veille.i18n import _


def x(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``x``: says how it stands, or turns X on or off. The token is never among what is typed: shells remember that."""
    if arguments.switch and services.sample:
        raise NotInSample
    if arguments.switch == "on" and not _turn_on(services, arguments.yes, terminal):
        return 1
    if arguments.switch == "off":
        services.x.turn_off()
    if terminal.json:
        terminal.object(_keys(services))
        return 0
    terminal.line(services.x.state.in_words)
    if not arguments.switch:
        _say_notice(services, terminal)
    if arguments.switch == "off" and services.x.given:
        terminal.note(_("The environment variable VEILLE_X_TOKEN still holds a token; it is not used any more."))
    return 0


def _turn_on(services: Services, agreed: bool, terminal: Terminal) -> bool:
    """The notice, a yes, then the token; False when the person would rather not."""
    if not agreed:
        _say_notice(services, terminal)
        if not terminal.confirm(_("Have you read it, and shall X be turned on? [y/N]")):
            terminal.error(f"{NoticeUnread()} " + _("With --yes you say that you have."))
            return False
    if services.x.given:
        services.x.turn_on()
        return True
    if services.x.place() is not Kept.KEYRING:  # in memory it would be gone with this command
        raise NoKeyring
    token = terminal.secret(_("Bearer token of X, to be kept {where}:").format(where=Kept.KEYRING.in_words))
    services.x.turn_on(token, where=Kept.KEYRING)
    return True


def _say_notice(services: Services, terminal: Terminal) -> None:
    """The notice, as the answer; beside it where that is an object."""
    for each in services.x.notice():
        if not terminal.json:
            terminal.line()
        terminal.say(each)


def _keys(services: Services) -> dict[str, object]:
    state = services.x.state
    return {
        "on": state.on, "kept": state.kept, "accepted": state.accepted, "problem": state.problem or None,
        "notice": services.x.notice(),
    }  # fmt: skip
