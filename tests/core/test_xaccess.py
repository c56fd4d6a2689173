"""The way to X: off until the notice was read and a token was brought, which is then kept where it is safe."""

import io
import logging
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from threading import Thread

import pytest

from tests.fakes import FakeClock
from tests.keyrings import TRUSTED, Fake
from veille.core.x.access import LONGEST, Kept, Token, XAccess, cleaned
from veille.errors import BadToken, KeyringFailed, NoKeyring, NoticeUnread, NotInSample
from veille.settings import Settings
from veille.store import Store, open_store
from veille.store.secrets import Secrets

TOKEN = f"{'A' * 21}MLheAAAAAAA0%2Babcdef%2BGHIJ4KLmNOPqRSTUVWX%3D{'aB3' * 17}"


@pytest.fixture(autouse=True)
def _no_secrets() -> Iterator[None]:
    yield
    Fake.reset()


class Profile:
    """A profile that can be closed and opened again; ``trusted`` are its keyrings."""

    def __init__(self, store: Store, clock: FakeClock) -> None:
        self.store, self.clock, self.settings = store, clock, Settings()

    def x(self, environment: str = "", trusted: tuple[str, ...] = TRUSTED, *, sample: bool = False) -> XAccess:
        return XAccess(
            self.store, Secrets(trusted), self.clock, Random(1), lambda: self.settings, environment=environment,
            sample=sample)  # fmt: skip


@pytest.fixture
def profile(store: Store, clock: FakeClock) -> Profile:
    return Profile(store, clock)


# On and off ---------------------------------------------------------------------------------------


def test_it_is_off_and_asks_no_keyring_until_it_is_turned_on(profile: Profile) -> None:
    x = profile.x()
    assert (x.state.on, x.state.kept, x.token()) == (False, None, "")
    assert x.state.in_words == "X is off."
    assert Fake.asked == []


def test_a_token_goes_to_the_keyring_and_is_there_the_next_time(profile: Profile) -> None:
    x = profile.x()
    state = x.turn_on(TOKEN)
    assert state == x.state
    assert (state.on, state.kept, state.accepted) == (True, Kept.KEYRING, profile.clock.now())
    assert x.token() == TOKEN
    (_service, name) = next(iter(Fake.kept))
    assert list(Fake.kept.values()) == [TOKEN]
    assert str(profile.store.folder) not in name
    Fake.asked.clear()
    again = profile.x()
    assert again.state.in_words.startswith("X is on. The token is kept in the keyring of this system. You said on 02 ")
    assert Fake.asked == [], "looking at the state asks nobody"
    assert [again.token(), again.token()] == [TOKEN, TOKEN]
    assert Fake.asked == ["get"]


def test_the_token_stays_with_a_profile_that_moves(profile: Profile, tmp_path: Path, clock: FakeClock) -> None:
    profile.x().turn_on(TOKEN)
    profile.store.close()
    moved = profile.store.folder.rename(tmp_path / "elsewhere")
    profile.store = open_store(moved, write=True, clock=clock)
    assert profile.x().token() == TOKEN
    profile.store.close()


def test_two_profiles_have_a_token_each(profile: Profile, tmp_path: Path, clock: FakeClock) -> None:
    profile.x().turn_on(TOKEN)
    with_other = open_store(tmp_path / "other", write=True, clock=clock)
    other = XAccess(with_other, Secrets(TRUSTED), clock, Random(2), Settings)
    other.turn_on("other")
    assert (profile.x().token(), other.token(), len(Fake.kept)) == (TOKEN, "other", 2)
    other.turn_off()
    assert list(Fake.kept.values()) == [TOKEN]
    with_other.close()


def test_turned_off_it_is_forgotten_everywhere(profile: Profile) -> None:
    x = profile.x()
    x.turn_on(TOKEN)
    assert not x.turn_off().on
    assert (x.token(), Fake.kept) == ("", {})
    assert profile.x().token() == ""
    assert profile.x().state.accepted, "it stays known that the notice was read"
    assert not x.turn_off().on, "twice does no harm"


def test_the_notice_comes_first(profile: Profile) -> None:
    x = profile.x(TOKEN)
    with pytest.raises(NoticeUnread):
        x.turn_on(TOKEN, read_notice=False)
    assert (x.token(), profile.x(TOKEN).token(), Fake.kept) == ("", "", {})


def test_without_a_keyring_it_is_for_this_run(profile: Profile) -> None:
    x = profile.x(trusted=())
    assert x.place() is Kept.RUN
    assert x.turn_on(TOKEN).kept is Kept.RUN
    assert x.token() == TOKEN
    assert profile.x(trusted=()).token() == ""
    with pytest.raises(NoKeyring):
        x.turn_on(TOKEN, where=Kept.KEYRING)
    assert profile.x().turn_on(TOKEN, where=Kept.RUN).kept is Kept.RUN
    assert Fake.kept == {}


def test_the_environment_counts_once_the_notice_was_read(profile: Profile) -> None:
    assert profile.x(TOKEN).token() == ""
    x = profile.x(f"Bearer {TOKEN}\n", trusted=())
    assert x.given
    assert x.turn_on().kept is Kept.ENVIRONMENT
    assert x.token() == TOKEN
    assert profile.x(TOKEN).state.kept is Kept.ENVIRONMENT
    assert profile.x(TOKEN).token() == TOKEN
    gone = profile.x()
    assert (gone.token(), gone.state.problem) == ("", "The environment variable VEILLE_X_TOKEN is not set.")
    profile.x(TOKEN).turn_off()
    assert profile.x(TOKEN).token() == "", "off is off"
    assert Fake.kept == {}


