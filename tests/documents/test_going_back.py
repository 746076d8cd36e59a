"""The migration of document requests goes down and up again with talks full of data."""

from alembic.script import ScriptDirectory
from factories import Demonstration
from templates import ROLE

from negotiations.schema import migrate, migrations_folder, unmigrate

NEG = "/api/v1/negotiations/secure-communities-2010"
REVISION = "0003"


async def test_without_the_requests_the_rest_stays_and_new_ones_can_be_made(
    demonstration: Demonstration,
) -> None:
    url = demonstration.settings.database_url
    before = ScriptDirectory(str(migrations_folder())).get_revision(REVISION).down_revision
    assert isinstance(before, str)
    sessions = (await demonstration.coordinator.get(f"{NEG}/sessions")).json()
    await demonstration.database.close()
    unmigrate(url, before)
    migrate(url, role=ROLE)
    requests = f"{NEG}/document-requests"
    assert (await demonstration.coordinator.get(requests)).json()["items"] == []
    assert (await demonstration.coordinator.get(f"{NEG}/sessions")).json() == sessions
    body = {"title": "Again", "requester": "ccr", "holder": "ice", "legal_basis": "foia"}
    made = await demonstration.coordinator.post(requests, json=body)
    assert (made.status_code, made.json()["state"]) == (201, "drafted")
