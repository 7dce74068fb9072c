"""Fields that a sender puts into the query of the address, into a form or into a JSON object, as it was told to.

What the fields mean is each source's own matter.
"""

from __future__ import annotations

from bot.sources.base import HookRequest
from bot.sources.forms import FORMS, form_fields
from bot.sources.reading import JsonObject, json_object, media_type


def flat_fields(request: HookRequest) -> JsonObject:
    """The fields, wherever they are. A request without a body speaks by its query.

    Raises UnreadableBody for another content type, Malformed for a body that is not what it says.
    """
    if request.method == "GET" or (not request.body and request.query.keys() - {"token"}):
        return JsonObject(request.query)
    if media_type(request)[0] in FORMS:
        return JsonObject(form_fields(request))
    return json_object(request)
