"""The lock: closed by key or by time, opened by PIN, passkey or password, and the PIN itself."""

import datetime as dt
import hmac
from collections.abc import Callable, Sequence

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from argon2.low_level import Type
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cuspide.accounts import pins
from cuspide.accounts.models import Pin, Seat, User, Workstation
from cuspide.accounts.models.stations import TRIES
from cuspide.accounts.selectors import actor_of
from cuspide.audit import trail
from cuspide.core import clock, keystore
from cuspide.core.actor import Actor
from cuspide.core.db import locks
from cuspide.core.errors import DomainError, FieldErrors

# Argon2id at a cost that a busy machine pays within the 150 ms of an unlock. What keeps whoever has the store alone
# from trying all ten thousand is not the cost but the practice's key, mixed in before.
_hasher = PasswordHasher(time_cost=2, memory_cost=8 * 1024, parallelism=1, type=Type.ID)

# Kept from writing the store at every page; added to the time after which it locks, so that nobody is locked early.
NOTED_EVERY = dt.timedelta(seconds=20)
# A browser locks by itself on time; the server waits this much longer before it does so without being told.
GRACE = dt.timedelta(seconds=30)
_FORGOTTEN_AFTER, _SWEPT_EVERY = dt.timedelta(days=7), 50

BY_KEY, BY_TIME, BY_CHANGE = "key", "time", "change"
BY_PIN, BY_PASSWORD, BY_PASSKEY = "pin", "password", "passkey"


class WrongProof(DomainError):
    """Not the right PIN, passkey or password. `left`: how many tries remain before the session ends."""

    def __init__(self, left: int) -> None:
        super().__init__(_("This is not right."))
        self.left = left


class SeatEnded(DomainError):
    """Nothing can be unlocked any more: the full sign-in is asked for."""

    def __init__(self) -> None:
        super().__init__(_("Three wrong tries: this session has ended. Sign in with your password."))


def open_seat(user: User, session_key: str, station: Workstation | None, *, instead_of: Sequence[str] = ()) -> Seat:
    """The seat of a session that has none. `instead_of` are sessions held in the same browser: hers end."""
    if instead_of:
        with transaction.atomic():
            earlier = Seat.objects.filter(session_key__in=instead_of, user=user, ended_at__isnull=True)
            for one in earlier.exclude(session_key=session_key):
                _end(one)
    now = clock.now()
    try:
        with transaction.atomic():
            seat = Seat.objects.create(
                session_key=session_key, user=user, workstation=station, opened_at=now, active_at=now
            )
    except IntegrityError:
        # Two requests of the same new session at once.
        return Seat.objects.select_related("workstation", "user").get(session_key=session_key)
    if seat.pk % _SWEPT_EVERY == 0:
        Seat.objects.filter(active_at__lt=now - _FORGOTTEN_AFTER).delete()
    return seat


def is_locked(seat: Seat) -> bool:
    """Whether it was locked, or nobody did anything for too long: by the server's clock alone."""
    return seat.locked_at is not None or clock.now() - seat.active_at > seat.lock_after + NOTED_EVERY + GRACE


def note_activity(seat: Seat) -> bool:
    """Somebody is there. Written now and then only; whether it was now."""
    now = clock.now()
    # A clock that was set back leaves an instant in the future: it is brought back too.
    if dt.timedelta() <= now - seat.active_at < NOTED_EVERY:
        return False
    Seat.objects.filter(pk=seat.pk, locked_at__isnull=True).update(active_at=now)
    return True


def count_from_now() -> None:
    """Seats last used by a clock that was set back meanwhile: left as they are, they would lock when it is reached."""
    now = clock.now()
    Seat.objects.filter(active_at__gt=now + clock.SLACK).update(active_at=now)


@transaction.atomic
def lock(actor: Actor, seat: Seat, how: str) -> None:
    """Lock a seat; traced once however many tabs and requests ask."""
    now = clock.now()
    if Seat.objects.filter(pk=seat.pk, locked_at__isnull=True, ended_at__isnull=True).update(locked_at=now):
        trail.record(actor, "accounts.lock", subject=seat.user, detail={"how": how})
    seat.locked_at = seat.locked_at or now


def unlock(visitor: Actor, seat: Seat, how: str, proof: Callable[[], bool]) -> None:
    """Give a locked seat back to whoever proves to be its person. WrongProof; SeatEnded after the third.

    A try is taken before the proof is looked at, in one statement: twenty guesses at once have three tries.
    """
    taken = Seat.objects.filter(pk=seat.pk, ended_at__isnull=True, failures__lt=TRIES).update(
        failures=F("failures") + 1
    )
    if not taken:
        raise SeatEnded
    if proof():
        with transaction.atomic():
            opened = Seat.objects.filter(pk=seat.pk, ended_at__isnull=True).update(
                locked_at=None, failures=0, active_at=clock.now()
            )
            if opened:
                actor = actor_of(seat.user, visitor.workstation)
                trail.record(actor, "accounts.unlock", subject=seat.user, detail={"how": how})
        if not opened:
            raise SeatEnded
        seat.locked_at = None
        return
    with transaction.atomic():
        held = locks.held(Seat.objects).select_related("user").get(pk=seat.pk)
        trail.record(visitor, "accounts.unlock_refused", subject=seat.user, detail={"how": how})
        if held.failures >= TRIES and held.ended_at is None:
            _end(held)
            trail.record(visitor, "accounts.lock_ended", subject=seat.user)
    if held.failures >= TRIES:
        raise SeatEnded
    raise WrongProof(TRIES - held.failures)


def pin_matches(user: User, pin: str) -> bool:
    """Whether this is the person's PIN; a person without one has none that matches."""
    held = Pin.objects.filter(user=user).first()
    if held is None:
        return False
    try:
        return _hasher.verify(held.hashed, _mixed(user, pin))
    except (Argon2Error, InvalidHashError):
        return False


@transaction.atomic
def set_pin(actor: Actor, user: User, pin: str) -> None:
    """Choose one's own PIN; nobody chooses it for somebody else. FieldErrors for one that is easily guessed."""
    if actor.user_id != user.pk:
        raise DomainError(_("Everybody chooses her own PIN."))
    if wrong := pins.weakness(pin):
        raise FieldErrors({"pin": wrong})
    Pin.objects.update_or_create(user=user, defaults={"hashed": _hasher.hash(_mixed(user, pin)), "set_at": clock.now()})
    trail.record(actor, "accounts.set_pin", subject=user)


@transaction.atomic
def remove_pin(actor: Actor, user: User) -> None:
    """Do without a PIN again: one unlocks with the password."""
    if actor.user_id != user.pk:
        raise DomainError(_("Everybody chooses her own PIN."))
    if Pin.objects.filter(user=user).delete()[0]:
        trail.record(actor, "accounts.remove_pin", subject=user)


def _end(seat: Seat) -> None:
    Seat.objects.filter(pk=seat.pk).update(ended_at=clock.now())
    Session.objects.filter(session_key=seat.session_key).delete()


def _mixed(user: User, pin: str) -> str:
    """Without the practice's key a stolen table of PINs is worth nothing: ten thousand guesses are soon made."""
    return hmac.new(keystore.derive("pin"), user.uuid.bytes + pin[:64].encode("utf-8", "replace"), "sha256").hexdigest()
