"""JSON for one's own notes as a whole: taking them along, and destroying those of one's side."""

from importlib.metadata import version

from starlette.responses import Response

from negotiations.exchange.bodies import Purge
from negotiations.exchange.own_notes import archive
from negotiations.exchange.views import OwnNotesView, own_notes_view
from negotiations.notebook import purging
from negotiations.parties import queries as parties
from negotiations.web.routes import Api, Call

api = Api()
CAUCUS_NOTES = "/negotiations/{neg}/caucus-notes"


@api.get("/negotiations/{neg}/own-notes", answers=bytes, media="application/zip")
async def export_own_notes(call: Call) -> Response:
    """Take one's notes along: one archive of all texts with their hashes, as `verify` reads it.

    Everybody's holds their personal notes and their texts that came too late; that of heads and
    deputies also the notes of their side, with the audit chains of their side.
    """
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        made = await archive(db, actor, negotiation, f"negotiations {version('negotiations')}")
    named = f'attachment; filename="{negotiation.slug}-notes.zip"'
    headers = {"Content-Disposition": named}
    return call.answer_bytes(made, 200, media="application/zip", **headers)


@api.get(CAUCUS_NOTES, answers=OwnNotesView)
async def show_caucus_notes(call: Call) -> Response:
    """Show how many notes one's side has behind its own wall, for its heads and deputies.

    Those of a caucus with other parties don't count: they are everybody's there.
    """
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        own = await purging.owned(db, actor, negotiation)
    return call.answer(own_notes_view(own))


@api.post(CAUCUS_NOTES + "/purge", body=Purge, answers=OwnNotesView)
async def purge_caucus_notes(call: Call, body: Purge) -> Response:
    """Destroy the notes of one's side for good: every text, revision and text that came too late.

    `confirm` is the short name of one's party in addresses. If-Match names what `caucus-notes`
    showed: with a text that was written since nothing is destroyed. The audit chain of one's side
    keeps an entry for each note, with the hashes of its texts. An archive or a backup that was made
    before still has them. The answer says what was destroyed.
    """
    async with call.write() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        own = await purging.held(db, actor, negotiation)
        view = own_notes_view(own)
        call.require_match(view)
        purging.check_meant(own, body.confirm)
        await purging.purge(db, actor, negotiation, own, call.now)
    return call.answer(view)
