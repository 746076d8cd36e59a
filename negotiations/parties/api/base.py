"""What the JSON of this folder shares: its list of endpoints, and the talks a path names."""

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.models import Negotiation
from negotiations.parties import queries
from negotiations.web.routes import Api, Call

api = Api()
NEG = "/negotiations/{neg}"


async def talks_of(call: Call, db: Db, actor: Actor, *, lock: bool = False) -> Negotiation:
    return await queries.negotiation(db, actor, call.path["neg"], lock=lock)