def test_what_the_environment_gives_may_be_no_token(profile: Profile) -> None:
    x = profile.x("s3cret \x00 ü")
    assert not x.given
    assert x.state.problem.startswith("VEILLE_X_TOKEN: This is not a token")
    assert "s3cret" not in x.state.in_words


def test_nothing_of_it_in_the_sample(profile: Profile) -> None:
    x = profile.x(TOKEN, sample=True)
    for deed in (lambda: x.turn_on(TOKEN), x.turn_off):
        with pytest.raises(NotInSample):
            deed()
    assert (x.token(), x.state.on, x.given, Fake.asked) == ("", False, False, [])
    assert x.notice()


# The keyring fails --------------------------------------------------------------------------------


def test_a_locked_keyring_is_said_and_not_asked_again_at_once(profile: Profile) -> None:
    profile.x().turn_on(TOKEN)
    x = profile.x()
    Fake.locked = True
    Fake.asked.clear()
    for _each in range(3):
        with pytest.raises(KeyringFailed, match="locked"):
            x.token()
    assert Fake.asked == ["get"], "each question may be a window that asks for a password"
    assert x.state.on
    assert "it is locked" in x.state.in_words
    Fake.locked = False
    with pytest.raises(KeyringFailed):
        x.token()
    profile.clock.advance(minutes=61)
    assert x.token() == TOKEN
    assert x.state.problem == ""


def test_what_cannot_be_kept_turns_nothing_on(profile: Profile) -> None:
    x = profile.x()
    Fake.locked = True
    with pytest.raises(KeyringFailed):
        x.turn_on(TOKEN)
    assert (x.state.on, x.token(), profile.x().state.on, profile.x().state.accepted) == (False, "", False, None)


def test_off_is_off_even_when_the_keyring_is_locked(profile: Profile) -> None:
    x = profile.x()
    x.turn_on(TOKEN)
    Fake.locked = True
    with pytest.raises(KeyringFailed):
        x.turn_off()
    assert (x.state.on, x.token(), profile.x().token()) == (False, "", "")
    Fake.locked = False
    x.turn_off()
    assert Fake.kept == {}


def test_a_token_that_somebody_took_out_of_the_keyring(profile: Profile) -> None:
    profile.x().turn_on(TOKEN)
    Fake.kept.clear()
    x = profile.x()
    assert x.state.on
    assert x.token() == ""
    assert x.state.in_words.startswith("X is off. The keyring of this system no longer has the token")
    x = profile.x(trusted=())
    assert (x.token(), x.state.on) == ("", False)
    assert "no keyring" in x.state.problem


def test_threads_ask_the_keyring_once(profile: Profile) -> None:
    profile.x().turn_on(TOKEN)
    x, got = profile.x(), []
    Fake.asked.clear()
    threads = [Thread(target=lambda: got.append(x.token())) for _each in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (got, Fake.asked) == ([TOKEN] * 10, ["get"])


# Its form -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pasted",
    [
        TOKEN, f"  {TOKEN}\r\n", f"Bearer {TOKEN}", f"bearer\t{TOKEN}", f"Authorization: Bearer {TOKEN}", f'"{TOKEN}"',
        f"{TOKEN[:60]}\n{TOKEN[60:]}\n", f"{TOKEN}\u2028",
    ],
)  # fmt: skip
def test_what_is_pasted_is_cleaned(pasted: str) -> None:
    assert cleaned(pasted) == TOKEN


@pytest.mark.parametrize(
    ("pasted", "why"),
    [
        ("", "nothing was given"), (" \n", "nothing was given"), ("Bearer ", "nothing was given"),
        ("a" * (LONGEST + 1), "too long"), ("tökén", "no token has"), ("a\x00b", "no token has"),
        ("a\x1b[2Jb", "no token has"), ("a\u200bb", "no token has"),
    ],
)  # fmt: skip
def test_what_no_header_can_carry_is_refused_and_not_said_again(profile: Profile, pasted: str, why: str) -> None:
    with pytest.raises(BadToken, match=why) as refused:
        profile.x().turn_on(pasted)
    assert len(str(refused.value)) < 100
    assert Fake.kept == {}
    assert not profile.x().state.on


def test_a_token_never_shows_itself(profile: Profile) -> None:
    x = profile.x(TOKEN)
    x.turn_on(TOKEN)
    token = x.token()
    assert isinstance(token, Token)
    assert f"Bearer {token}" == f"Bearer {TOKEN}"
    assert TOKEN not in repr([x, token, x.state, vars(x)])
    try:
        raise ValueError("anything")
    except ValueError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "token = <token>" in shown
    assert TOKEN not in shown.replace(f"TOKEN = '{TOKEN}'", "")
    out = io.StringIO()
    logging.getLogger("test").addHandler(handler := logging.StreamHandler(out))
    logging.getLogger("test").warning("%r", token)
    logging.getLogger("test").removeHandler(handler)
    assert out.getvalue() == "<token>\n"


# The notice ---------------------------------------------------------------------------------------


def test_the_notice_says_what_it_costs_and_who_sees(profile: Profile) -> None:
    notice = "\n".join(profile.x().notice())
    for part in ("X itself knows your key", "X's terms", "gathering intelligence on persons", "for 30 days",
                 "5 dollars for 1,000 posts, 10 dollars for 1,000 accounts", "stops at 20 dollars a month",
                 "developer.x.com", "no right to post", "never in a file", "VEILLE_X_TOKEN"):  # fmt: skip
        assert part in notice, part
    profile.settings = replace(Settings(), x_cap=1, x_post_price=6, recheck_days=0)
    notice = "\n".join(profile.x().notice())
    assert "stops at 1 dollar a month" in notice
    assert "6 dollars for 1,000 posts" in notice
    assert "switched off" in notice
