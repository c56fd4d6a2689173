"""The command about what is wrong with sources. It returns the exit status."""

from argparse import Namespace

from veille.cli.reading import asked_source
from veille.cli.terminal import Terminal
from veille.core.curating.findings import ASKING, Cure, Finding, name, where_to_look
from veille.core.services import Services
from veille.errors import NotFound
from veille.i18n import _, labelled, ngettext, number
from veille.model import Outline, Source


def health(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """``health``: what is wrong, or doing something about it."""
    outline = services.curation.outline()
    chosen = asked_source(outline, arguments.source) if arguments.source else None
    if arguments.examine:
        with terminal.progress.cancellable() as progress:
            services.health.examine(progress)
    if arguments.cure and chosen is not None:
        return _cure(services, chosen, Cure(arguments.cure), terminal)
    found = services.health.findings()
    shown = {chosen.id: found.get(chosen.id, ())} if chosen is not None else found
    count = 0
    for findings in shown.values():
        for each in findings:
            _show(each, outline, terminal)
            count += 1
    if not terminal.json:
        _sum_up(services, chosen, count, terminal)
    return 0


def _show(finding: Finding, outline: Outline, terminal: Terminal) -> None:
    source = outline.sources[finding.source]
    if terminal.json:
        terminal.object(
            {"source_id": source.id, "source": source.label, "address": source.address, "ill": str(finding.ill),
             "text": finding.text, "advice": finding.advice, "cures": [str(each) for each in finding.cures],
             "since": finding.since, "other": finding.other or None}
        )  # fmt: skip
        return
    number_ = f"{source.id:>6}  "
    terminal.line(labelled(source.label, finding.text), 8, number_)
    terminal.line(finding.advice, 8)
    for each in finding.cures:
        terminal.line(labelled(f"--cure {each}", name(each)), 12, "          ")


def _sum_up(services: Services, chosen: Source | None, count: int, terminal: Terminal) -> None:
    if chosen is not None:
        habit = services.health.habit(chosen.id).text
        if not count:
            terminal.line(_("Nothing is wrong with “{title}”.").format(title=chosen.label))
        if habit:
            terminal.line(_("It publishes so: {habit}.").format(habit=habit))
    elif count:
        text = ngettext("{n} finding.", "{n} findings.", count).format(n=number(count))
        terminal.note(text)
    else:
        terminal.line(_("Nothing is wrong with any source."))


def _cure(services: Services, source: Source, cure: Cure, terminal: Terminal) -> int:
    """Do it for the worst of what is wrong that it is for. Raises NotFound when it is for nothing of that."""
    found = services.health.of(source.id)
    finding = next((each for each in found if cure in each.cures), None)
    if finding is None:
        raise NotFound(what=_("remedy for “{title}”").format(title=source.label), name=cure)
    if cure not in ASKING:
        terminal.say(services.health.cure(finding, cure).text)
        return 0
    if cure is Cure.FIND:
        text = _("“veille find {address}” says what can be watched there.")
        terminal.say(text.format(address=where_to_look(source)))
        return 0
    with terminal.progress.cancellable() as progress:
        report = services.refresher.run(progress, [source.id])
    for _source, reason in report.failed:
        terminal.note(labelled(source.label, reason))
    if not report.failed:
        new = report.changes.new
        terminal.say(ngettext("It answers: {n} new item.", "It answers: {n} new items.", new).format(n=number(new)))
    return 1 if report.failed else 0
