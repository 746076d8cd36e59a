"""What the JSON of this folder shares: its list of endpoints, and where they begin."""

from negotiations.web.routes import Api

api = Api()
ONE = "/sessions/{id}"
