"""The commands about sector packs: receiving them, and publishing them. Each returns the exit status."""

import shlex
from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from veille.cli.terminal import Terminal
from veille.content.text import fold
from veille.core.naming import one_sector
from veille.core.services import Services
from veille.errors import NotFound
from veille.i18n import _, labelled, ngettext, number

if TYPE_CHECKING:
    from veille.core.packs.comparing import Change
    from veille.core.packs.merging import Conflict
    from veille.core.packs.offers import Look, Offer
    from veille.core.packs.publishing import Draft
    from veille.store.packs import PackRow


def packs(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``packs``: fails when a place cannot be read."""
    look = _look(services, terminal) if arguments.look else None
    rows = {each.key: each for each in (*services.offers.all(), *services.publishing.all())}
    offers = {each.pack.key: each for each in look.offers} if look else {}
    problems = dict(look.problems) if look else {}
    for key in sorted(rows | offers):
        row, offer = rows.get(key), offers.get(key)
        if terminal.json:
            terminal.object(_pack_keys(services, key, row, offer, problems.pop(key, "")))
        else:
            _tell_pack(services, key, row, offer, terminal)
    if not (rows or offers or terminal.json):
        terminal.line(_("No pack yet: “veille follow PLACE” receives one, “veille publish SECTOR PLACE” makes one."))
    for folder in services.offers.folders():
        terminal.note(_("New packs in {folder} are offered, too.").format(folder=folder))
    for text in problems.values():
        terminal.error(text)
    return 1 if look and look.problems else 0


def follow(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``follow``: what is there now is offered."""
    offers = services.offers.follow(Path(arguments.place))
    for offer in offers:
        _tell_offer(offer, terminal, changes=False)
    if not (offers or terminal.json):
        terminal.line(_("It is followed. There is nothing new in it."))
    return 0


def review(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``review``: shows what is offered, or does what was typed with it."""
    offers = _offers(services, arguments.pack, terminal)
    if not offers:
        terminal.say(_("No new edition is offered."))
        return 0
    if arguments.only and len(offers) != 1:
        terminal.error(_("Several packs are offered: say which one the numbers are of."))
        return 1
    from veille.core.packs.offered import Author

    if arguments.edition and any(each.pack.version != arguments.edition for each in offers):
        versions = ", ".join(str(each.pack.version) for each in offers)
        terminal.error(_("Another edition is offered now ({version}): look at it first.").format(version=versions))
        return 1
    for offer in offers:
        chosen = _chosen(offer.changes, arguments.only)
        if arguments.accept:
            marks = None if arguments.only is None else {each.mark for each in chosen}
            changes = services.offers.accept(offer, marks, insist=arguments.insist)
            if offer.suspicious or offer.author is Author.FIRST:  # from now on that key is expected
                terminal.note(offer.author_text)
            terminal.say(changes.text)
        elif arguments.decline:
            terminal.say(services.offers.decline(replace(offer, changes=tuple(chosen))).text)
        else:
            _tell_offer(offer, terminal)
            if not terminal.json:
                text = _("“veille review {name} --accept” takes it over; with “--only 1,2” these changes alone.")
                terminal.line(text.format(name=shlex.quote(arguments.pack or offer.pack.key)), 4)
    return 0


def unfollow(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``unfollow``."""
    from veille.core.packs.places import absolute

    if absolute(Path(arguments.pack)) in services.offers.folders():
        terminal.say(services.offers.leave(arguments.pack).text)
        return 0
    terminal.say(services.offers.leave(_received(services, arguments.pack).key).text)
    return 0


def trust(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``trust``."""
    row = _received(services, arguments.pack)
    terminal.say(services.offers.set_automatic(row.key, arguments.switch == "on").text)
    return 0


def publish(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``publish``: fails while it is not said whose is taken where both changed the same."""
    from veille.core.packs.merging import Side

    sector = one_sector(services.curation.outline(), arguments.sector).key
    place = Path(arguments.place) if arguments.place else None
    publishing = services.publishing
    if arguments.stop:
        terminal.say(publishing.stop(sector).text)
        return 0
    if arguments.to_file:
        return _send(services, sector, arguments, terminal)
    draft = publishing.draft(sector, place, sign=arguments.sign)
    asked, choices = draft.conflicts, dict[str, Side]()
    for last in (False, True):  # whether somebody else's edition counts is asked before what is in it
        choices = {each.name: Side(side) for each, side in _answered(asked, arguments.take, last)}
        draft = publishing.draft(sector, place, choices, sign=arguments.sign)
        known = {each.name for each in asked}
        asked += tuple(each for each in draft.conflicts if each.name not in known)
    if arguments.preview or draft.conflicts:
        _tell_draft(draft, asked, "", terminal)
        if draft.conflicts and not arguments.preview:
            terminal.error(_("Another curator changed the same: choose with --take N=mine or --take N=theirs."))
        return 1 if draft.conflicts and not arguments.preview else 0
    reasons = _reasons(draft, arguments.why)
    pack, changes = publishing.publish(
        sector, place, note=arguments.note, reasons=reasons, choices=choices, sign=arguments.sign
    )
    signed = draft.signed if arguments.sign is None else arguments.sign
    _tell_draft(replace(draft, pack=pack, signed=signed), asked, publishing.fingerprint() if signed else "", terminal)
    terminal.say(changes.text)
    return 0


def _send(services: Services, sector: str, arguments: Namespace, terminal: Terminal) -> int:
    if not arguments.place:
        terminal.error(_("Say which file to write: “veille publish SECTOR FILE --to-file”."))
        return 1
    file = Path(arguments.place)
    pack = services.publishing.send(sector, file, note=arguments.note, sign=bool(arguments.sign))
    text = _("The pack “{title}” (edition {version}) was written to {file}.")
    terminal.say(text.format(title=pack.title, version=pack.version, file=file))
    return 0


# Pieces ------------------------------------------------------------------------------------------


def _look(services: Services, terminal: Terminal) -> "Look":
    with terminal.progress.cancellable() as progress:
        look = services.offers.look(progress)
    for changes in look.accepted:
        terminal.say(changes.text)
    for _place, text in look.waiting:
        terminal.note(text)
    return look


def _offers(services: Services, name: str, terminal: Terminal) -> Sequence["Offer"]:
    """Those that are meant: of a file, of one pack, or all."""
    key = _key(services, name)
    if name and not key and (_is_file(name) or name.endswith(".toml")):
        return [services.offers.open(Path(name))]
    look = _look(services, terminal)
    for place, text in look.problems:
        if not name or place == key:
            terminal.error(text)
    named = [each for each in look.offers if not name or each.pack.key in (key, name)]
    if name and not (named or key):
        raise NotFound(what=_("pack that is received"), name=name)
    return named


def _is_file(name: str) -> bool:
    try:
        return Path(name).expanduser().is_file()
    except (OSError, RuntimeError, ValueError):
        return False


def _key(services: Services, name: str) -> str:
    """The key of the received pack that is called ``name``; "" for none."""
    rows = services.offers.all()
    titles = {each.key: each.title for each in services.curation.outline().sectors}
    exact = [each.key for each in rows if each.key == name]
    called = [each.key for each in rows if fold(titles.get(each.key, "")) == fold(name)]
    return next(iter((*exact, *called)), "")


def _received(services: Services, name: str) -> "PackRow":
    key = _key(services, name)
    found = next((each for each in services.offers.all() if each.key == key), None)
    if found is None:
        raise NotFound(what=_("pack that is received"), name=name)
    return found


def _chosen(changes: Sequence["Change"], only: Iterable[int] | None) -> Sequence["Change"]:
    if only is None:
        return changes
    for each in only:
        if not 0 < each <= len(changes):
            raise NotFound(what=_("change"), name=str(each))
    return [changes[each - 1] for each in only]


def _answered(
    asked: Sequence["Conflict"], take: Iterable[tuple[int, str]], last: bool
) -> Iterator[tuple["Conflict", str]]:
    """The questions that were answered. Raises NotFound, at ``last``, for the number of one that is not asked."""
    for at, side in take:
        if at <= len(asked):
            yield asked[at - 1], side
        elif last:
            raise NotFound(what=_("question"), name=str(at))


def _reasons(draft: "Draft", given: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Why sources were removed, by key."""
    found = {}
    for name, why in given:
        keys = [each.key for each in draft.pack.removals if each.key == name or fold(each.title) == fold(name)]
        if len(keys) != 1:
            raise NotFound(what=_("removed source"), name=name)
        found[keys[0]] = why
    return found


def _change_keys(changes: Iterable["Change"]) -> list[dict[str, object]]:
    return [
        {"number": at, "kind": each.kind, "key": each.key, "title": each.title, "text": each.text, "why": each.why}
        for at, each in enumerate(changes, 1)
    ]


def _offer_keys(offer: "Offer") -> dict[str, object]:
    pack = offer.pack
    return {
        "key": pack.key, "title": pack.title, "edition": pack.version, "by": pack.by, "published": pack.published,
        "note": pack.note, "place": offer.place, "text": offer.text, "author": offer.author,
        "author_text": offer.author_text, "fingerprint": offer.fingerprint, "suspicious": offer.suspicious,
        "older": offer.older, "changes": _change_keys(offer.changes),
    }  # fmt: skip


def _pack_keys(
    services: Services, key: str, row: "PackRow | None", offer: "Offer | None", problem: str
) -> dict[str, object]:
    return {
        "key": key, "title": _title(services, key, offer), "mine": bool(row and row.mine),
        "place": row.place if row else offer.place if offer else "", "edition": row.edition if row else 0,
        "fingerprint": _fingerprint(row), "automatic": bool(row and row.automatic),
        "offered": offer.pack.version if offer else None, "changes": len(offer.changes) if offer else 0,
        "text": offer.text if offer else "", "problem": problem,
    }  # fmt: skip


def _fingerprint(row: "PackRow | None") -> str:
    from veille.core.packs.signing import fingerprint

    return fingerprint(row.signer) if row else ""


def _title(services: Services, key: str, offer: "Offer | None" = None) -> str:
    titles = {each.key: each.title for each in services.curation.outline().sectors}
    return titles.get(key) or (offer.pack.title if offer else key)


def _tell_pack(services: Services, key: str, row: "PackRow | None", offer: "Offer | None", terminal: Terminal) -> None:
    terminal.line(labelled(key, _title(services, key, offer)))
    if row and row.edition:
        edition = _("edition {version}, published by you") if row.mine else _("edition {version}, received")
        terminal.line(edition.format(version=row.edition), 4)
    if place := row.place if row else "":
        terminal.line(place, 4)
    if row and row.signer:
        text = (
            _("signed: {fingerprint}; new editions are taken over without a question")
            if row.automatic
            else _("signed: {fingerprint}")
        )
        terminal.line(text.format(fingerprint=_fingerprint(row)), 4)
    if offer:
        terminal.line(offer.text, 4)


def _tell_offer(offer: "Offer", terminal: Terminal, *, changes: bool = True) -> None:
    if terminal.json:
        terminal.object(_offer_keys(offer))
        return
    terminal.line(offer.text)
    if offer.author_text:
        terminal.line(offer.author_text, 4)
    if offer.pack.note:
        name = offer.pack.by or _("The curator")
        for line in labelled(name, offer.pack.note).splitlines():
            terminal.line(line, 4)
    if changes:
        _tell_changes(offer.changes, terminal)
    else:
        text = _("“veille review {name}” shows what is in it; with --accept it is taken over.")
        terminal.line(text.format(name=offer.pack.key), 4)


def _tell_changes(changes: Iterable["Change"], terminal: Terminal) -> None:
    for at, each in enumerate(changes, 1):
        terminal.line(each.text, 6, f"{at:4}  ")
        if each.why:
            terminal.line(_("Why: {why}").format(why=each.why), 6)


def _tell_draft(draft: "Draft", asked: Sequence["Conflict"], fingerprint: str, terminal: Terminal) -> None:
    open = {each.name for each in draft.conflicts}
    if terminal.json:
        terminal.object({
            "key": draft.pack.key, "title": draft.pack.title, "edition": draft.pack.version, "place": draft.place,
            "signed": draft.signed, "fingerprint": fingerprint, "changes": _change_keys(draft.changes),
            "theirs": _change_keys(draft.theirs),
            "conflicts": [
                {
                    "number": at, "name": each.name, "key": each.key, "title": each.title, "field": each.field,
                    "mine": each.mine, "theirs": each.theirs,
                }
                for at, each in enumerate(asked, 1)
                if each.name in open
            ],
        })  # fmt: skip
        return
    if draft.changes:
        count = len(draft.changes)
        text = ngettext("{n} change of yours:", "{n} changes of yours:", count)
        terminal.line(text.format(n=number(count)))
        _tell_changes(draft.changes, terminal)
    if draft.theirs:
        count = len(draft.theirs)
        text = ngettext("{n} change of another curator:", "{n} changes of another curator:", count)
        terminal.line(text.format(n=number(count)))
        _tell_changes(draft.theirs, terminal)
    for at, each in enumerate(asked, 1):
        if each.name in open:
            terminal.line(labelled(each.title, each.field) if each.field else each.title, 6, f"{at:4}  ")
            terminal.line(labelled(_("mine"), each.mine), 8)
            terminal.line(labelled(_("theirs"), each.theirs), 8)
    if fingerprint:
        terminal.line(_("Signed: {fingerprint}").format(fingerprint=fingerprint))
