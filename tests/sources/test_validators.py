"""When ETag and Last-Modified go back: never as a mark of one reader."""

from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from veille.contacts import DIRECT, Purpose, Reason, Route
from veille.model import Validators
from veille.net.gateway import Response
from veille.sources.validators import learnt, to_send

URL = "https://a.example/feed"
READ = Purpose(Reason.SCHEDULED, 1)
PROXIED = replace(READ, route=Route("socks5", "127.0.0.1", 9050))


def answer(etag: str = "", modified: str = "", *, url: str = URL, status: int = 200, conditional: bool = False):
    headers = {name: value for name, value in (("etag", etag), ("last-modified", modified)) if value}
    return Response(url, "", status, headers, b"", conditional)


def after(*answers: Response, purpose: Purpose = READ) -> Validators:
    kept = Validators()
    for each in answers:
        kept = learnt(kept, each, purpose)
    return kept


def sent(kept: Validators, purpose: Purpose = READ) -> tuple[str, str]:
    found = to_send(kept, purpose)
    return found.etag, found.last_modified


def test_one_answer_is_not_enough():
    assert sent(after(answer('"1"', "monday"))) == ("", "")
    assert sent(after(answer('"1"', "monday"), answer('"1"', "monday"))) == ('"1"', "monday")


def test_each_of_the_two_stands_for_itself():
    assert sent(after(answer('"1"', "monday"), answer('"2"', "monday"))) == ("", "monday")
    assert sent(after(answer('"1"', "monday"), answer('"1"', "tuesday"))) == ('"1"', "")
    assert sent(after(answer('"1"'), answer('"1"', "monday"))) == ('"1"', "")
    assert sent(after(answer('"1"'), answer(), answer('"1"'))) == ("", "")


def test_an_answer_that_differs_begins_anew():
    agreed = [answer('"1"'), answer('"1"')]
    assert sent(after(*agreed, answer('"2"'))) == ("", "")
    assert sent(after(*agreed, answer('"2"'), answer('"2"'))) == ('"2"', "")


def test_an_answer_to_a_conditional_request_proves_nothing():
    agreed = [answer('"1"'), answer('"1"')]
    changed = answer('"2"', conditional=True)
    assert sent(after(*agreed, changed)) == ("", "")
    assert sent(after(*agreed, changed, answer('"2"'))) == ("", "")
    assert sent(after(*agreed, changed, answer('"2"'), answer('"2"'))) == ('"2"', "")
    assert sent(after(*agreed, answer('"1"', conditional=True))) == ("", "")


def test_a_304_changes_nothing_whatever_it_carries():
    agreed = after(answer('"1"', "monday"), answer('"1"', "monday"))
    assert learnt(agreed, answer('"mine"', "today", status=304, conditional=True), READ) == agreed


def test_another_route_or_page_forgets():
    agreed = after(answer('"1"'), answer('"1"'))
    assert sent(agreed, PROXIED) == ("", "")
    there = learnt(agreed, answer('"1"'), PROXIED)
    assert (there.etag_agreed, sent(there, PROXIED), sent(there, READ)) == (False, ("", ""), ("", ""))
    assert sent(after(answer('"1"'), answer('"1"', url=URL + "?2"))) == ("", "")
    assert to_send(agreed, READ).url == URL


def test_another_password_is_another_route():
    one, two = (replace(PROXIED, route=replace(PROXIED.route, user="u", password=each)) for each in "ab")
    agreed = after(answer('"1"'), answer('"1"'), purpose=one)
    assert (sent(agreed, one), sent(agreed, two)) == (('"1"', ""), ("", ""))


def test_strict_sends_none():
    agreed = after(answer('"1"', "monday"), answer('"1"', "monday"))
    assert to_send(agreed, replace(READ, strict=True)) == Validators()


def test_what_is_too_long_to_be_sent_is_not_kept():
    assert after(answer("x" * 1001), answer("x" * 1001)).etag == ""


@dataclass
class Host:
    """A host that knows when a request carried something, and answers 304 or a 200 with what the test wants."""

    kept: Validators = field(default_factory=Validators)
    unconditional: list[tuple[Response, str]] = field(default_factory=list)  # and the route, since the last change

    def ask(self, purpose: Purpose, etag: str, modified: str, url: str, agree: bool) -> tuple[str, str]:
        carried = to_send(self.kept, purpose)
        conditional = bool(carried.etag or carried.last_modified) and carried.url == url
        status = 304 if conditional and agree else 200
        given = answer(etag, modified, url=url, status=status, conditional=conditional)
        self.kept = learnt(self.kept, given, purpose)
        if status == 200:
            self.unconditional = [] if conditional else [*self.unconditional, (given, purpose.route.key)]
        return (carried.etag, carried.last_modified) if conditional else ("", "")


asking = st.tuples(
    st.sampled_from([READ, PROXIED, replace(READ, strict=True)]),
    st.sampled_from(["", '"1"', '"2"']),
    st.sampled_from(["", "monday", "tuesday"]),
    st.sampled_from([URL, URL, URL + "?2"]),
    st.booleans(),
)


@given(st.lists(asking, max_size=25))
def test_whatever_a_host_does_only_what_two_unconditional_answers_agreed_on_goes_back(steps: list[tuple]):
    host = Host()
    for purpose, etag, modified, url, agree in steps:
        before = list(host.unconditional[-2:])
        went = host.ask(purpose, etag, modified, url, agree)
        for name, value in zip(("etag", "last-modified"), went, strict=True):
            if value:
                assert not purpose.strict
                assert [each.headers.get(name) for each, _route in before] == [value, value]
                assert {each.url for each, _route in before} == {url}
                assert {route for _each, route in before} == {purpose.route.key}


def test_direct_is_a_route_like_any_other():
    assert after(answer('"1"')).route == DIRECT.key
