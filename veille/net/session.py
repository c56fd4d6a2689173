"""The door in the shape of a ``requests`` session, for libraries that make their own requests."""

from collections.abc import Callable
from http.cookiejar import DefaultCookiePolicy
from io import BytesIO
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from veille.contacts import Purpose
from veille.net.guard import Guard, Target, shown
from veille.net.line import Ask, Line
from veille.net.patience import Patience

_TLS_PORT = 443


class _Adapter(HTTPAdapter):
    """Where requests meets the line: of what it has prepared, only method and address count."""

    def __init__(
        self, line: Line, guard: Guard, purpose: Purpose, token_host: str, patience: Callable[[], Patience]
    ) -> None:
        super().__init__()
        self._line = line
        self._guard = guard
        self._purpose = purpose
        self._token_host = token_host.lower()
        self._patience = patience

    def init_poolmanager(self, *_arguments: Any, **_named: Any) -> None:
        """None: the line is the only way out."""

    def close(self) -> None:
        """Nothing is open."""

    def send(self, request: requests.PreparedRequest, *_arguments: Any, **_named: Any) -> requests.Response:
        """The whole answer, within the caps; verification, proxies and timeouts are not the caller's to choose."""
        self._guard.check_method(request.method or "")
        target = self._guard.check_url(request.url or "")
        ask = Ask(
            request.method or "",
            target,
            self._purpose,
            shown(target.host),
            authorization=self._token(request, target),
            whole=True,
        )
        answer = self._line.ask(ask, self._patience())
        headers = answer.headers.copy()
        headers.discard("content-encoding")  # it is decoded
        raw = HTTPResponse(BytesIO(answer.body), headers, answer.status, reason=answer.reason, preload_content=False)
        return self.build_response(request, raw)

    def _token(self, request: requests.PreparedRequest, target: Target) -> str:
        if not self._token_host or (target.scheme, *target.place) != ("https", self._token_host, _TLS_PORT):
            return ""
        value: str | bytes = request.headers.get("Authorization", "")
        return value.decode("latin-1") if isinstance(value, bytes) else value


class ReadSession(requests.Session):
    """A session that only reads: no cookie, no ``.netrc``, no proxy of the environment, no redirect by itself."""

    def __init__(
        self, line: Line, guard: Guard, purpose: Purpose, token_host: str, patience: Callable[[], Patience]
    ) -> None:
        super().__init__()
        self.trust_env = False  # otherwise a .netrc entry replaces Authorization
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.headers.clear()
        self._adapter = _Adapter(line, guard, purpose, token_host, patience)

    def get_adapter(self, url: str) -> BaseAdapter:  # noqa: ARG002  # as requests has it
        """Always ours, whatever was mounted."""
        return self._adapter

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: redirects are not followed unasked."""
