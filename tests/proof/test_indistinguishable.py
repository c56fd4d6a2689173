"""Two persons who have nothing in common but one source send it the same bytes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.observer.stage import feed
from tests.servers import FeedServer

# Each is another person: name, language, machine, and what else they watch. None: Veille of another version.
PERSONS = {
    "one": {"LANG": "fr_FR.UTF-8", "TZ": "Europe/Paris", "USER": "claire", "sector": "Énergie", "version": "0.1.0"},
    "other": {"LANG": "en_GB.UTF-8", "TZ": "Asia/Tokyo", "USER": "tom", "sector": "Health", "version": "9.8.7"},
}  # fmt: skip


@pytest.fixture
def server():
    with FeedServer() as made:
        for path in ("/shared", "/one", "/other"):
            reply = feed()
            made.put(path, reply.body, headers={**reply.headers, "ETag": '"7"', "Set-Cookie": "id=1"})
        yield made


def run(person: dict[str, str], home: Path, *words: str) -> None:
    """The real program in another person's surroundings."""
    home.mkdir(exist_ok=True)
    (home / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    surroundings = {
        **os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "LC_ALL": "", "LANG": person["LANG"],
        "LANGUAGE": "", "TZ": person["TZ"], "USER": person["USER"], "LOGNAME": person["USER"],
        "HTTP_PROXY": "http://127.0.0.1:9/", "http_proxy": "http://127.0.0.1:9/", "ALL_PROXY": "http://127.0.0.1:9/",
        "HOSTNAME": f"machine-of-{person['USER']}",
    }  # fmt: skip
    program = "import sys, veille; veille.__version__ = sys.argv.pop(1); from veille.app import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", program, person["version"], *words],
        env=surroundings, capture_output=True, text=True, timeout=100, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_two_persons_send_the_same_bytes(server: FeedServer, tmp_path: Path) -> None:
    sent = {}
    for name, person in PERSONS.items():
        home = tmp_path / name
        for path in ("/shared", f"/{name}"):
            run(person, home, "add", server.url(path), "--sector", person["sector"], "--allow-private")
        for _time in range(4):  # until what the server gave to ask again by is sent back
            run(person, home, "refresh")
        shared = [each for each in server.requests if each.path == "/shared"]
        sent[name] = [(each.line, each.raw) for each in shared]
        server.requests.clear()
    assert len(sent["one"]) == 4
    assert sent["one"] == sent["other"]
    names = {name.lower() for _line, raw in sent["one"] for name, _value in raw}
    assert "if-none-match" in names, "the fourth time, what everybody was given is sent back"
    assert not names & {"cookie", "authorization", "referer", "accept-language"}
