"""The AWS calls just made, as a quiet table that unfolds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from markupsafe import Markup

from workshop_lib.design import service_name
from workshop_lib.glyphs import inline_glyph
from workshop_lib.ui.cli_lines import ACCOUNT_VARIABLE, SET_ACCOUNT, cli_line
from workshop_lib.ui.console_places import find_console_place
from workshop_lib.ui.plain_data import to_plain
from workshop_lib.ui.redaction import hide_accounts
from workshop_lib.ui.views import View, join, visible

if TYPE_CHECKING:
    from workshop_lib.cloud import ApiCall

POINT_TERMINAL = 'eval "$(workshop cloud env)"'
MOST_CALLS = 100
MOST_PARAMETER_CHARACTERS = 3000

# boto3's names where the design tokens have another.
LOOKS = {"logs": "cloudwatch"}
# Each service has its own word for what is not there.
ABSENCE = ("NoSuch", "NotFound", "NonExistent", "404")


@dataclass(frozen=True)
class CallsSite:
    """Where the calls went: the Region, and whether it was AWS, so that its console shows more."""

    region: str
    on_aws: bool


class CallsView(View):
    """Calls in the order in which they were made; only the last hundred are listed.

    Secrets, tokens, signatures and account numbers are left out.

    Args:
        calls: as the recorder kept them.
        site: where they went; without it the console is not mentioned.
    """

    def __init__(self, calls: Sequence[ApiCall], site: CallsSite | None = None) -> None:
        self._total = len(calls)
        self._calls = list(calls)[-MOST_CALLS:]
        self._site = site

    def body(self) -> Markup:
        """One line that unfolds to the calls, each of which unfolds to its parameters."""
        return Markup("<details><summary>{}</summary>{}</details>").format(
            self._headline(), self._table() if self._calls else ""
        )

    def to_text(self) -> str:
        """The headline, and a line with the CLI's words for each call."""
        lines = [
            f"  {_status(call):>6} {call.milliseconds:6.0f} ms  {visible(_line(call))}"
            for call in self._calls
        ]
        return "\n".join([self._headline(), *lines, *self._pasting()])

    def _pasting(self) -> list[str]:
        """What a terminal must know before a line is pasted into it."""
        words = []
        if self._calls and self._site and not self._site.on_aws:
            words.append(f"{POINT_TERMINAL}  points a terminal's AWS CLI at the local cloud.")
        if any(ACCOUNT_VARIABLE in _line(call) for call in self._calls):
            words.append(f"{SET_ACCOUNT}  sets the variable in these lines.")
        return words

    def _headline(self) -> str:
        failed = [call.error_code for call in self._calls if call.error_code is not None]
        absent = sum(any(word in code for word in ABSENCE) for code in failed)
        calls = "1 call to AWS" if self._total == 1 else f"{self._total} calls to AWS"
        counted = {"found nothing": absent, "refused": len(failed) - absent}
        tally = [f"{count} {what}" for what, count in counted.items() if count]
        return ", ".join([calls, *tally, f"{_time_taken(self._calls):,.0f} ms"])

    def _table(self) -> Markup:
        heads = [Markup('<th scope="col">Service and call</th><th scope="col">Status</th>')]
        heads.append(
            Markup('<th scope="col" class="number">ms</th><th scope="col">Request id</th>')
        )
        rows = [_row(call, self._site) for call in self._calls]
        return Markup(
            '<div class="scroll calls"><table><thead><tr>{}</tr></thead>'
            "<tbody>{}</tbody></table></div>{}"
        ).format(join(heads), join(rows), join([_remark(words) for words in self._pasting()]))


def _time_taken(calls: Sequence[ApiCall]) -> float:
    """Milliseconds in which at least one call was under way: parts of an upload go side by side."""
    taken = timedelta()
    reached = min((call.started_at for call in calls), default=datetime.min)
    for call in sorted(calls, key=lambda call: call.started_at):
        end = call.started_at + timedelta(milliseconds=call.milliseconds)
        taken += max(end - max(reached, call.started_at), timedelta())
        reached = max(reached, end)
    return taken / timedelta(milliseconds=1)


def _remark(words: str) -> Markup:
    command, _, meaning = words.partition("  ")
    return Markup('<p class="quiet"><code>{}</code> {}</p>').format(command, meaning)


def _row(call: ApiCall, site: CallsSite | None) -> Markup:
    status = Markup('<span class="{}">{}</span>').format(
        "bad" if call.error_code else "good", _status(call)
    )
    return Markup(
        '<tr><td>{}</td><td>{}</td><td class="number">{:.0f}</td><td><code>{}</code></td></tr>'
    ).format(_details(call, site), status, call.milliseconds, visible(call.request_id))


def _details(call: ApiCall, site: CallsSite | None) -> Markup:
    look = LOOKS.get(call.service, call.service)
    # The glyph is our own drawing; `look` only chooses among them.
    glyph = Markup(inline_glyph(look, 18))  # noqa: S704
    return Markup(
        '<details><summary><span class="called" style="color: var(--service-{}, inherit)">'
        '{}{}</span> {}</summary><div class="call"><pre>{}</pre><pre class="line">{}</pre>{}</div>'
        "</details>"
    ).format(
        look, glyph, service_name(look), visible(call.operation),
        _parameters(call), visible(_line(call)), _console(call, site),
    )  # fmt: skip


def _parameters(call: ApiCall) -> str:
    text = hide_accounts(json.dumps(to_plain(call.parameters), indent=2, ensure_ascii=False))
    if len(text) <= MOST_PARAMETER_CHARACTERS:
        return visible(text)
    hidden = len(text) - MOST_PARAMETER_CHARACTERS
    return visible(f"{text[:MOST_PARAMETER_CHARACTERS]}\n… {hidden:,} more characters")


def _console(call: ApiCall, site: CallsSite | None) -> Markup:
    """Where the AWS console shows it, with a link where there is an account to show."""
    place = site and find_console_place(call.service, call.operation, call.parameters, site.region)
    if not site or not place:
        return Markup()
    words = visible(hide_accounts(place.words))
    if not site.on_aws:
        return Markup('<p class="quiet">In the AWS console: {}</p>').format(words)
    return Markup(
        '<p class="quiet">In the AWS console: '
        '<a href="{}" target="_blank" rel="noopener">{}</a></p>'
    ).format(hide_accounts(place.address), words)


def _line(call: ApiCall) -> str:
    return cli_line(call.service, call.operation, call.parameters)


def _status(call: ApiCall) -> str:
    status = str(call.status) if call.status else "no answer"
    return f"{status} {call.error_code}" if call.error_code else status
