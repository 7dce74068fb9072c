"""The errors the Bot API answers with, in its official words. Not the faults of a network: those are in ``faults``."""

from __future__ import annotations

from collections.abc import Mapping


class ApiError(Exception):
    """One refusal: the HTTP status and ``error_code``, the ``description``, and ``parameters`` where there are any."""

    def __init__(self, code: int, description: str, parameters: Mapping[str, int] | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = dict(parameters or {})

    def envelope(self) -> dict[str, object]:
        """The JSON body of the answer."""
        body: dict[str, object] = {"ok": False, "error_code": self.code, "description": self.description}
        return {**body, "parameters": self.parameters} if self.parameters else body


def bad_request(reason: str, parameters: Mapping[str, int] | None = None) -> ApiError:
    """400. The first letter is lowered as the real server does, unless the reason is a CODE_IN_CAPITALS."""
    if len(reason) > 1 and not (reason[1].isupper() or reason[1] == "_"):
        reason = reason[0].lower() + reason[1:]
    return ApiError(400, f"Bad Request: {reason}", parameters)


def strict(reason: str) -> ApiError:
    """400 that only this fake gives: the real server would have ignored or guessed, which hides our mistakes."""
    return ApiError(400, f"Bad Request: strict fake: {reason}")


def forbidden(reason: str) -> ApiError:
    """403: blocked, kicked, deactivated, never started."""
    return ApiError(403, f"Forbidden: {reason}")


def conflict(reason: str) -> ApiError:
    """409: a second poller, or a webhook is set."""
    return ApiError(409, f"Conflict: {reason}")


def too_many_requests(retry_after: int | None) -> ApiError:
    """429; None leaves ``parameters`` out, as some proxies and old servers do."""
    if retry_after is None:
        return ApiError(429, "Too Many Requests: retry later")
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})
