"""The clients' package alone: pure Python, for 3.11 to 3.13, and nothing of the portal."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from hhcportal.run.places import CHECKOUT

PYTHONS = ("3.11", "3.12", "3.13")
SOURCES = sorted((CHECKOUT / "clients").rglob("*.py"))
# What 3.12 and 3.13 no longer have (their "What's New" lists).
REMOVED = {
    "asynchat", "asyncore", "distutils", "imp", "smtpd",
    "aifc", "audioop", "cgi", "cgitb", "chunk", "crypt", "imghdr", "lib2to3", "mailcap", "msilib",
    "nis", "nntplib", "ossaudiodev", "pipes", "sndhdr", "spwd", "sunau", "telnetlib", "uu",
    "xdrlib",
}  # fmt: skip
OPTIONAL = {"keyring", "http_ece", "cryptography"}


@cache
def project() -> dict[str, object]:
    told: dict[str, object] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    return told


def needed() -> dict[str, str]:
    """Every package that comes along, with the Pythons that it is for."""
    found: dict[str, str] = {}
    wanted = list(project()["dependencies"])  # type: ignore[call-overload]
    while wanted:
        requirement = Requirement(wanted.pop())
        if requirement.name in found or not _comes_along(requirement):
            continue
        there = distribution(requirement.name)
        found[requirement.name] = str(there.metadata["Requires-Python"])
        wanted += there.requires or []
    return found


def _comes_along(requirement: Requirement) -> bool:
    marker = requirement.marker
    return marker is None or marker.evaluate({"extra": ""})


def test_all_that_is_needed_is_pure_and_for_these_pythons() -> None:
    packages = needed()
    assert {"httpx", "stamina", "tzlocal", "h11"} <= set(packages)
    for name, pythons in packages.items():
        wheel = distribution(name).read_text("WHEEL") or ""
        assert "Root-Is-Purelib: true" in wheel, name
        assert "-none-any" in wheel, name
        for version in PYTHONS:
            assert SpecifierSet(pythons).contains(f"{version}.0"), (name, pythons)
    for version in PYTHONS:
        assert SpecifierSet(str(project()["requires-python"])).contains(f"{version}.0")


def test_nothing_is_built_for_one_machine() -> None:
    """The wheel is pure as long as it is the folder as it stands."""
    told = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    assert told["tool"]["hatch"]["build"] == {
        "targets": {"wheel": {"packages": ["clients"]}, "sdist": {"include": ["/clients"]}}
    }
    others = {path.suffix for path in (CHECKOUT / "clients").rglob("*") if path.is_file()}
    assert others <= {".py", ".pyc"}


@pytest.mark.parametrize("version", [(3, 11), (3, 13)])
def test_every_file_is_python_of_that_version(version: tuple[int, int]) -> None:
    for source in SOURCES:
        ast.parse(source.read_text(), str(source), feature_version=version)


def test_nothing_is_imported_that_a_python_of_these_lacks() -> None:
    known = (sys.stdlib_module_names - REMOVED) | {"clients"} | OPTIONAL
    known |= {name.replace("-", "_") for name in needed()}
    wrong = [(path.name, name) for path in SOURCES for name in _imports(path) if name not in known]
    assert wrong == []


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]
