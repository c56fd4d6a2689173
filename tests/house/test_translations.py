"""Everything that a person may read exists in French too, with the same places to fill."""

from pathlib import Path

import catalogue
import pytest
from babel.messages.catalog import Catalog

from veille import i18n

SOURCE = """
from veille.i18n import N_, _, ngettext

def texts(n):
    later = N_("Later"), N_("expected %(n)s")
    return _("Sectors"), _("{host} is busy ({status})."), ngettext("one item", "{n} items", n)
"""
FRENCH = {
    "Sectors": "Secteurs",
    "{host} is busy ({status}).": "{host} est occupé ({status}).",
    "Later": "Plus tard",
    "expected %(n)s": "il faut %(n)s",
    ("one item", "{n} items"): ("un élément", "{n} éléments"),
}


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_the_catalogue_is_complete(language: str) -> None:
    path = catalogue.po_file(language)
    assert list(catalogue.problems(catalogue.extract(), catalogue.read(path, language))) == []


@pytest.fixture
def template(tmp_path: Path) -> Catalog:
    (tmp_path / "veille" / "room").mkdir(parents=True)
    (tmp_path / "veille" / "room" / "some.py").write_text(SOURCE, encoding="utf-8")
    return catalogue.extract(tmp_path / "veille")


def translated(**changed: str) -> Catalog:
    french = Catalog(locale="fr", charset="utf-8", fuzzy=False)
    for message, text in FRENCH.items():
        french.add(message, changed.get(str(message), text))
    return french


def test_all_texts_are_found(template: Catalog) -> None:
    assert {message.id for message in template if message.id} == set(FRENCH)


def test_a_complete_translation_has_no_problem(template: Catalog) -> None:
    assert list(catalogue.problems(template, translated())) == []


def test_a_text_counts_everywhere_or_nowhere(tmp_path: Path) -> None:
    (tmp_path / "some.py").write_text(SOURCE + '    _("one item")', encoding="utf-8")
    with pytest.raises(ValueError, match="one item"):
        catalogue.extract(tmp_path)


@pytest.mark.parametrize("text", ["", "{hote} est occupé ({status}).", "occupé ({status})", "{host} {host}"])
def test_a_missing_or_different_place_is_a_problem(template: Catalog, text: str) -> None:
    french = translated(**{"{host} is busy ({status}).": text})
    assert len(list(catalogue.problems(template, french))) == 1


@pytest.mark.parametrize("forms", [("", ""), ("un élément", ""), ("un", "des éléments"), ("{m}", "{n}")])
def test_each_plural_form_is_checked(template: Catalog, forms: tuple[str, str]) -> None:
    french = translated()
    french["one item"].string = forms
    assert len(list(catalogue.problems(template, french))) == 1


def test_the_places_of_argparse_are_checked(template: Catalog) -> None:
    assert len(list(catalogue.problems(template, translated(**{"expected %(n)s": "il faut %(m)s"})))) == 1


def test_fuzzy_absent_and_stale_are_problems(template: Catalog) -> None:
    french = translated()
    french["Later"].flags.add("fuzzy")
    french.delete("Sectors")
    french.add("Former", "Ancien")
    assert sorted(catalogue.problems(template, french)) == [
        "'Former' is no longer used", "'Later' is fuzzy", "'Sectors' is not in the catalogue"]  # fmt: skip


def test_an_update_keeps_translations_and_writes_the_same_again(template: Catalog, tmp_path: Path) -> None:
    path = catalogue.po_file("fr", tmp_path)
    catalogue.update(template, path, "fr")
    path.write_text(path.read_text().replace('msgid "Later"\nmsgstr ""', 'msgid "Later"\nmsgstr "Plus tard"'))
    with path.open("a") as file:
        file.write('\nmsgid "Former"\nmsgstr "Ancien"\n')
    catalogue.update(template, path, "fr")
    written = path.read_text(encoding="utf-8")
    assert catalogue.read(path, "fr")["Later"].string == "Plus tard"
    assert "Former" not in written
    assert "#: veille/room/some.py\n" in written
    assert "Date" not in written
    catalogue.update(catalogue.extract(tmp_path / "veille"), path, "fr")
    assert path.read_text(encoding="utf-8") == written


def test_what_is_compiled_is_what_the_program_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = catalogue.po_file("fr", tmp_path)
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        catalogue.write_po(file, translated())
    assert catalogue.compile_all(tmp_path) == [path.with_suffix(".mo")]
    monkeypatch.setattr(i18n, "resource", lambda *_: tmp_path)
    i18n.use("fr")
    assert i18n._("Later") == "Plus tard"
    assert [i18n.ngettext("one item", "{n} items", n) for n in (0, 1, 2)] == ["un élément"] * 2 + ["{n} éléments"]
