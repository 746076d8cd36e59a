"""Sessions as invitations that calendar programs understand (iMIP), and the answers to them.

`looking` finds whose calendar program has to be told what (by `expecting`) and queues a mail;
`writing` writes it when it goes, by `drawing` and `texts`, from the event of the person's own feed.
Answers come by the link in the mail (`pages`) or as a mail (`receiving`, read by `incoming`);
`signing` says that they are whose they say. `answering` writes them down.
Table: invitation. It announces session.changed.
"""
