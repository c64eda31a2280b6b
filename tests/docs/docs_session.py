"""One bash and one Python that a page's blocks run in, word by word and in order."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final, cast

import attrs
import psutil
from docs_blocks import Block

__all__ = ["PageFailed", "Session", "begun", "clean_environment"]

# Runs what it is told in one namespace; a traceback names the page and its line.
_CELLS: Final = r"""
import json, os, sys, traceback
told, names = os.fdopen(int(sys.argv[1]), "w"), {"__name__": "__main__"}
sys.path.insert(0, "")
for asked in sys.stdin:
    cell = json.loads(asked)
    os.environ.clear()
    os.environ.update(cell["env"])
    os.chdir(cell["cwd"])
    for number, file in ((1, cell["out"]), (2, cell["err"])):
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    status = 0
    try:
        exec(compile("\n" * (cell["line"] - 1) + cell["code"], cell["page"], "exec"), names)
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    told.write(f"{status}\n")
    told.flush()
"""
_SAYS = re.compile(r"^\s*(?:print\(.*)?\)  # (?!fmt:|noqa|type:)(.+)$", re.MULTILINE)
_KEPT: Final = ("pip_", "http_proxy", "https_proxy", "no_proxy", "ssl_cert", "requests_ca", "lang")
_MARK: Final = "DOCS_RUN"


class PageFailed(AssertionError):
    """A block did not do what the page says."""


def clean_environment(tools: Path, home: Path, more: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of somebody who has only installed the tools."""
    kept = {k: v for k, v in os.environ.items() if k.lower().startswith(_KEPT)}
    path = os.pathsep.join([str(tools), "/usr/local/bin", "/usr/bin", "/bin"])
    # One name for what we start, so that nothing of it is left behind.
    mark = {_MARK: uuid.uuid4().hex}
    return {**kept, "LC_ALL": "C.UTF-8", "HOME": str(home), "PATH": path, **mark, **more}


