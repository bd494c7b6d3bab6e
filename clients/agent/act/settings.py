"""Where an office's Act! is, and by whom the agent signs in."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from clients.agent.act import address
from clients.agent.act.address import Address
from clients.trouble import Exit, Trouble


@dataclass(frozen=True)
class Settings:
    """What `connect` was told. The password is kept elsewhere (`password.py`)."""

    url: str
    database: str
    user: str
    rules: str
    ca_file: str | None = None
    plain_http: bool = False

    @classmethod
    def of(cls, known: dict[str, Any]) -> Settings:
        """From what was kept. Trouble (usage) where something is missing."""
        try:
            return cls(**known)
        except TypeError as error:
            raise Trouble(
                "Where Act! is, is not known yet: run connect first.", exit_code=Exit.USAGE
            ) from error

    def address(self) -> Address:
        """Trouble (usage) where the URL is none, or must not be used."""
        return address.parse(self.url, plain_http=self.plain_http)

    def rules_file(self) -> Path:
        return Path(self.rules)

    def authority(self) -> Path | None:
        return Path(self.ca_file) if self.ca_file else None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
