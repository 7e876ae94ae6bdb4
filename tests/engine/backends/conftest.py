"""Every backend in turn, a request it can render, and files to be shown to it."""

import pytest

from tests.engine.backends.contract import EACH, backend_of, small_request
from tests.engine.backends.planned import write_references


@pytest.fixture(params=EACH)
def backend(request):
    backend = backend_of(request.param)
    backend.load()
    yield backend
    backend.unload()


@pytest.fixture
def request_(backend):
    return small_request(backend)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return write_references(tmp_path_factory.mktemp("files"))
