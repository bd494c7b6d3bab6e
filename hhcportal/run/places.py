"""Where the program keeps what it writes."""

import os
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Places:
    """The folder of everything that is written, by default `var` in the checkout."""

    var: Path

    @classmethod
    def from_environment(cls) -> "Places":
        return cls(Path(os.environ.get("VAR_DIR") or CHECKOUT / "var").absolute())

    @property
    def run(self) -> Path:
        """What holds only while the program runs: process files, the environment's file."""
        return self.var / "run"

    @property
    def log(self) -> Path:
        return self.var / "log"

    @property
    def owner(self) -> Path:
        """The path that tells this installation from every other on the machine."""
        return CHECKOUT if self.var == CHECKOUT / "var" else self.var

    def make(self) -> None:
        for folder in (self.var, self.run, self.log):
            folder.mkdir(parents=True, exist_ok=True)


def write_private(path: Path, text: str) -> None:
    """Put `text` where only this user can read it, in one move."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)
