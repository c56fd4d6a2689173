from datetime import UTC, datetime, timedelta

import pytest

from tests.core.conftest import add_source
from tests.fakes import FakeClock
from veille.contacts import DIRECT, Reason, Route
from veille.core.discretion import Discretion, day_begins, end_of_day
from veille.core.preferences import Preferences
from veille.errors import NoProxy, ProfileBusy, ProxyFailed
from veille.model import Deed, Mode, Source
from veille.store import Store, open_store

PAGE = "https://news.example/a"
SHORT = "https://bit.ly/3xYz"


@pytest.fixture
def preferences(store: Store) -> Preferences:
    return Preferences(store)


@pytest.fixture
def discretion(preferences: Preferences, clock: FakeClock) -> Discretion:
    return Discretion(preferences, clock)


@pytest.fixture
def source(store: Store) -> Source:
    return add_source(store, "Source")


def allowing(source: Source, *deeds: Deed, route: str = "") -> Source:
    from dataclasses import replace

    return replace(source, allowed=frozenset(deeds), route=route)


# The mode ----------------------------------------------------------------------------------------


def test_discreet_is_where_everybody_begins(discretion: Discretion):
    assert (discretion.mode, discretion.open_until, discretion.in_words) == (Mode.DISCREET, None, "discreet")


def test_open_mode_ends_with_the_day(discretion: Discretion, clock: FakeClock):
    discretion.set_mode(Mode.OPEN)
    until = discretion.open_until
    assert discretion.mode is Mode.OPEN
    assert until is not None
    assert until.tzinfo is UTC
    assert until.astimezone().time().isoformat() == "00:00:00"
    assert clock.now() < until <= clock.now() + timedelta(hours=25)
    clock.time = until - timedelta(seconds=1)
    assert discretion.mode is Mode.OPEN
    clock.time = until
    assert (discretion.mode, discretion.open_until) == (Mode.DISCREET, None)


def test_open_mode_stays_when_the_person_says_so_even_after_a_restart(
    discretion: Discretion, clock: FakeClock, store: Store
):
    discretion.set_mode(Mode.OPEN, stay=True)
    clock.advance(days=400)
    again = Discretion(Preferences(store), clock)
    assert (again.mode, again.open_until, again.in_words) == (Mode.OPEN, None, "open")
    again.set_mode(Mode.DISCREET)
    assert Discretion(Preferences(store), clock).mode is Mode.DISCREET


def test_strict_comes_back_when_open_mode_ends(discretion: Discretion, clock: FakeClock):
    discretion.set_mode(Mode.STRICT)
    assert discretion.strict
    discretion.set_mode(Mode.OPEN)
    assert not discretion.strict
    clock.advance(days=1)
    assert discretion.mode is Mode.STRICT
    discretion.set_mode(Mode.DISCREET)
    assert discretion.mode is Mode.DISCREET


def test_whoever_sets_strict_leaves_open_mode(discretion: Discretion, preferences: Preferences):
    discretion.set_mode(Mode.OPEN, stay=True)
    preferences.set("strict", "on")
    assert discretion.mode is Mode.STRICT


@pytest.mark.parametrize("noted", ["nonsense", "2031-01-01T00:00:00+00:00", "2026-03-01T00:00:00+00:00"])
def test_a_note_that_makes_no_sense_or_comes_from_a_clock_that_was_ahead_opens_nothing(
    discretion: Discretion, preferences: Preferences, noted: str
):
    preferences.set_opened(noted)
    assert discretion.mode is Mode.DISCREET


def test_beside_a_window_the_mode_is_read_and_not_changed(discretion: Discretion, store: Store, clock: FakeClock):
    discretion.set_mode(Mode.STRICT)
    reading = open_store(store.folder, write=False, clock=clock)
    try:
        beside = Discretion(Preferences(reading), clock)
        assert beside.strict
        with pytest.raises(ProfileBusy):
            beside.set_mode(Mode.OPEN)
        assert beside.strict
    finally:
        reading.close()


def test_a_day_begins_at_midnight_of_this_machine_whatever_its_clocks_do(monkeypatch: pytest.MonkeyPatch):
    import time

    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    try:
        spring = datetime(2026, 3, 29, 10, tzinfo=UTC)  # a day of 23 hours
        assert day_begins(spring) == datetime(2026, 3, 28, 23, tzinfo=UTC)
        assert end_of_day(spring) == datetime(2026, 3, 29, 22, tzinfo=UTC)
        late = datetime(2026, 1, 1, 23, 30, tzinfo=UTC)  # already the 2nd in Paris
        assert end_of_day(late) == datetime(2026, 1, 2, 23, tzinfo=UTC)
    finally:
        monkeypatch.undo()
        time.tzset()


# The way out -------------------------------------------------------------------------------------


def test_a_source_goes_the_profiles_way_unless_it_has_its_own(
    discretion: Discretion, preferences: Preferences, source: Source
):
    purpose = discretion.purpose(source, Reason.SCHEDULED)
    assert (purpose.reason, purpose.source, purpose.route, purpose.strict) == (
        Reason.SCHEDULED, source.id, DIRECT, False)  # fmt: skip
    preferences.set("proxy", "socks5://127.0.0.1:9050")
    assert discretion.purpose(source, Reason.BY_HAND).route == Route("socks5", "127.0.0.1", 9050)
    assert discretion.purpose(None, Reason.TRIED).source == 0
    assert discretion.route(allowing(source, route="direct")) == DIRECT
    assert discretion.route(allowing(source, route="http://other.example:3128")) == Route("http", "other.example", 3128)


