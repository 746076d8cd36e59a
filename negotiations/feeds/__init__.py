"""What calendar programs are given: stored event bytes, subscriptions, and the bodies of feeds.

Tables: feed, former_address, feed_fetch, event_bytes, generation. Events: none of its own; it
listens to all.

Writing: `wanted` with `texts` and `describing`, `windows`, `asked`, `commitments` and `minutes`
(pure) say what tells whom what, from what is recorded of a table (`table_facts`); `projection`
renders it in the transaction that changed it; `generations` counts the change.
Reading, from the request inwards: `serving` and `answering`; `memory` keeps what is `prepared`;
`subscriptions` say whose an address is and by `sights` (pure) what they see; `stored` reads an
audience's events into its index (`indexes`, pure); `tails` and `packing` (pure) make the body;
`watching` learns what other processes changed.
"""
