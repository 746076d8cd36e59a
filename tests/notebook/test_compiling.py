"""The draft that closing makes takes the secretariat's notes in, and nobody else's words."""

from factories import World, act, confirmed, in_days
from notebook.jotting import of, saved


async def test_a_draft_is_compiled_from_the_secretariats_notes_alone(world: World) -> None:
    agenda = [{"title": "Meters"}, {"title": "Rights"}]
    session = (await confirmed(world, local_start=in_days(-1), agenda=agenda))["id"]
    path = f"/api/v1/sessions/{session}"
    items = (await world.coordinator.get(f"{path}/agenda")).json()["items"]
    note = "Both read the meters.\nOFF RECORD: they settle for less\n\nMore in May."
    await saved(world, "note_taker", of(session, "secretariat", items[0]["id"]), note)
    await saved(world, "coordinator", of(session, "secretariat"), "Began late.")
    for name, audience in (
        ("head_x", "caucus"),
        ("agency_head", "caucus"),
        ("note_taker", "mine"),
        ("head_x", "mine"),
    ):
        await saved(world, name, of(session, audience, items[1]["id"]), "A secret")
    assert (await act(world.note_taker, session, "close", {"close_kind": "concluded"})).is_success
    text = (await world.coordinator.get(f"{path}/summary")).json()["body"]
    assert text.partition("## 1.")[2] == (
        " Meters\n\nNo outcome recorded.\n\nBoth read the meters.\n\nMore in May.\n\n"
        "## 2. Rights\n\nNo outcome recorded.\n\n## Notes\n\nBegan late.\n"
    )
    for word in ("secret", "settle"):
        assert word not in text
