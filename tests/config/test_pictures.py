"""The company's logo: found beside the configuration, and refused in words that say what would do."""

from __future__ import annotations

from pathlib import Path

from bot.config.pictures import LARGEST
from tests.config.files import BASE, loaded, refused


def with_logo(name: str, field: str = "logo") -> str:
    return BASE.replace('url: "https://shop.example"', f'url: "https://shop.example", {field}: {name}')


def test_a_logo_lies_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "looks").mkdir()
    (tmp_path / "looks/logo.SVG").write_text("<svg/>")
    settings = loaded(tmp_path, with_logo("looks/logo.SVG"))
    assert settings.company.logo == (tmp_path / "looks/logo.SVG").resolve()
    assert settings.company.logo_dark is None


def test_a_logo_that_is_not_there_is_refused(tmp_path: Path) -> None:
    [problem] = refused(tmp_path, with_logo("logo.png", "logo_dark"))
    expected = "config.yaml:1: company.logo_dark: expected a picture, found no such file or directory"
    assert problem.startswith(expected)


def test_a_file_that_browsers_do_not_show_is_refused(tmp_path: Path) -> None:
    (tmp_path / "logo.tiff").write_bytes(b"II*")
    [problem] = refused(tmp_path, with_logo("logo.tiff"))
    assert problem == (
        "config.yaml:1: company.logo: expected a picture, found .tiff; there are: .svg, .png, .webp, .jpg, .jpeg"
    )


def test_a_logo_that_would_make_the_page_slow_is_refused(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(b"x" * LARGEST)
    assert loaded(tmp_path, with_logo("logo.png")).company.logo is not None
    (tmp_path / "logo.png").write_bytes(b"x" * (LARGEST + 1))
    [problem] = refused(tmp_path, with_logo("logo.png"))
    assert problem.endswith(f"found {LARGEST + 1} bytes; at most {LARGEST} keep the page quick")
