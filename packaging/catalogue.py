"""The texts of Veille and their translations: extract, update, compile, check. Needs Babel.

``catalogue.py update`` brings every ``veille.po`` up to the source; ``catalogue.py compile`` writes the
``.mo`` files that the program reads. What is written depends on the source alone: no dates, no line numbers.
"""

import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "veille"
TRANSLATIONS = ROOT / "resources" / "translations"
LANGUAGES = ("fr",)
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
_HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"

"""
_NO_DATE = datetime(1980, 1, 1, tzinfo=UTC)  # Babel puts one in, and the same source must give the same file


def po_file(language: str, translations: Path = TRANSLATIONS) -> Path:
    """Where the translations into ``language`` are written by hand."""
    return translations / language / "LC_MESSAGES" / "veille.po"


def extract(source: Path = SOURCE) -> Catalog:
    """Every text that the modules below ``source`` mark for translation."""
    template = Catalog(charset="utf-8", fuzzy=False)
    found = extract_from_dir(source, method_map=[("**.py", "python")], keywords=KEYWORDS)
    for name, line, message, comments, context in found:
        known = template.get(message if isinstance(message, str) else message[0], context)
        if known is not None and known.pluralizable is isinstance(message, str):  # one of the two would stay English
            raise ValueError(f"{known.id!r} counts in one place and not in another: {name}:{line}")
        template.add(message, None, [(f"{source.name}/{name}", line)], auto_comments=comments, context=context)
    return template


def read(path: Path, language: str) -> Catalog:
    """The translations in ``path``; none when it does not exist yet."""
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def update(template: Catalog, path: Path, language: str) -> None:
    """Bring ``path`` up to ``template``: new texts come untranslated, those no longer used go."""
    catalogue = read(path, language)
    catalogue.update(template, no_fuzzy_matching=True)
    text = io.BytesIO()
    write_po(
        text, catalogue, width=120, omit_header=True, sort_by_file=True, include_lineno=False, ignore_obsolete=True
    )
    header = _HEADER.format(language=language, plurals=catalogue.plural_forms)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(header.encode() + text.getvalue().strip() + b"\n")


def compile_all(translations: Path = TRANSLATIONS) -> list[Path]:
    """Write a ``.mo`` beside each ``.po`` where it is absent or older; returns all of them."""
    compiled = []
    for source in sorted(translations.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime_ns <= source.stat().st_mtime_ns:
            catalogue = read(source, source.parents[1].name)
            catalogue.creation_date = catalogue.revision_date = _NO_DATE
            with target.open("wb") as file:
                write_mo(file, catalogue)
        compiled.append(target)
    return compiled


def problems(template: Catalog, catalogue: Catalog) -> Iterator[str]:
    """What keeps ``catalogue`` from saying all that ``template`` says, one sentence each."""
    for message in template:
        if message.id and (wrong := _problem(message, catalogue.get(_key(message), message.context))):
            yield f"{_key(message)!r} {wrong}"
    for message in catalogue:
        if message.id and template.get(_key(message), message.context) is None:
            yield f"{_key(message)!r} is no longer used"


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _problem(message: Message, translated: Message | None) -> str:
    if translated is None:
        return "is not in the catalogue"
    if translated.fuzzy:
        return "is fuzzy"
    if translated.pluralizable != message.pluralizable:
        return "counts in one and not in the other"
    forms = _forms(translated.string or "")
    if not all(forms) or (message.pluralizable and len(forms) < 2):
        return "is not translated"
    wanted = set().union(*map(_places, _forms(message.id)))
    if any(_places(form) - wanted for form in forms) or _places(forms[-1]) != _places(_forms(message.id)[-1]):
        return f"has other places to fill than its translation: {' / '.join(forms)}"
    return ""


def _forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _places(text: str) -> set[str]:
    """The places of ``text`` that are filled: ``{name}``, and argparse's ``%(name)s``."""
    return set(re.findall(r"\{\w*\}|%\(\w+\)[sr]|%[sr]", text))


def main(arguments: list[str]) -> int:
    """``update`` or ``compile``."""
    if arguments == ["update"]:
        for language in LANGUAGES:
            update(extract(), po_file(language), language)
            left = list(problems(extract(), read(po_file(language), language)))
            print(f"{language}: {len(left)} to translate", *left, sep="\n  ")
    elif arguments == ["compile"]:
        compile_all()
    else:
        print("usage: catalogue.py update|compile", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
