"""Feeds kept in memory: put together once per version, shared by all addresses of equal sight.

`ready` answers from memory alone; `prepare` does the rest in a thread, one at a time.
"""

import asyncio
import hashlib
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from sqlmodel import Session, select

from negotiations.db import Database
from negotiations.feeds import stored, subscriptions, tails
from negotiations.feeds.generations import events_key
from negotiations.feeds.indexes import Index
from negotiations.feeds.options import USUAL, Options
from negotiations.feeds.packing import Member, compress, member
from negotiations.feeds.packing import Part as Packed
from negotiations.feeds.prepared import Address, Edition, Ended, Prepared, Shared
from negotiations.feeds.sights import Part, Sight
from negotiations.feeds.subscriptions import Subscription
from negotiations.feeds.watching import Watch
from negotiations.ics.calendars import EmptyCalendar
from negotiations.kept import Kept
from negotiations.models import Feed

LAST_GOOD = 3600.0  # seconds for which a body may stand in for one that can't be put together
# Bytes, about: a prepared feed by itself, and what those of equal sight and name share of it.
OWN_SIZE, EDITION_SIZE = 1300, 1500
LONG = 4_000  # bytes


class Memory:
    """The feeds of one process. `limit` is in bytes; what was used longest ago goes first."""

    def __init__(self, database: Database, limit: int) -> None:
        self.watch = Watch(database)
        self.kept = Kept(limit)
        self._database = database
        self._one_at_a_time = asyncio.Lock()

    def ready(self, key: bytes) -> Prepared | None:
        """What is kept under this key, if it is right now."""
        prepared: Prepared | None = self.kept.get(key)
        if prepared is None or not self.watch.is_sure() or not self.is_right(prepared):
            return None
        return prepared

    def is_right(self, prepared: Prepared) -> bool:
        """Whether nothing it hangs on has changed, as far as this process knows."""
        version = self.watch.version
        if prepared.version == version:
            return True
        if not self._has_same_rights(prepared) or not self._is_right(
            prepared.edition.shared, version
        ):
            return False
        prepared.version = version
        return True

    def _is_right(self, shared: Shared, version: int) -> bool:
        if shared.version == version:
            return True
        for key, part, number in shared.made_of:
            index: Index | None = self.kept.get(("index", key))
            if index is None or index.number != self.watch.known.get(key):
                return False
            if index.newest(part) != number:
                return False
        shared.version = version
        return True

    def packed(self, edition: Edition) -> bytes | None:
        """The body in gzip form, if it is kept."""
        kept: tuple[str, Member] | None = self.kept.get(("packed", edition.tail.digest))
        if kept is None:
            return None
        return kept[1].body if kept[0] == edition.etag else self._whole(edition, kept[1].rest)

    def _whole(self, edition: Edition, tail: Packed) -> bytes:
        """The head and the tail. Copying a long one costs more than all the rest: it is kept as it
        was sent last, since most of those who share a tail share the head as well."""
        made = member(edition.head, [tail])
        if len(made.body) > LONG:
            self._keep(edition, made)
        return made.body

    def _keep(self, edition: Edition, made: Member) -> None:
        self.kept.put(("packed", edition.tail.digest), (edition.etag, made), made.size + 200)

    async def prepare(
        self, key: bytes, address: Address, *, with_body: bool
    ) -> Prepared | Ended | None:
        """The feed as it is now; None when nobody has this address. With `with_body` its body is
        put together in the same go.

        Raises what keeps it from being put together.
        """
        await self.watch.be_sure()
        at_hand = self._good(key)
        if at_hand is not None:
            return at_hand
        async with self._one_at_a_time:
            at_hand = self._good(key)
            if at_hand is not None:
                return at_hand  # another request has done it meanwhile
            prepared: Prepared | None = self.kept.get(key)
            made = await asyncio.to_thread(self._prepare, address, prepared, with_body)
        if isinstance(made, Prepared):
            made.good_at = time.monotonic()
            self.kept.put(key, made, OWN_SIZE + 8 * len(made.edition.tail.items))
        return made

    def _good(self, key: bytes) -> Prepared | None:
        prepared: Prepared | None = self.kept.get(key)
        if prepared is None or not self.is_right(prepared) or self._is_over(prepared):
            return None
        prepared.good_at = time.monotonic()
        return prepared

    async def warm(self) -> None:
        """Do what would make the first program wait: have SQL compiled by asking for one address
        that there is and for what nobody has, and work out the zones of the talks."""

        def ask() -> None:
            compress(bytes(1 << 16))  # as long as calendars are: what their sums need is there
            with self._database.snapshot() as db, suppress(EmptyCalendar):
                stored.prepare_zones(db)
                self._subscription(db, Address(db.exec(select(Feed.token_sha256)).first() or ""))
                self._subscription(db, Address(""))
                self._shared(db, subscriptions.of_nobody(db), USUAL, {})

        await asyncio.to_thread(ask)
        self.kept.clear()

    async def pack(self, prepared: Prepared) -> bytes:
        """The body in gzip form, put together where it isn't kept."""
        async with self._one_at_a_time:
            body = self.packed(prepared.edition)
            if body is None:
                body = await asyncio.to_thread(self._pack, prepared)
            return body

    async def forget(self) -> None:
        """Begin anew: some other process, or somebody by hand, has changed the rows."""
        self.kept.clear()
        await self.watch.look()

    def last_good(self, key: bytes) -> Prepared | None:
        """What may be served while nothing newer can be made: its rights are those of now, and it
        was right less than an hour ago."""
        prepared: Prepared | None = self.kept.get(key)
        if prepared is None or not self.watch.is_sure() or self._is_over(prepared):
            return None
        if not self._has_same_rights(prepared):
            return None
        return prepared if time.monotonic() - prepared.good_at < LAST_GOOD else None

    def _is_over(self, prepared: Prepared) -> bool:
        """Whether the address has ended by its date: no generation rises for that."""
        return prepared.subscription.expires_at <= self._database.clock.now().timestamp()

    def _prepare(
        self, address: Address, old: Prepared | None, with_body: bool
    ) -> Prepared | Ended | None:
        with self._database.snapshot() as db:
            if old is not None and self._has_same_rights(old):
                found: Subscription | None = old.subscription
            else:
                found = self._subscription(db, address)
            if found is None:
                return None
            now = self._database.clock.now().timestamp()
            if not found.sight or found.expires_at <= now:
                return Ended()
            if found.shows_links != address.options.links:
                options = replace(address.options, links=found.shows_links)
                address = replace(address, options=options)
            known = old.edition.etag if old is not None else None
            return self._prepared(db, address, found, with_body, known)

    def _subscription(self, db: Session, address: Address) -> Subscription | None:
        base_url = self._database.base_url
        if address.secret is not None:
            found = subscriptions.of_secret(db, address.secret, base_url)
        else:
            asked = str(address.negotiation), address.jurisdiction
            found = subscriptions.of_public(db, *asked, base_url)
        if found is not None:
            self.watch.learn(dict(found.numbers))
        return found

    def _has_same_rights(self, prepared: Prepared) -> bool:
        """Whether nothing has changed of whose it is and what they may see."""
        known = self.watch.known
        return all(known.get(key) == one for key, one in prepared.subscription.numbers)

    def _prepared(
        self,
        db: Session,
        address: Address,
        found: Subscription,
        with_body: bool,
        known: str | None,
    ) -> Prepared:
        """`known` is the ETag of what was there before: who has that one wants the new body."""
        texts: dict[str, bytes] = {}
        shared = self._shared(db, found.sight, address.options, texts)
        edition = self._edition(found, shared, is_private=address.secret is not None)
        if with_body or known not in (None, edition.etag):
            self._pack_from(edition, address.options, db, texts)
        found = replace(found, opening=edition.opening, sight=shared.sight)
        return Prepared(address, found, edition)

    def _edition(self, found: Subscription, shared: Shared, *, is_private: bool) -> Edition:
        last_modified = max(shared.tail.last_modified, found.since)
        key = ("edition", found.opening, shared.tail.digest, last_modified, is_private)
        kept: Edition | None = self.kept.get(key)
        if kept is not None and kept.shared is shared:
            return kept
        opening, head = self._head(found.opening)
        digest = hashlib.sha256(opening + shared.tail.digest).hexdigest()[:40]
        https = self._database.base_url.startswith("https://")
        made = Edition(opening, shared, f'"{digest}"', last_modified, head, is_private, https)
        self.kept.put(key, made, EDITION_SIZE)
        return made

    def _head(self, opening: bytes) -> tuple[bytes, Packed]:
        key = ("head", opening)
        kept: tuple[bytes, Packed] | None = self.kept.get(key)
        if kept is None:
            kept = opening, compress(opening)
            self.kept.put(key, kept, 2 * len(opening) + 600)
        return kept

    def _shared(
        self, db: Session, sight: Sight, options: Options, texts: dict[str, bytes]
    ) -> Shared:
        """What all of this sight and these options have; what was read is put into `texts`."""
        key = ("tail", sight, options)
        old: Shared | None = self.kept.get(key)
        if old is not None and self._is_right(old, self.watch.version):
            return old
        read = [self._index(db, part, texts) for part in sight]
        made_of = tuple(
            (events_key(part.negotiation_id, part.audience), part, index.newest(part))
            for part, index in zip(sight, read, strict=True)
        )
        if old is not None and old.made_of == made_of:
            return old
        shared = Shared(sight, tails.chosen(sight, read, options), made_of)
        self.kept.put(key, shared, 1000 + 8 * len(shared.tail.items))
        return shared

    def _index(self, db: Session, part: Part, texts: dict[str, bytes]) -> Index:
        name = events_key(part.negotiation_id, part.audience)
        old: Index | None = self.kept.get(("index", name))
        index = stored.load(db, part.negotiation_id, part.audience, old, texts)
        if index is not old:
            self.kept.put(("index", name), index, index.size)
        self.watch.learn({name: index.number})
        return index

    def _pack(self, prepared: Prepared) -> bytes:
        with self._database.snapshot() as db:
            return self._pack_from(prepared.edition, prepared.address.options, db, {})

    def _pack_from(
        self, edition: Edition, options: Options, db: Session, texts: Mapping[str, bytes]
    ) -> bytes:
        body = self.packed(edition)
        if body is not None:
            return body
        tail = tails.packed(
            edition.tail, options, lambda items: stored.texts_of(db, items, texts), self.kept
        )
        made = member(edition.head, tail)
        self._keep(edition, made)
        return made.body
