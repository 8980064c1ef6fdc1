"""The time and the chance in which a change happens, the same when it is replayed.

A change that is replayed must make the ids and the times that its caller was told. So moto asks
here what time it is and draws its random numbers here: inside a change both come from what was
recorded with the change, outside of one from the clock and the operating system.
"""

from __future__ import annotations

import datetime
import os
import string
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from hashlib import shake_256
from types import ModuleType
from typing import Any
from uuid import UUID

from moto.moto_api._internal.moto_random import MotoRandom

BLOCK_BYTES = 256


@dataclass
class Moment:
    """When a change happens, and what it draws its random bytes from.

    Args:
        nanoseconds: since 1970.
        seed: 16 bytes or more from the operating system; whoever does not know them cannot tell
            what is drawn.
    """

    nanoseconds: int
    seed: bytes = field(repr=False)
    _block: bytes = field(default=b"", repr=False)
    _blocks: int = 0

    def draw(self, count: int) -> bytes:
        """Return the next random bytes."""
        while len(self._block) < count:
            number = self._blocks.to_bytes(8, "big")
            self._block += shake_256(self.seed + number).digest(BLOCK_BYTES)
            self._blocks += 1
        drawn, self._block = self._block[:count], self._block[count:]
        return drawn


_moment: ContextVar[Moment | None] = ContextVar("moment", default=None)


def find_moment() -> Moment | None:
    """Return the moment of the change that happens here and now, None outside of one."""
    return _moment.get()


@contextmanager
def enter_moment(moment: Moment) -> Iterator[None]:
    """Let what is done inside happen in a moment."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)


def tell_time_ns() -> int:
    """Return the nanoseconds since 1970: the change's, or the clock's."""
    moment = _moment.get()
    return time.time_ns() if moment is None else moment.nanoseconds


def tell_time() -> float:
    """Return the seconds since 1970: the change's, or the clock's."""
    return tell_time_ns() / 1e9


def tell_datetime(zone: datetime.tzinfo | None = None) -> datetime.datetime:
    """Return the change's time, or the clock's; local and naive where no zone is given."""
    return datetime.datetime.fromtimestamp(tell_time(), zone)


def tell_timestamp() -> str:
    """Return the change's time, or the clock's, as AWS writes it into events and logs."""
    moment = tell_datetime(datetime.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def draw_bytes(count: int) -> bytes:
    """Return random bytes: the change's, or the operating system's."""
    moment = _moment.get()
    return os.urandom(count) if moment is None else moment.draw(count)


def draw_uuid() -> str:
    """Return a new UUID of version 4."""
    return str(UUID(bytes=draw_bytes(16), version=4))


# What stands in for the clock and the generators that moto has imported --------------------------


class MomentRandom(MotoRandom):
    """moto's own generator of ids, drawing from the moment; never predictable."""

    def getrandbits(self, k: int, /) -> int:
        """Return an integer of so many random bits."""
        count = (k + 7) // 8
        return int.from_bytes(draw_bytes(count), "big") >> (count * 8 - k)

    def random(self) -> float:
        """Return a number from 0 up to 1."""
        return float(self.getrandbits(53) * 2.0**-53)

    def get_random_string(
        self, length: int = 20, include_digits: bool = True, lower_case: bool = False
    ) -> str:
        """Return a text of letters and digits; moto makes one for each answer."""
        signs = string.ascii_letters + (string.digits if include_digits else "")
        # Two bytes a sign: what is left over by the division is too little to tell.
        drawn = draw_bytes(2 * length)
        places = (drawn[2 * place] << 8 | drawn[2 * place + 1] for place in range(length))
        text = "".join([signs[place % len(signs)] for place in places])
        return text.lower() if lower_case else text


class StandIn:
    """A module in which some names are others, for the one module that is given it."""

    def __init__(self, plain: ModuleType, **changed: Any) -> None:
        self.__dict__.update(changed)
        self._plain = plain

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plain, name)


class MomentDatetime:
    """Stands in for the class ``datetime``: makes plain ones, and knows the moment."""

    def __call__(self, *arguments: Any, **named: Any) -> datetime.datetime:
        """Make a datetime."""
        return datetime.datetime(*arguments, **named)

    def __instancecheck__(self, value: Any) -> bool:
        return isinstance(value, datetime.datetime)

    def __getattr__(self, name: str) -> Any:
        return getattr(datetime.datetime, name)

    def now(self, tz: datetime.tzinfo | None = None) -> datetime.datetime:
        """Return the moment's time."""
        return tell_datetime(tz)

    def utcnow(self) -> datetime.datetime:
        """Return the moment's time, UTC and naive."""
        return tell_datetime(datetime.UTC).replace(tzinfo=None)


def use_moments() -> None:
    """Make all of moto's services take ids and times from the moment."""
    import moto.core.utils
    import moto.moto_api._internal.managed_state_model as states
    from moto.moto_api._internal import mock_random

    # The instance itself: moto's modules have imported it, each under a name of its own.
    mock_random.__class__ = MomentRandom
    moto.core.utils.datetime = _stand_in_datetime()
    states.datetime = MomentDatetime()


def use_moments_in(module: ModuleType) -> None:
    """Make one of moto's modules take what it imports by itself from the moment."""
    stand_ins: dict[str, Callable[[], Any]] = {
        "os": lambda: StandIn(os, urandom=draw_bytes),
        "time": lambda: StandIn(time, time=tell_time),
        "datetime": lambda: (
            _stand_in_datetime() if isinstance(module.datetime, ModuleType) else MomentDatetime()
        ),
        "uuid4": lambda: lambda: UUID(draw_uuid()),
    }
    for name, make in stand_ins.items():
        held = getattr(module, name, None)
        if held is not None and not isinstance(held, StandIn | MomentDatetime):
            setattr(module, name, make())


def _stand_in_datetime() -> StandIn:
    return StandIn(datetime, datetime=MomentDatetime())
