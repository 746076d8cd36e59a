"""Who asked whom for which documents, before which sessions, and what became of it.

Tables: document_request, document_request_event, document_request_party, document_request_session,
document_request_source.
Events: document_request.changed.
`states`, `lines` and `publication` are pure. The state of a request is never set: its events lead
to it.
"""
