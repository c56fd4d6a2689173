"""Where the money for X went, and what a new source is likely to cost, for people to read."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from veille.content.networks import Form
from veille.core.x.allotment import USUAL, waits
from veille.core.x.calendar import month_of
from veille.i18n import _, language
from veille.model import Outline, Source, SourceKind

if TYPE_CHECKING:
    from veille.core.x.budget import Budget
    from veille.store import Store

_DOLLAR = 1_000_000
_DAYS = 30.4  # in a month
_FIRST = 10  # posts that are read when an account is new
_BUSY = 10  # times as many posts as an account: what a list or a search is taken for


@dataclass(frozen=True, slots=True)
class Line:
    """What one source, or all sources of a sector, cost this month (money in millionths of a dollar) and brought.

    ``each`` is the price of one item that it brought, 0 when it brought none: posts inside others cost, too.
    """

    title: str
    sectors: tuple[str, ...]
    posts: int
    price: int
    today: int
    items: int
    read: int
    saved: int
    waits: bool = False
    source: int = 0

    @property
    def each(self) -> int:
        """The price of one item."""
        return self.price // self.items if self.items else 0


@dataclass(frozen=True, slots=True)
class Statement:
    """Money in millionths of a dollar. A source counts in each of its sectors, so these add up to more than all.

    ``reserved`` is set aside for requests whose answer is not known; ``waiting`` were not asked for want of money.
    """

    cap: int
    month: int
    today: int
    reserved: int
    uses: dict[str, int]
    sources: tuple[Line, ...]
    sectors: tuple[Line, ...]
    warning: str = ""

    @property
    def share(self) -> int:
        """Per cent of the cap that is spent or set aside; 100 when there is no budget."""
        return min(100, (self.month + self.reserved) * 100 // self.cap) if self.cap else 100

    @property
    def waiting(self) -> tuple[Line, ...]:
        """The sources that were not asked for want of money."""
        return tuple(each for each in self.sources if each.waits)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a source is likely to cost: ``once``, and ``month`` by month at ``posts`` a day; ``left`` of the cap now."""

    once: int
    month: int
    posts: float
    known: bool
    left: int

    @property
    def in_words(self) -> str:
        """Two sentences."""
        if self.known:
            text = _(
                "It will probably cost {month} a month (at about {posts} posts a day, as until now), "
                "and {once} to begin with."
            )
        else:
            text = _(
                "It will probably cost {month} a month (assuming about {posts} posts a day), and {once} to begin with."
            )
        posts = f"{self.posts:.1f}".removesuffix(".0").replace(".", "," if language() == "fr" else ".")
        text = text.format(month=dollars(self.month), posts=posts, once=dollars(self.once))
        left = _("{left} of this month's budget is left.").format(left=dollars(max(0, self.left)))
        return f"{text} {left}"


def dollars(amount: int) -> str:
    """Millionths of a dollar as people write them: $4.35 in English, 4,35 $ in French; more digits below a cent."""
    value = amount / _DOLLAR
    digits = 2 if amount % 10_000 == 0 or abs(value) >= 1 else 3
    text = f"{value:,.{digits}f}"
    if language() == "fr":
        return text.replace(",", "\u202f").replace(".", ",") + "\u00a0$"
    return f"${text}"


def estimate(
    form: Form, posts_a_day: float | None, mean: float | None, post: int, user: int, left: int
) -> Estimate:  # fmt: skip
    """What a source of ``form`` is likely to cost; ``mean`` are the posts a day of a source that there is."""
    guess = (mean or USUAL) * (1 if form is Form.ACCOUNT else _BUSY)
    rate = guess if posts_a_day is None else posts_a_day
    once = _FIRST * post + (user if form is Form.ACCOUNT else 0)
    cents = round(rate * _DAYS * post / 10_000) * 10_000  # no finer than that is meant
    return Estimate(once, cents, rate, posts_a_day is not None, left)


def statement(store: "Store", budget: "Budget") -> Statement:
    """The month of ``budget``, X's own."""
    today = budget.now.date()
    month = month_of(today)
    spending, outline = store.spending, store.sources.outline()
    spent, now = spending.by_source(*month), spending.by_source(today, today)
    brought = spending.brought(datetime.combine(month[0], time(), UTC))
    lines = []
    for source in _on_x(store, outline, spent):
        posts, price = spent.get(source.id, (0, 0))
        lines.append(
            Line(
                source.label, _sectors_of(outline, source.id), posts, price, now.get(source.id, (0, 0))[1],
                *brought.get(source.id, (0, 0, 0)), waits(outline, source.id), source.id)
        )  # fmt: skip
    whole = spending.spent(*month)
    return Statement(
        cap=budget.cap, month=whole, today=spending.spent(today, today),
        reserved=budget.spent() - whole, uses=spending.by_use(*month),
        sources=tuple(sorted(lines, key=lambda line: (-line.price, line.title))),
        sectors=tuple(_together(each.title, lines) for each in outline.sectors if _any(each.title, lines)),
        warning=budget.warning())  # fmt: skip


def _on_x(store: "Store", outline: Outline, spent: dict[int, tuple[int, int]]) -> list[Source]:
    """The sources on X, those that were set aside since they cost something too."""
    aside = [store.sources.get(each) for each in spent if each and each not in outline.sources]
    return [each for each in (*outline.sources.values(), *filter(None, aside)) if each.kind is SourceKind.X]


def _sectors_of(outline: Outline, source: int) -> tuple[str, ...]:
    return tuple(
        sector.title
        for sector in outline.sectors
        if any(member.source == source for member in outline.members.get(sector.key, ()))
    )


def _any(sector: str, lines: list[Line]) -> bool:
    return any(sector in line.sectors for line in lines)


def _together(sector: str, lines: list[Line]) -> Line:
    own = [line for line in lines if sector in line.sectors]
    return Line(
        sector, (), sum(each.posts for each in own), sum(each.price for each in own), sum(each.today for each in own),
        sum(each.items for each in own), sum(each.read for each in own), sum(each.saved for each in own))  # fmt: skip
