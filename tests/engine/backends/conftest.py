"""Fixtures of the contract: every backend in turn, and a request it can render."""

import pytest

from tests.engine.backends.contract import EACH, backend_of, small_request


@pytest.fixture(params=EACH)
def backend(request):
    backend = backend_of(request.param)
    backend.load()
    yield backend
    backend.unload()


@pytest.fixture
def request_(backend):
    return small_request(backend)
