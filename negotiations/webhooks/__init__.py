"""What programs of a side or of the secretariat are told, and whether they took it.

The outbox says what happened (`outbox.TO_WEBHOOKS`). A tick (`jobs`) makes a delivery of it for
each endpoint whose side may learn of it (`gathering`), claims an endpoint with something due
(`claiming`), sends it signed (`signing`, by `outgoing`) and keeps what came of it (`retries`).
Who looks after an endpoint that was stopped is told by mail (`stopping`).

Tables: webhook_endpoint, webhook_delivery. It announces nothing.
"""
