"""What nobody did anything for to be told: time has come. Reminders before sessions, what is due
or late, and once a week what lies ahead.

`due` says when (pure), `reminding`, `chasing` and `weekly` find to whom and queue, `writing` puts
the mails into words when they go, `asking` is somebody's wish that others be reminded.
Tables: reminder, notice, look. It announces nothing.
"""
