import json
from pathlib import Path

import pytest

from tests.formats.given import day, entries, entry, refusal, rows
from veille.formats import reading
from veille.formats.entry import Collection, Format

_ARTICLE = {
    "id": "http://zotero.org/users/1/items/ABCD", "type": "article-journal", "abstract": "<p>What it <b>says</b></p>",
    "container-title": "Journal of Things", "DOI": "10.1234/ABC", "issue": "3", "language": "fr-FR", "page": "45-67",
    "title": "Énergie <i>et</i> eau", "URL": "https://journal.example/eau", "volume": 12, "note": "Extra: x",
    "author": [{"family": "Beauvoir", "given": "Simone", "non-dropping-particle": "de"},
               {"family": "Roe", "given": "R.", "dropping-particle": "van", "suffix": "Jr."}, {"literal": "INSEE"}],
    "keyword": "eau, À lire", "issued": {"date-parts": [["2021", 5, 17]]}, "accessed": {"date-parts": [[2022, 6, 12]]},
}  # fmt: skip


def test_what_zotero_writes(tmp_path: Path):
    (found,) = entries(rows(tmp_path / "library.json", json.dumps([_ARTICLE], indent=2)))
    assert reading.recognise(tmp_path / "library.json") is Format.CSL
    assert found.collection is Collection.ZOTERO
    assert (found.item.url, found.item.title) == ("https://journal.example/eau", "Énergie et eau")
    assert (found.item.author, found.item.lang) == ("de Beauvoir, Simone; Roe, R. van, Jr.; INSEE", "fr")
    assert found.item.content == ("<p>What it <b>says</b></p><p>Journal of Things. 12 (3), 45-67. doi:10.1234/ABC</p>")
    assert (found.item.published, found.saved) == (day(2021, 5, 17), day(2022, 6, 12))
    assert (found.tags, found.note) == (("eau", "À lire"), "Extra: x")


@pytest.mark.parametrize(
    ("issued", "when"),
    [
        ({"date-parts": [[2021]]}, day(2021)), ({"date-parts": [["2021", "5"]]}, day(2021, 5)),
        ({"date-parts": [[2021, 13, 40]]}, day(2021)), ({"raw": "2021-05-17T10:00:00Z"}, day(2021, 5, 17, 10)),
        ({"literal": "printemps 2021"}, day(2021)), ({"date-parts": [[-44, 3, 15]]}, None), ({"date-parts": []}, None),
        ({"date-parts": [[10**25]]}, None), ({"date-parts": "?"}, None), ("2021-05", day(2021, 5)), (2021, day(2021)),
        (None, None), ([], None), ({"date-parts": [[2021, 2, 30]]}, day(2021, 2)),
    ],
)  # fmt: skip
def test_dates_of_any_precision(issued, when, tmp_path: Path):
    said = [{"type": "webpage", "title": "A", "URL": "https://a.example/", "issued": issued}]
    assert entry(rows(tmp_path / "a.json", json.dumps(said))[0]).item.published == when


def test_what_has_no_address(tmp_path: Path):
    said = [
        {"type": "book", "title": "A Book", "author": [{"family": "Doe"}], "issued": {"date-parts": [[1999]]}},
        {"type": "book", "DOI": "https://doi.org/10.1234/x y", "URL": "file:///etc/passwd"},
        {"type": "book", "URL": "ftp://a.example/"}, {"type": "book", "author": [5, None], "title": ["?"]},
    ]  # fmt: skip
    first, second, third, fourth = rows(tmp_path / "a.json", json.dumps({"items": said}))
    assert entry(first).item.uid == "work:a book doe 1999"
    assert entry(second).item.url == "https://doi.org/10.1234/x"
    assert refusal(third).reason == "An address that begins with “ftp:” is no page on the web."
    assert refusal(fourth).reason == "It has no address."
