"""The ticks: what ended long ago is removed, what is good or ended lately stays."""

from datetime import timedelta

from factories import World, person
from sqlmodel import select

from negotiations.access.logins import end_login, make_link, make_token, open_link
from negotiations.models import ApiToken, Login
from negotiations.models.access import TokenScope
from negotiations.ticks import KEPT, Ticking, clean_up


async def test_the_clean_up_removes_only_what_ended_long_ago(world: World) -> None:
    now = world.clock.now()
    async with world.database.write() as db:
        owner = await person(db, world, "coordinator")
        await make_link(db, owner.id, now=now, minutes=60)  # never used
        used = await make_link(db, owner.id, now=now, minutes=60)
        await open_link(db, used, now=now, days=400)  # good for long
        left = await make_link(db, owner.id, now=now, minutes=60)
        await open_link(db, left, now=now, days=400)
        await db.flush()
        logins = (await db.exec(select(Login))).all()
        await end_login(db, logins[-1], now=now)
        await make_token(db, owner, label="old", scope=TokenScope.read, days=1, now=now)
    kept = {"tokens": 0, "logins": 0}
    for days, removed in ((0, 0), (KEPT.days - 1, 0), (KEPT.days + 2, None)):
        world.clock.at = now + timedelta(days=days)
        count = await clean_up(world.database, world.clock)
        async with world.database.read() as db:
            kept = {
                "tokens": len((await db.exec(select(ApiToken))).all()),
                "logins": len((await db.exec(select(Login))).all()),
            }
        if removed is not None:
            assert (days, count, kept["logins"]) == (days, removed, 3)
    assert kept["logins"] == 1  # the one that is good for 400 days


async def test_the_scheduler_holds_every_job(world: World) -> None:
    assert Ticking(world.database, world.clock).names == ["clean-up", "time-zones"]
