"""Keep the German catalogue in step with the words of the code and the templates."""

from argparse import ArgumentParser
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.template import templatize

SOURCES = ("accounts", "mailbox", "sync", "hhcportal")
LANGUAGE = "de"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


class Command(BaseCommand):
    """English words are the message ids, so English needs no catalogue."""

    help = (
        "Adds new words of code and templates to hhcportal/locale/de, without a translation, and "
        "removes those that are gone. Needs no gettext. `make run` compiles the result."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="change nothing; fail where a word has no translation or is gone",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        file = settings.LOCALE_PATHS[0] / LANGUAGE / "LC_MESSAGES" / "django.po"
        catalogue = _read(file)
        before = {_key(message) for message in catalogue if message.id}
        wanted = _words()
        catalogue.update(wanted, no_fuzzy_matching=True)
        if options["check"]:
            _check(catalogue, before, {_key(message) for message in wanted if message.id})
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as target:
            # Line numbers would change the file with every edit elsewhere.
            write_po(target, catalogue, width=100, ignore_obsolete=True, include_lineno=False)
        self.stdout.write(f"{file}: {len(catalogue)} words, {len(_untranslated(catalogue))} to do")


def _check(catalogue: Catalog, before: set[Any], wanted: set[Any]) -> None:
    lines = [f"not translated: {words!r}" for words in _untranslated(catalogue)]
    lines += [f"no longer used: {key[0]!r}" for key in sorted(before - wanted, key=repr)]
    if lines:
        raise CommandError(
            "\n".join([*lines, "Run `manage.py translations`, then complete the German words."])
        )


def _read(file: Path) -> Catalog:
    if not file.exists():
        return Catalog(locale=LANGUAGE)
    with file.open("rb") as source:
        return read_po(source, locale=LANGUAGE, abort_invalid=True)


def _words() -> Catalog:
    found = Catalog(locale=LANGUAGE)
    for path, text in _texts():
        for line, words, _comments, context in extract("python", BytesIO(text), keywords=KEYWORDS):
            found.add(words, locations=[(path, line)], context=context)
    return found


def _texts() -> Iterator[tuple[str, bytes]]:
    base: Path = settings.BASE_DIR
    for room in SOURCES:
        for file in sorted((base / room).rglob("*.py")):
            yield str(file.relative_to(base)), file.read_bytes()
    for file in sorted((base / "templates").rglob("*.*")):
        text = templatize(file.read_text(), origin=str(file))
        # What is left of the markup is indented like no Python; each line may stand alone.
        flat = "\n".join(line.strip() for line in text.splitlines())
        yield str(file.relative_to(base)), flat.encode()


def _untranslated(catalogue: Catalog) -> list[Any]:
    return [
        message.id
        for message in catalogue
        if message.id and (message.fuzzy or not all(_strings(message.string)))
    ]


def _strings(string: Any) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, list | tuple) else (string,)


def _key(message: Any) -> tuple[Any, str | None]:
    return (message.id, message.context)