def test_strict_without_a_proxy_lets_nothing_out(discretion: Discretion, preferences: Preferences, source: Source):
    discretion.set_mode(Mode.STRICT)
    for asked in (None, source, allowing(source, route="direct")):
        with pytest.raises(NoProxy):
            discretion.purpose(asked, Reason.SCHEDULED)
    assert discretion.purpose(allowing(source, route="http://127.0.0.1:3128"), Reason.SCHEDULED).strict
    preferences.set("proxy", "socks5://127.0.0.1:9050")
    assert discretion.purpose(source, Reason.SCHEDULED).strict
    with pytest.raises(NoProxy):
        discretion.purpose(allowing(source, route="direct"), Reason.SCHEDULED)


def test_a_proxy_that_makes_no_sense_is_never_gone_around(discretion: Discretion, source: Source):
    broken = allowing(source, route="socks5://me:secret@proxy")
    for mode in (Mode.DISCREET, Mode.OPEN, Mode.STRICT):
        discretion.set_mode(mode)
        with pytest.raises(ProxyFailed) as failure:
            discretion.purpose(broken, Reason.SCHEDULED)
        assert "secret" not in str(failure.value)


def test_what_was_allowed_for_a_source_goes_along(discretion: Discretion, source: Source):
    assert not discretion.purpose(source, Reason.SCHEDULED).allow_personal
    assert discretion.purpose(allowing(source, Deed.PERSONAL), Reason.SCHEDULED).allow_personal


# Before the person is seen -----------------------------------------------------------------------


def test_a_link_says_what_the_browser_would_tell(discretion: Discretion, preferences: Preferences, source: Source):
    question = discretion.before(Deed.OPEN, PAGE, source)
    assert question is not None
    assert question.text == (
        "news.example would learn that somebody at this machine's address reads this page now; "
        "your browser adds cookies, system and language."
    )
    assert (question.url, question.host, question.refused, question.always, question.proxied) == (
        PAGE, "news.example", False, True, False)  # fmt: skip
    preferences.set("proxy", "socks5://127.0.0.1:9050")
    question = discretion.before(Deed.OPEN, PAGE, source)
    assert question is not None
    assert "not Veille's proxy's" in question.text
    assert not question.proxied


def test_pictures_and_articles_say_who_would_learn_what(
    discretion: Discretion, preferences: Preferences, source: Source
):
    article = discretion.before(Deed.ARTICLE, PAGE, source)
    assert article is not None
    assert article.text == (
        "news.example would learn that somebody at this machine's address looks at this item now; "
        "nothing else about you is sent."
    )
    preferences.set("proxy", "http://me:secret@proxy.example:3128")
    pictures = discretion.before(
        Deed.PICTURES, "https://a.example/1", source, [f"https://{each}.example/2" for each in "abcde"]
    )
    assert pictures is not None
    assert pictures.text == (
        "a.example, b.example, c.example and 2 more hosts would learn that somebody behind the proxy "
        "http://proxy.example:3128 looks at this item now; nothing else about you is sent."
    )
    assert pictures.proxied


def test_every_question_is_one_line(discretion: Discretion, source: Source):
    for deed in Deed:
        question = discretion.before(deed, PAGE, source)
        assert question is not None
        assert question.text
        assert "\n" not in question.text


def test_a_link_that_names_the_person_says_so(discretion: Discretion):
    question = discretion.before(Deed.OPEN, PAGE + "?token=0123456789abcdef0123456789abcdef")
    assert question is not None
    assert "key of your own" in question.text
    assert "0123456789abcdef0123456789abcdef" not in question.text
    assert not question.always


def test_nothing_is_asked_in_open_mode_nor_for_what_was_allowed(discretion: Discretion, source: Source):
    allowed = allowing(source, Deed.OPEN)
    assert discretion.before(Deed.OPEN, PAGE, allowed) is None
    assert discretion.before(Deed.ARTICLE, PAGE, allowed) is not None
    discretion.set_mode(Mode.OPEN)
    for deed in (Deed.OPEN, Deed.PICTURES, Deed.ARTICLE):
        assert discretion.before(deed, SHORT, source) is None


def test_what_strict_refuses_stays_refused_whatever_was_allowed(
    discretion: Discretion, preferences: Preferences, source: Source
):
    discretion.set_mode(Mode.STRICT)
    trusted = allowing(source, Deed.OPEN, Deed.PICTURES, Deed.ARTICLE)
    refused = [(Deed.PICTURES, PAGE), (Deed.OPEN, SHORT), (Deed.ARTICLE, SHORT), (Deed.ARTICLE, PAGE)]
    for deed, url in refused:
        question = discretion.before(deed, url, trusted)
        assert question is not None
        assert question.refused
        assert not question.always
    assert discretion.before(Deed.OPEN, PAGE, trusted) is None
    preferences.set("proxy", "socks5://127.0.0.1:9050")
    assert discretion.before(Deed.ARTICLE, PAGE, trusted) is None
    article = discretion.before(Deed.ARTICLE, PAGE, source)
    assert article is not None
    assert article.proxied
    assert not article.refused
    pictures = discretion.before(Deed.PICTURES, PAGE, trusted)
    assert pictures is not None
    assert pictures.refused


def test_strict_says_why_a_short_link_is_only_copied(discretion: Discretion):
    discretion.set_mode(Mode.STRICT)
    question = discretion.before(Deed.OPEN, SHORT)
    assert question is not None
    assert question.text == ("Strict level: only bit.ly knows where this link leads, so it can be copied, not opened.")


def test_mail_is_no_contact_yet(discretion: Discretion):
    question = discretion.before(Deed.OPEN, "mailto:desk@news.example")
    assert question is not None
    assert "mail program" in question.text
