"""What calendar programs are given: stored event bytes, subscriptions, and the bodies of feeds.

Tables: feed, event_bytes. Events: none of its own; it listens to all.
`texts` and `windows` (pure) say what an event tells whom; `projection` renders it in the
transaction that changed it; `bodies` puts a feed together from stored bytes; `serving` answers
calendar programs.
"""
