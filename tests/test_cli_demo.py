"""`negotiations demo` and the commands beside it, as processes of their own."""

import json
import socket
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
from readers import events
from running import COMMAND, beside, demo, free_port


def test_the_demonstration_tells_everything_and_keeps_what_was_written(tmp_path: Path) -> None:
    delegates = ["ice", "dc", "arlington", "santa-clara", "san-francisco"]
    with demo(tmp_path) as told:
        assert told["negotiation"] == "secure-communities-2010"
        assert told["practice"] == "practice-talks"
        for group in ("tokens", "logins", "feeds"):
            assert list(told[group]["delegates"]) == delegates
            assert isinstance(told[group]["coordinator"], str)
        for address in (told["feeds"]["public"], *told["feeds"]["delegates"].values()):
            assert events(httpx2.get(address).content)
        headers = {"Authorization": f"Bearer {told['tokens']['coordinator']}"}
        api = f"{told['base_url']}/api/v1"
        made = httpx2.post(
            f"{api}/negotiations/practice-talks/issues",
            headers=headers, json={"code": "77", "title": "Kept"},
        )  # fmt: skip
        assert made.status_code == 201
        table = beside(tmp_path, "matrix", "secure-communities-2010", "--as-of", "2010-11-10")
        assert "1  Withhold fingerprint data\n" in table
        assert "   Washington, DC                    no session\n" in table
        assert "✕ declined, by ice (C: disputed or inferred), Tue 9 Nov 2010: Removal" in table
        assert table.endswith(
            "Documents: Opt-out records\n   all                             litigated: "
            "in litigation since 27 Apr 2010; injunction asked 28 Oct 2010\n"
        )
        comes = json.loads(beside(tmp_path, "next", "--as", "south@example.org", "--json"))
        assert [one["status"] for one in comes] == ["confirmed", "proposed"]
        held = httpx2.get(
            f"{api}/negotiations/practice-talks/sessions?status=held", headers=headers
        ).json()["items"]
        (tmp_path / "more.md").write_text("# Said again\n")
        said = beside(tmp_path, "summary", "post", held[0]["id"], str(tmp_path / "more.md"))
        assert said == "Saved PT-NOR/S1/SUM, revision 2.\n"
        assert "faults" not in beside(tmp_path, "audit", "verify")
    assert stat.S_IMODE((tmp_path / "demo.json").stat().st_mode) == 0o600
    with demo(tmp_path) as again:
        refused_beside(tmp_path)
        assert again["tokens"] == told["tokens"]
        paths = [one.partition("/feeds/")[2] for one in told["feeds"]["delegates"].values()]
        assert paths == [
            one.partition("/feeds/")[2] for one in again["feeds"]["delegates"].values()
        ]
        assert again["logins"] != told["logins"]
        listed = httpx2.get(
            f"{again['base_url']}/api/v1/negotiations/practice-talks/issues", headers=headers
        ).json()["items"]
        assert [one["code"] for one in listed] == ["1", "2", "77"]


def refused_beside(folder: Path) -> None:
    """A second process on one SQLite file is told so in one line."""
    words = [*COMMAND, "demo", "--data", str(folder), "--port", str(free_port())]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "Another process serves" in done.stderr


def test_a_taken_port_and_a_wrong_clock_are_refused_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [*COMMAND, "demo", "--data", str(tmp_path), "--port", port],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"Can't listen on 127.0.0.1:{port}" in done.stderr
    done = subprocess.run(
        [*COMMAND, "demo", "--data", str(tmp_path), "--port", str(free_port()), "--now", "noon"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_a_set_clock_moves_the_practice_talks(tmp_path: Path) -> None:
    with demo(tmp_path, "--now", "2030-06-03T14:00:00Z") as told:
        headers = {"Authorization": f"Bearer {told['tokens']['coordinator']}"}
        url = f"{told['base_url']}/api/v1/negotiations/practice-talks/sessions"
        listed = httpx2.get(url, headers=headers).json()["items"]
        assert [one["local_start"][:10] for one in listed] == [
            "2030-06-02", "2030-06-03", "2030-06-04", "2030-06-06", "2030-06-10",
        ]  # fmt: skip


def test_a_window_is_planned_on_the_console(tmp_path: Path) -> None:
    """The draft as a table, with how far it is; released, its sessions are proposed."""
    with demo(tmp_path) as told:
        monday = datetime.now(UTC).date() + timedelta(days=28)
        monday -= timedelta(days=monday.weekday())
        window = ("--from", f"{monday}", "--to", f"{monday + timedelta(days=4)}")
        words = ("plan", told["practice"], *window, "--sessions", "2", "--json")
        plan = json.loads(beside(tmp_path, *words))
        found = [(one["jurisdiction"], one["number"], one["doing"]) for one in plan["items"]]
        assert found == [
            ("north", 1, "new"), ("north", 2, "new"), ("south", 1, "new"), ("south", 2, "new"),
        ]  # fmt: skip
        assert plan["check"]["faults"] == [] and plan["answer"]["gap_wishes"] == 0
        table = beside(tmp_path, "plan", told["practice"], "--show")
        assert f"{monday:%a} {monday.day} {monday:%b}" in table
        assert "4 new, 0 moved, 0 kept, 0 cancelled, 0 unplaced." in table
        released = beside(tmp_path, "plan", told["practice"], "--show", "--release")
        assert "State: released." in released
