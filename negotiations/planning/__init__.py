"""The plan for a whole window: one agency, many jurisdictions, no clash, and an explanation.

PURE, all of it: no database, no web, no clock but the cap's. No tables, no events of its own.
`problem` is what is asked, `plan` what is answered, `plain` both as JSON.
"""
