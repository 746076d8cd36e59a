"""Does a clone install and build from what it carries, and tell nothing of where it was made?"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import httpx2
import pytest
from running import free_port

from negotiations.schema import head_revision

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = ["requirements.lock", "requirements-dev.lock"]


def requirements(lock: str) -> dict[str, str]:
    """Name and marker of each pinned package -> version and hashes, as the lock writes them."""
    text = (ROOT / lock).read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    pins: dict[str, str] = {}
    for line in lines:
        name, _, rest = line.partition("==")
        version, *_ = rest.split()
        marker = line.partition(";")[2].partition("--hash")[0].strip()
        hashes = sorted(re.findall(r"--hash=sha256:[0-9a-f]{64}", line))
        assert re.fullmatch(r"[a-z0-9\[\],-]+", name), f"{lock}: not pinned: {line}"
        assert hashes, f"{lock}: no hash: {line}"
        pins[f"{name} {marker}".strip()] = " ".join([version, *hashes])
    return pins


def tracked_files() -> list[Path]:
    """What git tracks, or would with the next `git add`; an unpacked archive can't tell."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git clone")
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True)
    paths = [ROOT / name for name in done.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_in_a_lock_has_a_version_and_hashes(lock: str) -> None:
    assert len(requirements(lock)) > 20


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address_and_no_option(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    options = r"--(?:extra-)?index-url|--default-index|--find-links|--trusted-host"
    assert re.findall(rf"\w+://|{options}|(?<=[\s'\"])/\w+", text) == []


def test_the_development_lock_repeats_every_pin_of_the_run_time_lock() -> None:
    development = requirements("requirements-dev.lock")
    run_time = requirements("requirements.lock")
    assert {name: development.get(name) for name in run_time} == run_time


def test_the_lock_has_every_dependency_of_the_project_and_its_builder() -> None:
    wanted = PROJECT["project"]["dependencies"] + PROJECT["build-system"]["requires"]
    names = {re.match(r"[A-Za-z0-9-]+", line)[0].lower() for line in wanted}  # type: ignore[index]
    locked = {re.match(r"[a-z0-9-]+", name)[0] for name in requirements("requirements.lock")}  # type: ignore[index]
    assert names - locked == set()


def test_no_tracked_file_names_this_folder() -> None:
    # A clone at the top, like /src, bears a name that the Dockerfile may use for itself.
    needles = [str(ROOT).encode()] if len(ROOT.parts) > 2 else []
    guilty = [path for path in tracked_files() for needle in needles if needle in path.read_bytes()]
    assert guilty == []


def test_every_folder_of_the_package_is_in_pyproject() -> None:
    folders = sorted(path.parent for path in (ROOT / "negotiations").rglob("__init__.py"))
    packages = [".".join(folder.relative_to(ROOT).parts) for folder in folders]
    migrations = ["negotiations.migrations", "negotiations.migrations.versions"]
    assert sorted(PROJECT["tool"]["setuptools"]["packages"]) == sorted(packages + migrations)


def test_the_migrations_folder_does_not_shadow_the_library() -> None:
    assert not (ROOT / "alembic" / "__init__.py").exists()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of what git tracks, built with the setuptools of the lock and no registry."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for path in tracked_files():
        parts = path.relative_to(ROOT).parts
        if parts[0] in {"negotiations", "alembic"} or len(parts) == 1:
            target = source.joinpath(*parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    # A copy is built, since setuptools leaves build/ and *.egg-info where it works.
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*build, "--no-build-isolation", "--wheel-dir", folder, source], check=True)
    [built] = folder.glob("*.whl")
    return built


def test_a_wheel_carries_every_tracked_file_of_the_package_and_the_migrations(
    wheel: Path,
) -> None:
    expected = set()
    for path in tracked_files():
        parts = path.relative_to(ROOT).parts
        if parts[0] == "negotiations":
            expected.add("/".join(parts))
        elif parts[0] == "alembic":
            expected.add("/".join(("negotiations", "migrations", *parts[1:])))
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == expected


def installed(wheel: Path, folder: Path) -> Path:
    """The bin/ of a new environment with the wheel, and the packages of this one beside it."""
    venv.create(folder, with_pip=False, symlinks=True)
    ours = Path(pytest.__file__).parents[1]
    [theirs] = folder.glob("lib/python3*/site-packages")
    # A folder named in a .pth is searched, but its own .pth files (the editable install) are not.
    (theirs / "packages.pth").write_text(f"{ours}\n")
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    subprocess.run([*pip, "--no-index", "--no-deps", wheel], check=True)
    return python.parent


def test_an_installed_wheel_migrates_and_shows_the_demonstration_from_any_folder(
    wheel: Path, tmp_path: Path
) -> None:
    programs, elsewhere = installed(wheel, tmp_path / "new"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    env = {**os.environ, "NEGOTIATIONS_DATABASE_URL": "sqlite:///here.db"}

    def run(*words: str) -> str:
        done = subprocess.run(
            [programs / words[0], *words[1:]], cwd=elsewhere, env=env, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = run("python", "-c", "import negotiations; print(negotiations.__file__)")
    assert Path(where.strip()).is_relative_to(tmp_path / "new")
    assert run("negotiations", "migrate") == f"The tables are at revision {head_revision()}.\n"
    assert json.loads(run("negotiations", "doctor", "--json"))["what is saved"] == (
        "outlives a crash"
    )
    words = ["demo", "--json", "--data", "data", "--port", str(free_port())]
    demo = subprocess.Popen(
        [programs / "negotiations", *words], cwd=elsewhere, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert demo.stdout is not None
        told = json.loads(demo.stdout.readline())
        public = f"{told['base_url']}/public/{told['negotiation']}"
        for address in (public, f"{public}.ics", f"{told['base_url']}/static/app.css"):
            assert httpx2.get(address).status_code == 200, address
    finally:
        demo.terminate()
        assert demo.wait(60) == 0
        demo.stdout.close()