@attrs.define
class Session:
    """Runs blocks; `notes` is a folder outside the one they run in."""

    page: str
    notes: Path
    shell: subprocess.Popen[str]
    told: IO[str]
    ends_at: float
    python: subprocess.Popen[str] | None = None
    answers: IO[str] | None = None
    printed: str | None = None
    count: int = 0

    def run(self, block: Block) -> None:
        """Run, write or compare one block as its fence says; raises PageFailed."""
        if block.left_out is not None:
            return
        if block.file is not None:
            self._write(block)
        elif block.is_expected:
            self._compare(block)
        elif block.is_shell:
            self._bash(block)
        elif block.is_python:
            self._python(block)

    def _write(self, block: Block) -> None:
        file = Path(self._asked("pwd")) / str(block.file)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text, encoding="utf-8")

    def _bash(self, block: Block) -> None:
        script = self._note("sh")
        script.write_text(block.text, encoding="utf-8")
        if block.exit_code is None:
            status = self._told(f". {script}")
        else:
            status = self._told(f"bash -euo pipefail {script}", "set +e; ")
        self._ended(block, status, block.exit_code or 0)

    def _python(self, block: Block) -> None:
        cwd, environment = self._asked("pwd"), self._asked("env -0")
        env = dict(each.split("=", 1) for each in environment.split("\0") if "=" in each)
        if self.python is None:
            self._start_python(env, cwd)
        assert self.python is not None
        assert self.python.stdin is not None
        assert self.answers is not None
        cell = {
            "code": block.text, "page": self.page, "line": block.line, "env": env, "cwd": cwd,
            "out": str(self._note("out")), "err": str(self._note("err")),
        }  # fmt: skip
        self.python.stdin.write(json.dumps(cell) + "\n")
        self.python.stdin.flush()
        self._ended(block, self._answer(self.answers), 0)
        lines = iter((self.printed or "").splitlines())
        for said in _SAYS.findall(block.text):
            if said not in lines:
                raise PageFailed(
                    f"{self.page}:{block.line}: never printed {said!r}\n{self.printed}"
                )

    def _compare(self, block: Block) -> None:
        if self.printed is None:
            raise PageFailed(f"{self.page}:{block.line}: nothing was run before this")
        wanted = "".join(_pattern(line) for line in block.text.rstrip().splitlines())
        got = "".join(f"{line.rstrip()}\n" for line in self.printed.rstrip().splitlines())
        if re.fullmatch(wanted, got) is None:
            raise PageFailed(f"{self.page}:{block.line}: expected\n{block.text}\nbut got\n{got}\n")

    def _ended(self, block: Block, status: int | None, wanted: int) -> None:
        out, err = (self._note(end) for end in ("out", "err"))
        texts = [f.read_text("utf-8", "replace") if f.exists() else "" for f in (out, err)]
        self.printed = texts[0]
        self.count += 1
        if status != wanted:
            ended = "did not end in time" if status is None else f"ended with {status}"
            raise PageFailed(
                f"{self.page}:{block.line} {ended}, wanted {wanted}\n{block.text}\n"
                f"--- stdout\n{texts[0][-4000:]}\n--- stderr\n{texts[1][-8000:]}"
            )

    def _told(self, command: str, before: str = "") -> int | None:
        """Let bash run it with its output kept; -e ends the shell where a block of ours fails."""
        # Without 9, so that what is left running does not hold our end open.
        kept = f">{self._note('out')} 2>{self._note('err')} </dev/null 9>&-"
        return self._say(f"{before}{{ {command}; }} {kept}")

    def _asked(self, command: str) -> str:
        file = self.notes / "asked"
        if self._say(f"{command} >{file}") is None:
            raise PageFailed(f"{self.page}: the shell does not answer")
        return file.read_text(encoding="utf-8").rstrip("\n")

    def _say(self, command: str) -> int | None:
        assert self.shell.stdin is not None
        self.shell.stdin.write(f"{command}; echo $? >&9; set -euo pipefail\n")
        self.shell.stdin.flush()
        return self._answer(self.told)

    def _answer(self, told: IO[str]) -> int | None:
        left = self.ends_at - time.monotonic()
        readable, _, _ = select.select([told], [], [], max(left, 0))
        if not readable:
            return None
        # Nothing to read is the end of the shell: its code is the block's.
        line = told.readline()
        return int(line) if line else self.shell.wait(timeout=5) or 255

    def _start_python(self, env: dict[str, str], cwd: str) -> None:
        program = shutil.which("python", path=env["PATH"])
        assert program, "no python on the path"
        mine, theirs = os.pipe()
        self.python = subprocess.Popen(
            [program, "-c", _CELLS, str(theirs)], stdin=subprocess.PIPE, text=True, cwd=cwd,
            env=env, pass_fds=[theirs], start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        self.answers = os.fdopen(mine)

    def _note(self, ending: str) -> Path:
        return self.notes / f"{self.count}.{ending}"


@contextmanager
def begun(
    page: str, folder: Path, notes: Path, env: Mapping[str, str], seconds: int
) -> Iterator[Session]:
    """Begin a session in `folder`; whatever it started is ended with it."""
    mine, theirs = os.pipe()
    shell = subprocess.Popen(
        ["bash", "--noprofile", "--norc"], stdin=subprocess.PIPE, text=True, cwd=folder,
        env=dict(env), pass_fds=[theirs], start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    stdin = cast("IO[str]", shell.stdin)
    stdin.write(f"exec 9>&{theirs} {theirs}>&-; set -euo pipefail\n")
    with os.fdopen(mine) as told:
        try:
            yield Session(page, notes, shell, told, time.monotonic() + seconds)
        finally:
            _end(env[_MARK])
            shell.wait(timeout=10)


def _pattern(line: str) -> str:
    if line.strip() == "...":
        return r"(?:.*\n)*?"
    return ".*".join(re.escape(part) for part in line.rstrip().split("...")) + r"\n"


def _end(mark: str) -> None:
    """End every process that carries the session's mark, gently at first."""
    ours = [each for each in psutil.process_iter() if _mark_of(each) == mark]
    for each in ours:
        _try(each.terminate)
    _, left = psutil.wait_procs(ours, timeout=15)
    for each in left:
        _try(each.kill)


def _mark_of(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(_MARK)
    except (psutil.Error, OSError):
        return None


def _try(act: Callable[[], object]) -> None:
    with suppress(psutil.Error):
        act()
