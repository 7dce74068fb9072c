"""What lies around the code: files that know no machine, locked dependencies, documents that tell the truth."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
KEPT = (".ci/*", "*.md", "*.toml", "*.yaml", "*.lock", "Makefile", "Dockerfile", ".dockerignore", ".gitignore")
FOLDERS = ("bot", "benchmarks", "docs", "templates", "tests")
IMPORTED_BY_NAME = {
    "tzdata": "zoneinfo reads it where the system has no time zones",
}
"""Dependencies that no import statement names, and who uses them."""


def project_files() -> Iterator[Path]:
    """Every text file that belongs to the project."""
    for pattern in KEPT:
        yield from ROOT.glob(pattern)
    for folder in FOLDERS:
        for file in (ROOT / folder).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts and file.suffix not in {".png", ".pyc"}:
                yield file


def documents() -> list[Path]:
    """Everything written for people."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def requirement_names(requirements: list[str]) -> set[str]:
    """``SQLAlchemy[asyncio]>=2`` -> ``sqlalchemy``."""
    found = {match[0] for line in requirements if (match := re.match(r"[\w.-]+", line))}
    return {name.lower().replace("_", "-") for name in found}


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    somewhere = re.compile(r"(?<![\w.])/(root|home|work|Users)/\w|file:/{2,}\w")
    offences = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file in project_files()
        for number, line in enumerate(file.read_text("utf-8", errors="replace").splitlines(), start=1)
        if somewhere.search(line)
    ]
    assert not offences, "\n" + "\n".join(offences)


@pytest.mark.parametrize("name", ["requirements-build.lock", "requirements.lock", "requirements-test.lock"])
def test_a_lock_file_pins_everything_by_hash_and_names_no_host(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    pins = re.findall(r"^([\w.-]+)==.*\\\n((?:    --hash=sha256:[0-9a-f]{64}.*\n)+)", text, re.MULTILINE)
    assert len(pins) == len(re.findall(r"^\w", text, re.MULTILINE)) > 0
    assert "://" not in text


def test_both_lock_files_pin_the_same_versions() -> None:
    service, tests = (
        set(re.findall(r"^[\w.-]+==[^ ;\\]+", (ROOT / name).read_text("utf-8"), re.MULTILINE))
        for name in ("requirements.lock", "requirements-test.lock")
    )
    assert service < tests


def test_the_lock_file_holds_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = project["project"]["dependencies"] + project["project"]["optional-dependencies"]["postgres"]
    locked = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE)
    assert requirement_names(wanted) <= set(locked)


def test_every_dependency_is_used() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    code = "\n".join(file.read_text("utf-8") for file in (ROOT / "bot").rglob("*.py"))
    imported = set(re.findall(r"^\s*(?:import|from) (\w+)", code, re.MULTILINE))
    used = {
        distribution.lower().replace("_", "-")
        for package, distributions in packages_distributions().items()
        if package in imported
        for distribution in distributions
    }
    assert requirement_names(project["project"]["dependencies"]) - used - IMPORTED_BY_NAME.keys() == set()


@pytest.mark.parametrize("document", documents(), ids=lambda file: str(file.relative_to(ROOT)))
def test_a_document_links_only_to_what_is_there(document: Path) -> None:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", document.read_text("utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", text)
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", documents(), ids=lambda file: str(file.relative_to(ROOT)))
def test_a_document_names_only_make_targets_that_exist(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:`|^\s*)make ([a-z-]+)", document.read_text("utf-8"), re.MULTILINE)) <= targets


def test_the_index_of_the_documentation_leads_to_every_page() -> None:
    linked = {
        (page.parent / link).resolve()
        for page in [ROOT / "docs" / "README.md", *(ROOT / "docs").glob("*/README.md")]
        for link in re.findall(r"\]\(([^)#\s]+\.md)", page.read_text("utf-8"))
    }
    written = {page for page in (ROOT / "docs").rglob("*.md") if page != ROOT / "docs" / "README.md"}
    assert written <= linked
