from pathlib import Path

import pytest

from tests.formats.given import day, entries, entry, refusal, rows
from veille.errors import BadFile
from veille.formats.entry import Collection, Format

_ZOTERO = """TY  - JOUR
TI  - Énergie &amp; eau: a <i>study</i>
AU  - Doe, Jane
AU  - Roe, John
T2  - Journal of Things
AB  - First line
goes on here
VL  - 12
IS  - 3
SP  - 45
EP  - 67
PY  - 2021
DA  - 2021/05/17/
DO  - 10.1234/abc.(5)
UR  - https://journal.example/eau?utm_source=x
Y2  - 2022/06/12/02:13:22
LA  - fr
KW  - eau
KW  - À lire
N1  - <p>My <b>note</b></p><p>goes on</p>
N1  - Another
ER  -

TY  - BOOK
TI  - The Origin of Species
AU  - Darwin, Charles
PY  - 1859///
PB  - Murray
ER  -

TY  - JOUR
TI  - By its DOI
M3  - doi:10.5555/12345678
UR  - C:\\Users\\me\\paper.pdf
ER  -

TY  - GEN
ER  -
""".replace("ER  -", "ER  - ")


@pytest.mark.parametrize(
    "changed",
    [
        lambda text: text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\n  ").replace("goes on here", "   goes on here"),
        lambda text: text.replace("  - ", " - "),
        lambda text: text.replace("ER  - \n", "ER  -\n"),
        lambda text: text.replace("ER  - \n", "", 3),
        lambda text: "Exported from somewhere\n\n1.\n" + text,
        lambda text: text.replace("\n", "\r"),
    ],
)
def test_what_zotero_writes_and_what_others_make_of_it(changed, tmp_path: Path):
    first, second, third, fourth = rows(tmp_path / "library.ris", changed(_ZOTERO))
    found = entry(first)
    assert found.collection is Collection.ZOTERO
    assert found.item.url == "https://journal.example/eau"
    assert found.item.title == "Énergie & eau: a study"
    assert (found.item.author, found.item.lang) == ("Doe, Jane; Roe, John", "fr")
    assert found.item.content.startswith(
        "<p>First line<br>goes on here</p><p>Journal of Things. 12 (3), 45–67. doi:10."
    )
    assert (found.item.published, found.saved) == (day(2021, 5, 17), day(2022, 6, 12))
    assert found.tags == ("eau", "À lire")
    assert found.note == "My note\ngoes on\n\nAnother"
    book = entry(second).item
    assert (book.url, book.uid) == ("", "work:the origin of species darwin, charles 1859")
    assert (book.title, book.published) == ("The Origin of Species", day(1859))
    assert book.at == book.seen  # an old book is not lost at the end of the list
    assert entry(third).item.url == "https://doi.org/10.5555/12345678"
    assert refusal(fourth).reason == "It has neither a title nor an address."


def test_no_end_of_any_is_how_it_was_written_and_one_that_is_missing_is_a_file_cut_short(tmp_path: Path):
    one = "TY  - JOUR\nTI  - A\nUR  - https://a.example/\n"
    two = "TY  - JOUR\nTI  - B\nUR  - https://b.example/\n"
    assert len(entries(rows(tmp_path / "a.ris", one + two))) == 2
    first, second = rows(tmp_path / "a.ris", one + "ER  - \n" + two)
    assert entry(first).item.title == "A"
    assert (refusal(second).title, refusal(second).address) == ("B", "https://b.example/")
    assert refusal(rows(tmp_path / "a.ris", one)[0]).reason == "The file ends in the middle of it."


def test_a_text_is_not_taken_for_a_field(tmp_path: Path):
    text = "TY  - JOUR\nTI  - A\nAB  - On\nUS - China relations\nUK-wide\nUR  - https://a.example/\nER  - \n"
    (found,) = entries(rows(tmp_path / "a.ris", text))
    assert found.item.summary == "On US - China relations UK-wide"


def test_what_only_looks_like_marks_is_text(tmp_path: Path):
    text = "TY  - JOUR\nTI  - On <canvas> and CO<sub>2</sub>\nN1  - see <A>\nUR  - https://a.example/\nER  - \n"
    (found,) = entries(rows(tmp_path / "a.ris", text))
    assert (found.item.title, found.note) == ("On <canvas> and CO2", "see <A>")


def test_what_holds_no_reference(tmp_path: Path):
    with pytest.raises(BadFile, match="none of the files that Veille knows"):
        rows(tmp_path / "a.ris", "AU  - Doe\n")
    with pytest.raises(BadFile, match="no file of this kind"):
        rows(tmp_path / "a.ris", "AU  - Doe\n", Format.RIS)


def test_one_that_is_far_too_long_is_refused_and_the_others_are_not(tmp_path: Path):
    long = "TY  - JOUR\nTI  - Long\n" + f"N1  - {'x' * 999}\n" * 1100 + "ER  - \n"
    first, second = rows(tmp_path / "a.ris", long + "TY  - JOUR\nTI  - Short\nER  - \n")
    assert (refusal(first).title, refusal(first).reason) == ("Long", "It is far too long.")
    assert entry(second).item.title == "Short"
