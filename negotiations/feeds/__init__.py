"""What calendar programs are given: stored event bytes, subscriptions, and the bodies of feeds.

Tables: feed, event_bytes. Events: none of its own; it listens to all.
`texts`, `windows`, `commitments` and `minutes` (pure) say what an event, to-do or journal tells
whom, `wanted` (pure) which there are; `projection` renders them in the transaction that changed
them; `bodies` puts a feed together from stored bytes; `serving` answers calendar programs.
"""
