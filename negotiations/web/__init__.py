"""The floor for HTTP: JSON routes, problem details, page rendering, limits and headers.

No tables. `routes` is how a domain declares its JSON; `pages` how it shows HTML; `fields` the types
of request bodies; `problems` maps each error to its status, once.
"""
