"""What people are told by mail, and how it leaves: plain texts, one for each burst of changes.

The outbox says what happened (`outbox.TO_MAIL`). A tick (`jobs`) adds it to a mail of each person
whom it concerns (`gathering`, by `telling` and `bursts`), claims the mails that are due
(`claiming`), writes each with the rights of that moment (`writing`, by `texts`), sends it
(`sending`) and marks it; where that fails for long, the secretariat is shown it (`trouble`).
Sign-in links and invitations are queued by who asks (`asking`).

Tables: mail, mail_event, mail_trouble. It announces nothing.
"""
