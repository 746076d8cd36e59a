"""The permission table: every JSON route by the 13 actors, as domain.md's audiences have it.

The columns are factories.ACTORS in order:

    no nobody              hx head of X                am administrator
    dx delegate of X       ah head of the agency       ft feed token as a bearer
    dy delegate of Y       px party note-taker of X    fx former delegate of X
    ad agency's delegate   nt note-taker               ce coordinator of other talks
                           co coordinator

Where a row has an id, it is of the track of X (or of delegate X). A word behind `+` is a second
row for the same route: see tries.py. Lists answer 200 to the administrator, and are empty.
"""

COLUMNS = ("no", "dx", "dy", "ad", "hx", "ah", "px", "nt", "co", "am", "ft", "fx", "ce")

TEXT = """
#                                            no  dx  dy  ad  hx  ah  px  nt  co  am  ft  fx  ce
GET /negotiations                           401 200 200 200 200 200 200 200 200 200 401 401 200
POST /negotiations                          401 403 403 403 403 403 403 403 403 201 401 401 403
GET /negotiations/{neg}                     401 200 200 200 200 200 200 200 200 200 401 401 404
PATCH /negotiations/{neg}                   401 403 403 403 403 403 403 403 200 403 401 401 404

GET /negotiations/{neg}/parties             401 200 200 200 200 200 200 200 200 200 401 401 404
POST /negotiations/{neg}/parties            401 403 403 403 403 403 403 403 201 403 401 401 404
GET /negotiations/{neg}/parties/{id}        401 200 200 200 200 200 200 200 200 404 401 401 404
PATCH /negotiations/{neg}/parties/{id}      401 403 403 403 403 403 403 403 200 404 401 401 404

GET /negotiations/{neg}/parties/{id}/availability 401 200 404 404 200 404 200 404 200 404 401 401 404
PUT /negotiations/{neg}/parties/{id}/availability 401 403 404 404 200 404 403 404 200 404 401 401 404
GET /negotiations/{neg}/free-times          401 403 404 403 200 200 403 403 200 404 401 401 404

GET /negotiations/{neg}/teams               401 200 200 200 200 200 200 200 200 200 401 401 404
POST /negotiations/{neg}/teams              401 403 403 403 403 403 403 201 201 403 401 401 404
GET /negotiations/{neg}/teams/{id}          401 200 404 200 200 200 200 200 200 404 401 401 404
PATCH /negotiations/{neg}/teams/{id}        401 403 404 403 403 403 403 200 200 404 401 401 404

GET /negotiations/{neg}/tracks              401 200 200 200 200 200 200 200 200 200 401 401 404
POST /negotiations/{neg}/tracks             401 403 403 403 403 403 403 403 409 403 401 401 404
GET /negotiations/{neg}/tracks/{jurisdiction} 401 200 404 200 200 200 200 200 200 404 401 401 404
PATCH /negotiations/{neg}/tracks/{jurisdiction} 401 403 404 403 403 403 403 403 200 404 401 401 404

GET /negotiations/{neg}/issues              401 200 200 200 200 200 200 200 200 200 401 401 404
POST /negotiations/{neg}/issues             401 403 403 403 403 403 403 201 201 403 401 401 404
GET /negotiations/{neg}/issues/{id}         401 200 200 200 200 200 200 200 200 404 401 401 404
PATCH /negotiations/{neg}/issues/{id}       401 403 403 403 403 403 403 200 200 404 401 401 404

GET /negotiations/{neg}/people              401 200 200 200 200 200 200 200 200 200 401 401 404
POST /negotiations/{neg}/people             401 403 403 403 403 403 403 403 201 403 401 401 404
POST /negotiations/{neg}/people +co 401 403 403 403 403 403 403 403 201 201 401 401 404
GET /negotiations/{neg}/people/{id}         401 200 404 404 200 404 200 200 200 404 401 401 404
PATCH /negotiations/{neg}/people/{id}       401 403 404 404 403 404 403 403 200 404 401 401 404

GET /negotiations/{neg}/calendars           401 404 404 404 404 404 404 404 200 404 401 401 404
GET /negotiations/{neg}/feeds               401 404 404 404 200 200 404 404 200 404 401 401 404
GET /negotiations/{neg}/memberships         401 200 200 200 200 200 200 200 200 200 401 401 404
POST /negotiations/{neg}/memberships        401 403 403 403 403 403 403 403 201 403 401 401 404
GET /negotiations/{neg}/memberships/{id}    401 200 404 404 200 404 200 200 200 404 401 401 404
PATCH /negotiations/{neg}/memberships/{id}  401 403 404 404 403 404 403 403 200 404 401 401 404
PATCH /negotiations/{neg}/memberships/{id} +co 401 404 404 404 404 404 404 403 200 200 401 401 404
DELETE /negotiations/{neg}/memberships/{id} 401 403 404 404 403 404 403 403 200 404 401 401 404
DELETE /negotiations/{neg}/memberships/{id} +co 401 404 404 404 404 404 404 403 200 200 401 401 404

GET /negotiations/{neg}/caucuses            401 200 200 200 200 200 200 200 200 200 401 401 404
POST /negotiations/{neg}/caucuses           401 403 403 403 201 201 403 403 403 403 401 401 404
GET /negotiations/{neg}/caucuses/{id}       401 200 404 404 200 404 200 404 404 404 401 401 404
PATCH /negotiations/{neg}/caucuses/{id}     401 403 404 404 200 404 403 404 404 404 401 401 404
POST /negotiations/{neg}/caucuses/{id}/join 401 403 403 404 200 404 403 404 404 404 401 401 404
POST /negotiations/{neg}/caucuses/{id}/decline 401 403 403 404 200 404 403 404 404 404 401 401 404

GET /negotiations/{neg}/sessions            401 200 200 200 200 200 200 200 200 200 401 401 404
POST /negotiations/{neg}/sessions           401 403 403 403 403 403 403 403 201 403 401 401 404
POST /negotiations/{neg}/sessions +instead  401 403 422 403 201 201 403 403 201 422 401 401 404
GET /sessions/{id}                          401 200 404 200 200 200 200 200 200 404 401 401 404
PATCH /sessions/{id}                        401 403 404 403 403 403 403 403 200 404 401 401 404
POST /sessions/{id}/accept                  401 403 404 403 200 200 403 403 200 404 401 401 404
POST /sessions/{id}/decline                 401 403 404 403 200 200 403 403 200 404 401 401 404
POST /sessions/{id}/confirm                 401 403 404 403 403 403 403 403 200 404 401 401 404
POST /sessions/{id}/move                    401 403 404 403 200 200 403 403 200 404 401 401 404
POST /sessions/{id}/relocate                401 403 404 403 200 200 403 403 200 404 401 401 404
POST /sessions/{id}/postpone                401 403 404 403 403 403 403 403 200 404 401 401 404
POST /sessions/{id}/reinstate               401 403 404 403 403 403 403 403 200 404 401 401 404
POST /sessions/{id}/cancel                  401 403 404 403 403 403 403 403 200 404 401 401 404
POST /sessions/{id}/publish                 401 403 404 403 403 403 403 403 200 404 401 401 404
POST /sessions/{id}/open                    401 403 404 403 403 403 403 200 200 404 401 401 404
POST /sessions/{id}/open +chair             401 403 404 200 403 403 403 200 200 404 401 401 404
POST /sessions/{id}/close                   401 403 404 403 403 403 403 200 200 404 401 401 404
POST /sessions/{id}/close +chair            401 403 404 200 403 403 403 200 200 404 401 401 404
GET /sessions/{id}/free-times               401 403 404 403 200 200 403 403 200 404 401 401 404
GET /sessions/{id}/agenda                   401 200 404 200 200 200 200 200 200 404 401 401 404
PUT /sessions/{id}/agenda                   401 403 404 403 200 200 403 200 200 404 401 401 404
PUT /sessions/{id}/agenda +confirmed        401 403 404 403 403 403 403 200 200 404 401 401 404
PUT /sessions/{id}/agenda +opened           401 403 404 200 403 403 403 200 200 404 401 401 404
GET /sessions/{id}/attendance               401 200 404 200 200 200 200 200 200 404 401 401 404
PUT /sessions/{id}/attendance               401 403 404 403 403 403 403 200 200 404 401 401 404
GET /sessions/{id}/warnings                 401 404 404 404 404 404 404 200 200 404 401 401 404
POST /sessions/{id}/warnings/acknowledge    401 403 404 403 403 403 403 403 200 404 401 401 404
GET /sessions/{id}/polls                    401 200 404 200 200 200 200 200 200 404 401 401 404
POST /sessions/{id}/polls                   401 403 404 403 403 403 403 403 201 404 401 401 404
GET /polls/{id}                             401 200 404 200 200 200 200 200 200 404 401 401 404
POST /polls/{id}/offer                      401 403 404 403 403 403 403 403 200 404 401 401 404
POST /polls/{id}/withdraw                   401 403 404 403 403 403 403 403 200 404 401 401 404
POST /polls/{id}/answer                     401 403 404 403 200 200 403 403 200 404 401 401 404
POST /polls/{id}/choose                     401 403 404 403 200 200 403 403 200 404 401 401 404
POST /polls/{id}/close                      401 403 404 403 403 403 403 403 200 404 401 401 404
GET /sessions/{id}/changes                  401 200 404 200 200 200 200 200 200 404 401 401 404

GET /sessions/{id}/summary                  401 404 404 404 404 404 404 200 200 404 401 401 404
PUT /sessions/{id}/summary                  401 403 404 403 403 403 403 201 201 404 401 401 404
PUT /sessions/{id}/summary +again           401 403 404 403 403 403 403 200 200 404 401 401 404
GET /sessions/{id}/summary/compiled         401 404 404 404 404 404 404 200 200 404 401 401 404
GET /sessions/{id}/summary/revisions        401 404 404 404 404 404 404 200 200 404 401 401 404
GET /sessions/{id}/summary/revisions/{n} 401 404 404 404 404 404 404 200 200 404 401 401 404

GET /sessions/{id}/summary +circulated      401 200 404 200 200 200 200 200 200 404 401 401 404
GET /sessions/{id}/summary/revisions +circulated 401 200 404 200 200 200 200 200 200 404 401 401 404
GET /sessions/{id}/summary/revisions/{n} +circulated 401 200 404 200 200 200 200 200 200 404 401 401 404
PUT /sessions/{id}/summary +circulated      401 403 404 403 403 403 403 200 200 404 401 401 404
GET /sessions/{id}/summary/decisions        401 404 404 404 404 404 404 200 200 404 401 401 404
GET /sessions/{id}/summary/decisions +circulated 401 200 404 200 200 200 200 200 200 404 401 401 404
GET /sessions/{id}/summary/circulations     401 404 404 404 404 404 404 200 200 404 401 401 404
GET /sessions/{id}/summary/circulations +circulated 401 200 404 200 200 200 200 200 200 404 401 401 404
GET /sessions/{id}/summary/comments         401 404 404 404 404 404 404 200 200 404 401 401 404
GET /sessions/{id}/summary/comments +circulated 401 200 404 200 200 200 200 200 200 404 401 401 404
POST /sessions/{id}/summary/comments        401 201 404 201 201 201 201 403 403 404 401 401 404
GET /sessions/{id}/summary/diff             401 404 404 404 404 404 404 200 200 404 401 401 404
GET /sessions/{id}/summary/diff +circulated 401 200 404 200 200 200 200 200 200 404 401 401 404
POST /sessions/{id}/summary/circulate       401 403 404 403 403 403 403 403 200 404 401 401 404
POST /sessions/{id}/summary/decide          401 403 404 403 200 200 403 403 403 404 401 401 404
POST /sessions/{id}/summary/agree           401 403 404 403 403 403 403 403 200 404 401 401 404
POST /sessions/{id}/summary/publish         401 403 404 403 403 403 403 403 200 404 401 401 404
POST /sessions/{id}/summary/corrigendum     401 403 404 403 403 403 403 403 200 404 401 401 404

GET /sessions/{id}/summary/drafts           401 404 404 404 404 404 404 200 200 404 401 401 404
GET /drafts/{id}                            401 404 404 404 404 404 404 404 200 404 401 401 404
DELETE /drafts/{id}                         401 404 404 404 404 404 404 404 200 404 401 401 404

GET /negotiations/{neg}/own-notes           401 200 200 200 200 200 200 200 200 404 401 401 404
GET /negotiations/{neg}/caucus-notes        401 404 404 404 200 200 404 404 404 404 401 401 404
POST /negotiations/{neg}/caucus-notes/purge 401 404 404 404 200 200 404 404 404 404 401 401 404
GET /sessions/{id}/notes                    401 200 404 200 200 200 200 200 200 404 401 401 404
GET /sessions/{id}/notes/{audience}/{item} 401 404 404 404 404 404 404 200 200 404 401 401 404
GET /sessions/{id}/notes/{audience}/{item} +caucus 401 200 404 404 200 404 200 404 404 404 401 401 404
GET /sessions/{id}/notes/{audience}/{item} +mine 401 200 404 404 404 404 404 404 404 404 401 401 404
PUT /sessions/{id}/notes/{audience}/{item} 401 404 404 404 404 404 404 201 201 404 401 401 404
PUT /sessions/{id}/notes/{audience}/{item} +again 401 404 404 404 404 404 404 200 200 404 401 401 404
PUT /sessions/{id}/notes/{audience}/{item} +caucus 401 201 404 201 201 201 201 404 404 404 401 401 404
PUT /sessions/{id}/notes/{audience}/{item} +mine 401 201 404 201 201 201 201 201 201 404 401 401 404
GET /sessions/{id}/notes/{audience}/{item}/revisions 401 404 404 404 404 404 404 200 200 404 401 401 404
GET /sessions/{id}/notes/{audience}/{item}/revisions +caucus 401 200 404 404 200 404 200 404 404 404 401 401 404
GET /sessions/{id}/notes/{audience}/{item}/revisions/{n} 401 404 404 404 404 404 404 200 200 404 401 401 404
GET /sessions/{id}/notes/{audience}/{item}/revisions/{n} +caucus 401 200 404 404 200 404 200 404 404 404 401 401 404
GET /sessions/{id}/notes/{audience}/{item}/revisions/{n} +mine 401 200 404 404 404 404 404 404 404 404 401 401 404
GET /sessions/{id}/notes/{audience}/{item}/diff 401 404 404 404 404 404 404 200 200 404 401 401 404
GET /sessions/{id}/notes/{audience}/{item}/diff +caucus 401 200 404 404 200 404 200 404 404 404 401 401 404
POST /sessions/{id}/notes/{audience}/{item}/restore 401 404 404 404 404 404 404 200 200 404 401 401 404
GET /note-drafts                            401 200 200 200 200 200 200 200 200 200 401 401 200
GET /note-drafts/{id}                       401 404 404 404 404 404 404 404 200 404 401 401 404
DELETE /note-drafts/{id}                    401 404 404 404 404 404 404 404 200 404 401 401 404

GET /sessions/{id}/outcomes                 401 200 404 200 200 200 200 200 200 404 401 401 404
POST /sessions/{id}/outcomes                401 403 404 403 403 403 403 201 201 404 401 401 404
GET /negotiations/{neg}/outcomes            401 200 200 200 200 200 200 200 200 200 401 401 404
GET /negotiations/{neg}/consistency         401 200 200 200 200 200 200 200 200 200 401 401 404
GET /negotiations/{neg}/audit               401 200 200 200 200 200 200 200 200 200 401 401 404
GET /negotiations/{neg}/audit/heads         401 200 200 200 200 200 200 200 200 200 401 401 404
GET /negotiations/{neg}/search              401 200 200 200 200 200 200 200 200 200 401 401 404
GET /negotiations/{neg}/commitments         401 200 200 200 200 200 200 200 200 200 401 401 404
POST /negotiations/{neg}/commitments        401 403 422 403 201 201 403 201 201 422 401 401 404
POST /negotiations/{neg}/commitments +other 401 403 422 403 403 403 403 201 201 422 401 401 404
GET /negotiations/{neg}/commitments/{id}    401 200 404 200 200 200 200 200 200 404 401 401 404
PATCH /negotiations/{neg}/commitments/{id}  401 403 404 403 200 403 403 200 200 404 401 401 404
GET /negotiations/{neg}/tracks/{jurisdiction}/issues/{code} 401 200 404 200 200 200 200 200 200 404 401 401 404
GET /negotiations/{neg}/positions           401 200 200 200 200 200 200 200 200 200 401 401 404
POST /negotiations/{neg}/positions          401 403 422 403 201 201 403 201 201 422 401 401 404
POST /negotiations/{neg}/positions +other   401 403 422 403 403 403 403 201 201 422 401 401 404
GET /negotiations/{neg}/positions/{id}      401 200 404 200 200 200 200 200 200 404 401 401 404
PATCH /negotiations/{neg}/positions/{id}    401 403 404 403 200 403 403 200 200 404 401 401 404

GET /negotiations/{neg}/document-requests   401 200 200 200 200 200 200 200 200 200 401 401 404
POST /negotiations/{neg}/document-requests  401 403 403 403 403 403 403 201 201 403 401 401 404
GET /negotiations/{neg}/document-requests/{id} 401 200 200 200 200 200 200 200 200 404 401 401 404
PATCH /negotiations/{neg}/document-requests/{id} 401 403 403 403 403 403 403 200 200 404 401 401 404
GET /negotiations/{neg}/document-requests/{id}/events 401 200 200 200 200 200 200 200 200 404 401 401 404
POST /negotiations/{neg}/document-requests/{id}/events 401 403 403 403 403 403 403 200 200 404 401 401 404
POST /negotiations/{neg}/document-requests/{id}/publish 401 403 403 403 403 403 403 403 200 404 401 401 404

GET /feeds                                  401 200 200 200 200 200 200 200 200 200 401 401 200
POST /feeds                                 401 201 201 201 201 201 201 201 201 403 401 401 201
POST /feeds +theirs                         401 201 201 201 201 201 201 201 201 403 401 401 422
GET /feeds/{id}                             401 200 404 404 200 404 404 404 200 404 401 401 404
GET /feeds/{id}/fetched                     401 200 404 404 200 404 404 404 200 404 401 401 404
PATCH /feeds/{id}                           401 200 404 404 403 404 404 404 403 404 401 401 404
POST /feeds/{id}/rotate                     401 200 404 404 403 404 404 404 403 404 401 401 404
DELETE /feeds/{id}                          401 200 404 404 200 404 404 404 200 404 401 401 404
GET /negotiations/{neg}/plans               401 404 404 404 404 404 404 404 200 404 401 401 404
POST /negotiations/{neg}/plans              401 403 403 403 403 403 403 403 201 403 401 401 404
GET /plans/{id}                             401 404 404 404 404 404 404 404 200 404 401 401 404
PATCH /plans/{id}                           401 404 404 404 404 404 404 404 200 404 401 401 404
POST /plans/{id}/drop                       401 404 404 404 404 404 404 404 200 404 401 401 404
POST /plans/{id}/work-out                   401 404 404 404 404 404 404 404 200 404 401 401 404
POST /plans/{id}/stop                       401 404 404 404 404 404 404 404 200 404 401 401 404
GET /plans/{id}/check                       401 404 404 404 404 404 404 404 200 404 401 401 404
POST /plans/{id}/release                    401 404 404 404 404 404 404 404 200 404 401 401 404
GET /plans/{id}/tracks/{jurisdiction}       401 404 404 404 404 404 404 404 200 404 401 401 404
PUT /plans/{id}/tracks/{jurisdiction}       401 404 404 404 404 404 404 404 200 404 401 401 404
GET /plans/{id}/items                       401 404 404 404 404 404 404 404 200 404 401 401 404
POST /plans/{id}/items                      401 404 404 404 404 404 404 404 201 404 401 401 404
GET /plan-items/{id}                        401 404 404 404 404 404 404 404 200 404 401 401 404
PATCH /plan-items/{id}                      401 404 404 404 404 404 404 404 200 404 401 401 404
DELETE /plan-items/{id}                     401 404 404 404 404 404 404 404 200 404 401 401 404
GET /plan-items/{id}/why-not                401 404 404 404 404 404 404 404 200 404 401 401 404

GET /webhooks                               401 200 200 200 200 200 200 200 200 200 401 401 200
POST /webhooks                              401 403 403 403 201 201 403 403 201 403 401 401 422
GET /webhooks/{id}                          401 404 404 404 200 404 404 404 404 404 401 401 404
GET /webhooks/{id} +co                      401 404 404 404 404 404 404 404 200 404 401 401 404
PATCH /webhooks/{id}                        401 404 404 404 200 404 404 404 404 404 401 401 404
DELETE /webhooks/{id}                       401 404 404 404 200 404 404 404 404 404 401 401 404
POST /webhooks/{id}/rotate                  401 404 404 404 200 404 404 404 404 404 401 401 404
POST /webhooks/{id}/test                    401 404 404 404 201 404 404 404 404 404 401 401 404
POST /webhooks/{id}/redeliver               401 404 404 404 200 404 404 404 404 404 401 401 404
GET /webhooks/{id}/deliveries               401 404 404 404 200 404 404 404 404 404 401 401 404
GET /deliveries/{id}                        401 404 404 404 200 404 404 404 404 404 401 401 404
POST /deliveries/{id}/redeliver             401 404 404 404 200 404 404 404 404 404 401 401 404
POST /deliveries/{id}/redeliver +co         401 404 404 404 404 404 404 404 200 404 401 401 404
GET /me/availability                        401 200 200 200 200 200 200 200 200 200 401 401 200
PUT /me/availability                        401 200 200 200 200 200 200 200 200 200 401 401 200
GET /busy-blocks                            401 200 200 200 200 200 200 200 200 200 401 401 200
POST /busy-blocks                           401 201 201 201 201 201 201 201 201 201 401 401 201
GET /busy-blocks/{id}                       401 200 404 404 404 404 404 404 404 404 401 401 404
DELETE /busy-blocks/{id}                    401 200 404 404 404 404 404 404 404 404 401 401 404
GET /busy-calendars                         401 200 200 200 200 200 200 200 200 200 401 401 200
POST /busy-calendars                        401 201 201 201 201 201 201 201 201 201 401 401 201
GET /busy-calendars/{id}                    401 200 404 404 404 404 404 404 404 404 401 401 404
POST /busy-calendars/{id}/refresh           401 200 404 404 404 404 404 404 404 404 401 401 404
DELETE /busy-calendars/{id}                 401 200 404 404 404 404 404 404 404 404 401 401 404
GET /me                                     401 200 200 200 200 200 200 200 200 200 401 401 200
PATCH /me                                   401 200 200 200 200 200 200 200 200 200 401 401 200
GET /me/waiting                             401 200 200 200 200 200 200 200 200 200 401 401 200
POST /me/waiting/remind                     401 403 403 403 403 403 403 403 202 403 401 401 202
GET /me/next                                401 200 200 200 200 200 200 200 200 200 401 401 200
"""  # noqa: E501  (a row is a line)


def read(text: str) -> dict[str, tuple[int, ...]]:
    """Row by row: `METHOD path [+variant]` with the 13 statuses."""
    rows = {}
    for line in text.splitlines():
        words = line.split()
        if words and words[0] != "#":
            name = " ".join(words[: -len(COLUMNS)])
            rows[name] = tuple(int(word) for word in words[-len(COLUMNS) :])
    return rows


TABLE = read(TEXT)
