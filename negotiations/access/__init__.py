"""Who is asking, and what they may do and see.

Tables: login, api_token. `actor` turns a proof (bearer token, cookie, feed address) into an Actor;
`policy.can` decides every act; `visible.visible` is the same decision as a filter for reads.
"""
