"""Several accounts from one configuration, a profile each."""

from __future__ import annotations

import argparse
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clients import schedule
from clients.trouble import Exit, Trouble
from clients.wire import KIND

EXAMPLE = """\
  [profile.steinberg]                    # any name of letters, digits, - and _
  url = "https://mailbox.example.com"    # the mailbox
  connector = "csv"
  source = "steinberg/records"           # relative paths start at this file's folder
  kinds = { contacts = "contact" }       # contacts.csv holds the records of the kind contact
  every = "30m"                          # optional: else the account's interval
  data_dir = "steinberg/data"            # optional: else a folder with the profile's name

  [profile.hofer]
  url = "https://mailbox.example.com"
  connector = "act"
  act_url = "http://localhost/act.web.api"
  act_database = "Sales"
  act_user = "Chris Huffman"             # the password is asked for by 'connect'
  rules = "hofer/rules.toml"             # what travels; 'connect' writes it, all commented
"""
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_ACT = ("act_url", "act_database", "act_user")
_FILES = ("source", "rules", "ca_file")
_TEXTS = ("url", "connector", "every", "data_dir", *_ACT, *_FILES)
_SWITCH = "plain_http"


@dataclass(frozen=True)
class Profile:
    """What one account's agent is told. `every` is in seconds; None stands for "not named"."""

    name: str
    data_dir: Path
    url: str | None = None
    connector: str | None = None
    source: Path | None = None
    kinds: tuple[tuple[str, str], ...] = ()
    every: float | None = None
    act_url: str | None = None
    act_database: str | None = None
    act_user: str | None = None
    rules: Path | None = None
    ca_file: Path | None = None
    plain_http: bool | None = None


def load(config: Path) -> list[Profile]:
    """Every profile of the file, in its order. Trouble (usage) names what is wrong in it."""
    try:
        content = tomllib.loads(config.read_text(encoding="utf-8"))
    except OSError as error:
        raise _wrong(config, f"it cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise _wrong(config, str(error)) from error
    sections = content.get("profile")
    if not isinstance(sections, dict) or not sections or len(content) > 1:
        raise _wrong(config, "it holds [profile.NAME] sections and nothing else")
    profiles = [_read(config, name, section) for name, section in sections.items()]
    if len({profile.data_dir.resolve() for profile in profiles}) < len(profiles):
        raise _wrong(config, "two profiles cannot share a data_dir")
    return profiles


def choose(profiles: list[Profile], name: str | None) -> list[Profile]:
    """The one of that name, or all."""
    chosen = [profile for profile in profiles if name in (None, profile.name)]
    if not chosen:
        known = ", ".join(profile.name for profile in profiles)
        raise Trouble(f"There is no profile {name}: choose one of {known}.", exit_code=Exit.USAGE)
    return chosen


def told(options: argparse.Namespace, profile: Profile) -> argparse.Namespace:
    """The command's options for one profile; what the command line names outranks the file."""
    merged = argparse.Namespace(**vars(options))
    merged.data_dir = profile.data_dir
    for name in ("url", "connector", "every", *_ACT, *_FILES, _SWITCH):
        if getattr(options, name, None) is None:
            setattr(merged, name, getattr(profile, name))
    if not getattr(options, "kind", None):
        merged.kind = list(profile.kinds)
    return merged


def _read(config: Path, name: str, section: object) -> Profile:
    if not _NAME.fullmatch(name) or not isinstance(section, dict):
        raise _wrong(config, f"{name!r} is no name of a profile")
    where = f"[profile.{name}]"
    for key, value in section.items():
        _check(config, where, key, value)
    if section.get("connector", "csv") not in ("csv", "act"):
        raise _wrong(config, f"connector of {where} must be csv or act")
    folder = config.absolute().parent
    return Profile(
        name=name,
        data_dir=folder / section.get("data_dir", name),
        url=section.get("url"),
        connector=section.get("connector"),
        kinds=_kinds(config, where, section.get("kinds", {})),
        every=_every(config, where, section.get("every")),
        plain_http=section.get(_SWITCH),
        **{key: section.get(key) for key in _ACT},
        **{key: folder / section[key] if key in section else None for key in _FILES},
    )


def _check(config: Path, where: str, key: str, value: object) -> None:
    if key not in (*_TEXTS, "kinds", _SWITCH):
        raise _wrong(config, f"{where} has an unknown key {key!r}")
    if key in _TEXTS and not isinstance(value, str):
        raise _wrong(config, f"{key} of {where} must be text in quotes")
    if key == _SWITCH and not isinstance(value, bool):
        raise _wrong(config, f"{key} of {where} must be true or false")


def _kinds(config: Path, where: str, kinds: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(kinds, dict):
        raise _wrong(config, f'kinds of {where} must look like {{ contacts = "contact" }}')
    for kind in kinds.values():
        if not isinstance(kind, str) or not KIND.fullmatch(kind):
            raise _wrong(config, f"{kind!r} in {where} is no kind")
    return tuple(kinds.items())


def _every(config: Path, where: str, every: str | None) -> float | None:
    try:
        return None if every is None else schedule.duration(every)
    except argparse.ArgumentTypeError as error:
        raise _wrong(config, f"every of {where}: {error}") from error


def _wrong(config: Path, what: str) -> Trouble:
    return Trouble(
        f"The configuration {config} cannot be used: {what}; --help shows an example.",
        exit_code=Exit.USAGE,
    )
