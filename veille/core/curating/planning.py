"""What would be asked, and what is known without asking anybody. Pure: no store, no network."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from veille.content.addresses import host, normalise
from veille.content.networks import Meant, in_words, meant
from veille.core.curating.curation import meanings
from veille.core.curating.finds import Candidate, Plan, Role, Step
from veille.errors import BadAddress
from veille.i18n import N_, _
from veille.model import SourceKind
from veille.sources.discovery import places
from veille.sources.discovery.values import Declared, How, Page

if TYPE_CHECKING:
    from veille.sources.discovery.ranking import Ranked

_FOUND_BY = {
    How.LINK: N_("The page declares it."),
    How.ANCHOR: N_("The page links to it."),
    How.CHANNEL: N_("The page says which channel it is."),
    How.KNOWN: N_("Sites of this kind have it there."),
    How.PLACE: N_("It is at a common place."),
    How.SELF: N_("The address itself is a feed."),
    How.LOOKUP: N_("Apple’s directory of podcasts names it."),
}
_LED = 3  # other hosts of one look that are offered next


def first(typed: str, private: bool = False) -> tuple[Plan, tuple[Candidate, ...]]:
    """The plan for what a person typed, and what is known of it. Raises BadAddress, LoginAddress."""
    found = meanings(typed)
    address = _address(typed, found)
    if not address:
        return Plan(typed, private=private), tuple(Candidate(each, why=in_words(each)) for each in found)
    rule = places.known(address)
    others = [each for each in found if each.kind is not SourceKind.FEED and not _only_perhaps(each, address)]
    candidates = [
        Candidate(each, why=in_words(each), private=private and _same_place(each, address)) for each in others
    ]
    plan = Plan(typed, private=private)
    if rule is None:
        step = Step(address, _("The page itself, to see which feeds it declares."))
        return replace(plan, steps=(step,)), tuple(candidates)
    if rule.lookup:
        why = _("Apple’s directory of podcasts, to learn where the feed is.")
        return replace(plan, steps=(Step(rule.lookup, why, Role.LOOKUP),)), tuple(candidates)
    from veille.sources.discovery.ranking import ranked

    sure = [candidate(each) for each in ranked(Page(address), rule.feeds)]
    return replace(plan, note=rule.note), (*candidates, *sure)


def perhaps(typed: str) -> tuple[Candidate, ...]:
    """What a host's name may be besides: a handle on Bluesky, which can be any host."""
    try:
        found = meanings(typed)
    except BadAddress:
        return ()
    address = _address(typed, found)
    return tuple(Candidate(each, why=_("A name on Bluesky can look like this.")) for each in found
                 if address and _only_perhaps(each, address))  # fmt: skip


def common(before: Plan, page: Page, skip: Sequence[str] = ()) -> Plan | None:
    """The common places at the site of ``page``; None when all of them are in ``skip``."""
    steps = [Step(each, _("A place where many sites have a feed."), Role.PLACE) for each in places.common(page, skip)]
    return replace(before, steps=tuple(steps), page=page.address, note="") if steps else None


def elsewhere(before: Plan, addresses: Iterable[str], role: Role) -> Plan | None:
    """Where the site sends on to; None for nowhere."""
    once = list(dict.fromkeys(addresses))[:_LED]
    steps = [Step(each, _("Another site, to which the first one sends on."), role) for each in once]
    return replace(before, steps=tuple(steps), note="") if steps else None


def asks_for_cookies(address: str) -> bool:
    """Whether a page sent on to a question about cookies, as large sites do in Europe: there is nothing behind it."""
    return host(address).startswith(("consent.", "guce."))


def unprotected(before: Plan) -> Plan | None:
    """The same page by http, where https was assumed of a bare host; None where the person gave the scheme."""
    step = before.steps[0]
    if "://" in before.typed or not step.url.startswith("https://"):
        return None
    why = _("The page itself, without protection on the way (http).")
    return replace(before, steps=(Step("http://" + step.url.removeprefix("https://"), why),), note="")


def candidate(one: "Ranked", plan: Plan | None = None) -> Candidate:
    """A feed as something that may be watched."""
    feed = one.feed
    found = meant(SourceKind.FEED, feed.url)
    told = [_(_FOUND_BY[feed.how])]
    if one.comments:
        told.append(_("It holds comments."))
    elif one.double:
        told.append(_("It is the same in another format."))
    elif one.foreign:
        told.append(_("It is at another site."))
    return Candidate(
        found, feed.title, " ".join(told), declared=feed.how is How.LINK, comments=one.comments,
        answered=feed.answered, private=plan is not None and allowed(plan, found.address))  # fmt: skip


def itself(url: str, title: str, how: How) -> Declared:
    """A feed that was asked for and is one."""
    return Declared(url, title, how=how, answered=True)


def _address(typed: str, found: Sequence[Meant]) -> str:
    """The web address that was typed, in its one spelling; "" for a handle, or where it is known what to ask for."""
    feed = next((each.address for each in found if each.kind is SourceKind.FEED), "")
    if not feed:
        return ""
    bare = typed.strip()
    whole = bare if "://" in bare else f"https://{bare.removeprefix('//')}"
    try:
        return feed if normalise(whole.replace("/#!/", "/", 1)) == feed else ""
    except BadAddress:
        return feed if bare[:5].lower() == "feed:" else ""


def _only_perhaps(one: Meant, address: str) -> bool:
    """Whether a host is read as a handle, though it is more likely to be a site."""
    return one.kind is SourceKind.BLUESKY and one.name == host(address)


def _same_place(one: Meant, address: str) -> bool:
    """Whether ``one`` is asked at the host and port of ``address``."""
    try:
        return urlsplit(one.address).netloc == urlsplit(address).netloc
    except ValueError:
        return False


def allowed(plan: Plan, url: str) -> bool:
    """Whether ``url`` may be in the person's own network: at the host and port that they typed, if they said so."""
    if not plan.private:
        return False
    try:
        typed = _address(plan.typed, meanings(plan.typed))
        return bool(typed) and urlsplit(url).netloc == urlsplit(typed).netloc
    except (BadAddress, ValueError):
        return False
