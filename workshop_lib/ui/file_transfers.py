"""One file on its way from a browser by way of the kernel to the cloud: what is known of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """Where a file is."""

    WAITING = "waiting"
    SENDING = "sending"
    STORING = "storing"
    STORED = "stored"
    REFUSED = "refused"
    CANCELLED = "cancelled"

    @property
    def is_end(self) -> bool:
        """Whether nothing more happens by itself."""
        return self in (State.STORED, State.REFUSED, State.CANCELLED)


@dataclass
class Transfer:
    """One file: what the browser said of it, and how far it has come.

    `share` is what has been sent to S3, 0 to 1; `stored_name` is the name it is uploaded by and
    `key` where it lies in the end; `what` and `next_step` say why it was refused; `may_retry` tells
    whether a second try may go better, and `attempt` counts them. What `is_held` came from the
    kernel, not from a browser, so that its content need not be sent again.
    """

    id: str
    name: str
    size: int
    state: State = State.WAITING
    content: bytearray = field(default_factory=bytearray, repr=False)
    share: float = 0
    key: str = ""
    what: str = ""
    next_step: str = ""
    may_retry: bool = False
    attempt: int = 0
    stored_name: str = ""
    is_held: bool = False
    is_sample: bool = False

    @property
    def received(self) -> int:
        """How many bytes have come from the browser."""
        return len(self.content)

    @property
    def is_whole(self) -> bool:
        """Whether all bytes have come."""
        return self.received == self.size

    @property
    def is_at_work(self) -> bool:
        """Whether it is being sent or stored."""
        return self.state in (State.SENDING, State.STORING)

    def begin_again(self) -> None:
        """Wait for another try."""
        self.state, self.may_retry, self.share = State.WAITING, False, 0
        self.what = self.next_step = ""

    def end(
        self, state: State, what: str = "", next_step: str = "", *, may_retry: bool = False
    ) -> None:
        """Come to an end, and let go of what need not be kept."""
        self.state, self.may_retry = state, may_retry
        self.what, self.next_step = what, next_step
        if state is not State.STORED and not self.is_held:
            self.content.clear()
