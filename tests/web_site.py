"""The dashboard over a real store, as a test asks it."""

from __future__ import annotations

import msgspec
from fastapi.testclient import TestClient

from babelscope.flow.config import Config


class Site(msgspec.Struct):
    """A client, the ids of the store's documents by name, and the configuration."""

    client: TestClient
    ids: dict[str, str]
    config: Config

    def text(self, path: str, status: int = 200) -> str:
        """Return the page at ``path``, which must answer with ``status``."""
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text[:400]
        return answer.text
