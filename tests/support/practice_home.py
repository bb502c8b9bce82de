"""The practice's folder that the tests run in: its own key, an encrypted store, nothing of the developer's.

`CUSPIDE_TEST_STORE` chooses the store, sqlite (default) or postgresql; `CUSPIDE_TEST_POSTGRESQL` is the address of a
server to make test databases on, and a throw-away cluster is started where it is not given.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from cuspide.core import keystore
from cuspide.core.home import Home

STORES = ("sqlite", "postgresql")


def store() -> str:
    """The store the tests run on."""
    chosen = os.environ.get("CUSPIDE_TEST_STORE", "sqlite")
    if chosen not in STORES:
        raise ValueError(f"CUSPIDE_TEST_STORE is {chosen!r}; it is one of {', '.join(STORES)}")
    return chosen


def make_home(url: str = "") -> Path:
    """Make a home with a key of its own and point CUSPIDE_HOME at it; it is removed when Python ends."""
    folder = Path(tempfile.mkdtemp(prefix="cuspide-test-"))
    owner = os.getpid()  # a forked child must not remove it
    atexit.register(lambda: os.getpid() == owner and shutil.rmtree(folder, ignore_errors=True))
    key = keystore.create(folder / "key")
    engine = "postgresql" if url else "sqlite"
    hosts = ("localhost", "testserver")
    Home(folder=folder, engine=engine, url=url, key_id=keystore.key_id(key), hosts=hosts, tls="off").write()
    (folder / "blobs").mkdir()
    os.environ["CUSPIDE_HOME"] = str(folder)
    os.environ.pop("CUSPIDE_KEY_FILE", None)
    return folder


def postgresql_url() -> str:
    """The server named by the environment, or a throw-away one for this run and its workers."""
    named = os.environ.get("CUSPIDE_TEST_POSTGRESQL")
    if named:
        return named
    from tests.support.postgresql import Cluster

    cluster = Cluster()
    owner = os.getpid()
    atexit.register(lambda: os.getpid() == owner and cluster.stop())
    os.environ["CUSPIDE_TEST_POSTGRESQL"] = cluster.start()
    return os.environ["CUSPIDE_TEST_POSTGRESQL"]
