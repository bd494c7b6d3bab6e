"""The bond between a data folder and its mailbox."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from clients import files
from clients.answers import Limits
from clients.install_id import install_id
from clients.problems import WireError
from clients.trouble import Exit, Trouble
from clients.wire import Api

_FILE = "pairing.json"
_PROGRAMS = {"server": "clients.agent", "device": "clients.device"}


@dataclass(frozen=True)
class Pairing:
    """What a paired folder knows of its mailbox. The token is its password."""

    url: str
    peer: str
    token: str
    name: str
    account_number: str
    account_name: str
    limits: Limits

    def page_of(self, kind: str, record_id: str) -> str:
        """The portal's page that tells a record's way, for a member of the account."""
        query = urlencode({"id": record_id, "kind": kind})
        return f"{self.url}/accounts/{self.account_number}/mailbox/?{query}"

    def connect(self, data_dir: Path, *, patient: bool = True) -> Api:
        """`patient`: a mailbox that does not answer is asked again for some seconds."""
        return Api(
            url=self.url,
            token=self.token,
            install_id=str(install_id(data_dir)),
            patient=patient,
        )


def prepare(data_dir: Path) -> None:
    """Make the data folder, readable by its owner alone where the system knows owners."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Trouble(
            f"The data folder {data_dir} cannot be made ({error.strerror}): "
            "choose another with --data-dir."
        ) from error


def load(data_dir: Path, program: str) -> Pairing:
    """The pairing kept in `data_dir`; Trouble where there is none."""
    try:
        kept = json.loads((data_dir / _FILE).read_text(encoding="utf-8"))
        return Pairing(**{**kept, "limits": Limits(**kept["limits"])})
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Trouble(
            f"Nothing is paired in {data_dir}: "
            f"run 'python -m {program} pair CODE --url URL' with a code from the portal.",
            code="not-paired",
            exit_code=Exit.NOT_PAIRED,
        ) from error
    except (ValueError, TypeError, KeyError) as error:
        raise Trouble(
            f"{data_dir / _FILE} is damaged: pair again with a new code from the portal.",
            code="not-paired",
            exit_code=Exit.NOT_PAIRED,
        ) from error


def move(data_dir: Path, pairing: Pairing, url: str) -> Pairing:
    """The same pairing with a mailbox that has another address now; it is remembered."""
    moved = replace(pairing, url=_checked_url(url))
    if moved != pairing:
        _keep(data_dir, moved)
    return moved


def forget(data_dir: Path) -> None:
    (data_dir / _FILE).unlink(missing_ok=True)


def pair(data_dir: Path, *, role: str, code: str, url: str, name: str | None) -> Pairing:
    """Trade `code` for a token and keep it. Raises Trouble or a WireError."""
    url = _checked_url(url)
    name = (name or platform.node() or role)[:100]
    prepare(data_dir)
    # Impatient: a person waits, and the same code may be tried again.
    api = Api(url=url, install_id=str(install_id(data_dir)), patient=False)
    try:
        answer = api.pair(code=code, name=name, platform=platform.system().lower()[:40])
    finally:
        api.close()
    pairing = Pairing(
        url=url,
        peer=answer.peer,
        token=answer.token,
        name=name,
        account_number=answer.account_number,
        account_name=answer.account_name,
        limits=answer.limits,
    )
    if answer.role != role:
        _give_back(pairing, data_dir)
        raise Trouble(
            f"This code is for a {answer.role}, and this program is a {role}: make a code for a "
            f"{role} in the portal, or use 'python -m {_PROGRAMS[answer.role]}'.",
            exit_code=Exit.NOT_PAIRED,
        )
    _keep(data_dir, pairing)
    return pairing


def _give_back(pairing: Pairing, data_dir: Path) -> None:
    """Unpair what was paired by mistake, so that the portal shows no peer that never comes."""
    api = pairing.connect(data_dir)
    try:
        api.unpair()
    except WireError:
        return
    finally:
        api.close()


def _keep(data_dir: Path, pairing: Pairing) -> None:
    kept = json.dumps(asdict(pairing), ensure_ascii=False, indent=1)
    files.replace(data_dir / _FILE, kept.encode(), mode=0o600)


def _checked_url(url: str) -> str:
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Trouble(
            f"{url!r} is no address of a mailbox: write it like https://mailbox.example.com.",
            exit_code=Exit.USAGE,
        )
    return url.strip().rstrip("/")
