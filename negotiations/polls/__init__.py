"""Which of several times suits both sides: polls about a session, their answers, and the choice.

A poll asks about other times for a session that is proposed or postponed; it is opened by who may
propose one, the coordinator. The time at which a proposed session stands is accepted and declined
as ever; what the poll asks about comes beside it. Each of its times is held for the session (its
teams and people are booked) and shown in both sides' calendars as TENTATIVE under a UID of its own,
until it is released. The answer of a side is given by who may accept, or recorded for it: `yes` is
its acceptance of that time, should it be chosen. Choosing moves the session (or reinstates it)
under its own UID, releases the rest in the same transaction, and confirms it if nothing is missing.
Whatever else settles the session's time ends the poll (`scheduling.holds`), and so does the end of
the day by which it is due (`jobs`).

Tables: poll, poll_option, vote. Events: poll.opened, poll.changed, poll.answered, poll.chosen,
poll.closed. `rules` is pure.
"""
