"""Makes the new practice beside the old one: the store and all that hangs on the key, under the new key.

SQLite: a copy of the file, encrypted anew page by page; the practice's own is only read. PostgreSQL: the rows that hang
on the key, in one transaction that also says whose key the store is of.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from django.db import DatabaseError, connection, connections, transaction
from django.utils.translation import gettext_lazy as _
from sqlcipher3 import dbapi2

from cuspide.core import keystore
from cuspide.core import store as practice_store
from cuspide.core.home import Home
from cuspide.core.keys import retired
from cuspide.core.keys.changing import settling, staging
from cuspide.core.keys.changing.staging import ChangeError
from cuspide.core.keys.uses import Exchange, uses
from cuspide.core.models import RetiredKey
from cuspide.core.moving import aside, target


@dataclass(frozen=True)
class Listener:
    """Who hears how far a change is, and adds to it: `step(key)` as a part begins; `trace(made)` writes the change into
    the trace, inside its transaction, with how many rows each use made again; `prove()` proves the trace and must say
    the same before and after."""

    step: Callable[[str], None]
    trace: Callable[[dict[str, int]], None]
    prove: Callable[[], Any]


def refuse_full_disk(home: Home) -> None:
    """StoreError unless the disk holds a store of SQLite once more."""
    practice_store.require_free(
        home.folder,
        practice_store.size(home) if home.engine == "sqlite" else 0,
        _("The change needs %(needed)s on the disk of %(path)s, and %(free)s are free."),
    )


def change(home: Home, new: bytes, copies: bytes, listener: Listener) -> None:
    """Change the practice's master key. `copies` is `keys.json` for the new one. This program must have the practice
    for itself. Anything that fails before the change is decided leaves everything as it was."""
    exchange = Exchange(keystore.master(home), new)
    settling.settle(home)
    listener.step("proof")
    proved = listener.prove()
    try:
        staging.begin(home, new)
        staging.put(home, staging.COPIES, copies)
        _authority(home, exchange)
        staging.put(home, staging.CONFIG, replace(home, key_id=keystore.key_id(new)).text())
        (_sqlite if home.engine == "sqlite" else _postgresql)(home, exchange, listener, proved)
    except BaseException as error:
        # Decided or not, what is there says which; a lost answer of PostgreSQL's leaves it to the next start.
        if settling.settle(home) != settling.FORWARD:
            if isinstance(error, DatabaseError):  # the store's own words may show a row
                raise ChangeError(
                    _("The change of the key failed (%(reason)s). Nothing was changed."),
                    {"reason": type(error).__name__},
                ) from None
            raise
    listener.step("switch")
    settling.settle(home)


def _authority(home: Home, exchange: Exchange) -> None:
    """The certificate authority's key, encrypted anew. One that the old key does not open is left as it is."""
    from cuspide.core.tls.certificates import LABEL

    try:
        held = staging.places(home)[staging.AUTHORITY].read_bytes()
        key = serialization.load_pem_private_key(held, exchange.old(LABEL).hex().encode())
    except (FileNotFoundError, ValueError, TypeError):
        return
    sealed = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(exchange.new(LABEL).hex().encode()),
    )
    staging.put(home, staging.AUTHORITY, sealed)


def _sqlite(home: Home, exchange: Exchange, listener: Listener, proved: Any) -> None:
    file = staging.half(home) / staging.STORE
    listener.step("copy")
    aside.close_whole(connections["default"], home.store_file)
    file.touch(mode=0o600)
    shutil.copyfile(home.store_file, file)
    _encrypt_anew(file, exchange)
    listener.step("rows")
    with keystore.standing_in(exchange.new_master):
        store = target.opened(home, file)
        try:
            with target.standing_in(store):
                with transaction.atomic():
                    _make_again(exchange, listener)
                listener.step("proof")
                practice_store.prove_pages(file)
                _refuse_other_proof(listener, proved)
            aside.close_whole(store, file)
        finally:
            store.close()
    descriptor = os.open(file, os.O_RDWR)
    os.fsync(descriptor)
    os.close(descriptor)
    staging.seal(home, exchange.old_master, exchange.new_master)


def _encrypt_anew(file: Path, exchange: Exchange) -> None:
    """Every page of a closed SQLite file under the new key. Without a journal: if it fails the file is thrown away."""
    copy = dbapi2.connect(file)
    try:
        copy.execute(f"PRAGMA key = \"x'{exchange.old('store').hex()}'\"")
        copy.execute("PRAGMA temp_store = MEMORY")
        copy.execute("PRAGMA journal_mode = DELETE").fetchone()
        copy.execute("PRAGMA journal_mode = OFF").fetchone()
        copy.execute("PRAGMA synchronous = OFF")
        copy.execute(f"PRAGMA rekey = \"x'{exchange.new('store').hex()}'\"").fetchall()
    except dbapi2.Error as error:
        # The driver's own words could show the statement, and with it the key.
        raise ChangeError(
            _("The copy of the store could not be encrypted anew (%(reason)s). Nothing was changed."),
            {"reason": type(error).__name__},
        ) from None
    finally:
        copy.close()


def _postgresql(home: Home, exchange: Exchange, listener: Listener, proved: Any) -> None:
    listener.step("rows")
    with transaction.atomic():
        _refuse_others()
        _keep_others_out()
        _refuse_others()  # whoever came in between
        with keystore.standing_in(exchange.new_master):
            _make_again(exchange, listener)
            listener.step("proof")
            _refuse_other_proof(listener, proved)
        staging.seal(home, exchange.old_master, exchange.new_master)


def _refuse_others() -> None:
    """On PostgreSQL another machine may serve the same practice: it would go on under the old key."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend' AND wait_event_type IS DISTINCT FROM 'Lock'"
        )
        (others,) = cursor.fetchone()
    if others:
        raise ChangeError(
            _(
                "Other programs have the PostgreSQL store open (%(count)d). Stop them and try again. Nothing was "
                "changed."
            ),
            {"count": others},
        )


def _keep_others_out() -> None:
    """Whoever opens the store from now on asks it whose key it is of, waits here until the change is decided, and is
    then told that his key is not the one any more."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '20s'")
        cursor.execute(f"LOCK TABLE {connection.ops.quote_name(RetiredKey._meta.db_table)} IN ACCESS EXCLUSIVE MODE")


def _make_again(exchange: Exchange, listener: Listener) -> None:
    said = retired.notes()
    made = {use.key: use.remake(exchange) for use in uses if use.remake is not None}
    made[retired.LABEL] = retired.retire(exchange, said)
    listener.trace(made)


def _refuse_other_proof(listener: Listener, proved: Any) -> None:
    try:
        same = listener.prove() == proved
    except DatabaseError:
        same = False
    if not same:
        raise ChangeError(_("The trace under the new key is not as it was under the old one. Nothing was changed."))
