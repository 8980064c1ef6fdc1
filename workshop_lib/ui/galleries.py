"""Results with their thumbnails, newest first: on paper and in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from workshop_lib.ui.gallery_cards import Card
from workshop_lib.ui.views import View, join, visible

NONE = "No pictures yet. Upload one; what is recognised appears here."


class GalleryView(View):
    """The results as cards.

    Args:
        cards: the newest first.
        problem: what went wrong when they were asked for, if anything did.
    """

    def __init__(self, cards: Sequence[Card], problem: str = "") -> None:
        self.cards = cards
        self.problem = visible(problem)

    def body(self) -> Markup:
        """The cards, or that there are none."""
        problem = Markup('<p class="bad">{}</p>').format(self.problem) if self.problem else ""
        if not self.cards:
            return Markup('{}<p class="quiet">{}</p>').format(problem, "" if problem else NONE)
        return Markup('{}<ul class="cards" aria-label="Pictures, newest first">{}</ul>').format(
            problem, join([_draw(card) for card in self.cards])
        )

    def to_text(self) -> str:
        """A line for each picture."""
        lines = [card.to_text() for card in self.cards]
        return "\n".join([self.problem, *lines] if self.problem else lines or [NONE])


def _draw(card: Card) -> Markup:
    look = Markup(' class="bad"') if card.is_error else Markup()
    quiet = [
        Markup('<span class="quiet">{}</span>').format(words)
        for words in (card.also, card.name, card.time, card.note if card.picture else "")
        if words
    ]
    return Markup('<li><span class="thumbnail">{}</span><strong{}>{}</strong>{}</li>').format(
        _draw_picture(card), look, card.finding, join(quiet)
    )


def _draw_picture(card: Card) -> Markup:
    if not card.picture:
        return Markup('<span class="quiet">{}</span>').format(card.note)
    boxes = [
        Markup(
            '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="1"/>'
        ).format(look, *box)
        for box in card.boxes
        for look in ("edge", "box")
    ]
    size = Markup('width="{}" height="{}"').format(card.width, card.height)
    return Markup(
        '<svg class="photo small" role="img" aria-label="{}" viewBox="0 0 {} {}" {}>'
        '<image href="{}" {}/>{}</svg>'
    ).format(card.picture_words, card.width, card.height, size, card.picture, size, join(boxes))
