"""Build the documentation as a site: every page, and every public name with its docstring.

``python docs/build_site.py OUT`` needs energyretail[dev,docs]; warnings are errors.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from generating.names import public, public_modules
from generating.transitions import tables

__all__ = ["PARTS", "collect", "listed"]

ROOT: Final = Path(__file__).parents[1]
PARTS: Final = ("tutorial", "how-to", "reference", "processes", "explanation", "adr")


def collect(folder: Path) -> None:
    """Lay every page out in `folder` as in the repository, with a first page and the library."""
    for page in listed():
        target = folder / page.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_drawn(page.read_text(encoding="utf-8")), encoding="utf-8")
    for file in (*(ROOT / "docs").rglob("*.svg"), *(ROOT / "docs").rglob("*.json")):
        target = folder / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    shutil.copy(ROOT / "LICENSE", folder)
    (folder / "library").mkdir()
    for name, text in _library().items():
        (folder / "library" / f"{name}.rst").write_text(text, encoding="utf-8")
    (folder / "index.md").write_text(_first_page(folder), encoding="utf-8")


def listed() -> tuple[Path, ...]:
    """Return every page of the repository that people read."""
    found = (
        ROOT.glob("*.md"),
        ROOT.glob("changes/README.md"),
        (ROOT / "docs").rglob("*.md"),
        (ROOT / "examples").rglob("*.md"),
    )
    return tuple(sorted(page for pages in found for page in pages))


def _drawn(text: str) -> str:
    """Show the drawing of a table in place of its diagram's source."""
    for table in tables().values():
        drawing = f"![{table.name}](/docs/reference/transitions/{table.name}.svg)"
        text = text.replace(f"```mermaid\n{table.mermaid()}```", drawing)
    return text


def _library() -> dict[str, str]:
    """Return a page a public package; names are shown where they are public."""
    return {
        module.__name__: f"{module.__name__}\n{'=' * 60}\n\n.. automodule:: {module.__name__}\n"
        for module in public_modules()
        if public(module) and module.__name__ != "energyretail"
    }


def _first_page(folder: Path) -> str:
    return "# energyretail\n\n" + "\n".join(_trees(folder))


def _trees(folder: Path) -> Iterator[str]:
    """Yield a list of contents for each part; a page stands in exactly one."""
    found = (page.relative_to(folder).as_posix() for page in folder.rglob("*.*"))
    left = sorted(name.rpartition(".")[0] for name in found if name.endswith((".md", ".rst")))
    captions = {**{f"docs/{part}/": part for part in PARTS}, "library/": "library"}
    yield _tree("start", ["Overview <README>", "What to read <docs/index>"])
    left = [page for page in left if page not in ("README", "docs/index")]
    for prefix, caption in captions.items():
        yield _tree(caption, [page for page in left if page.startswith(prefix)])
        left = [page for page in left if not page.startswith(prefix)]
    yield _tree("more", left)


def _tree(caption: str, pages: list[str]) -> str:
    lines = "\n".join(pages)
    return f"```{{toctree}}\n:caption: {caption.capitalize()}\n:maxdepth: 1\n\n{lines}\n```\n"


def main(out: Path) -> int:
    """Build the site in `out`; return the exit code of Sphinx."""
    with TemporaryDirectory() as folder:
        collect(Path(folder))
        command = ["-m", "sphinx", "-b", "html", "-W", "--keep-going", "-q", "-j", "2"]
        paths = ["-c", str(ROOT / "docs"), "-d", f"{folder}/.doctrees", folder, str(out)]
        return subprocess.run([sys.executable, *command, *paths], check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
