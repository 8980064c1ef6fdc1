"""From a document of sections to a row of slides, and whether its minutes add up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from workshop_lib.design import service_name
from workshop_lib.glyphs import inline_glyph
from workshop_lib.notebook_sections import section_anchor, split_minutes, timed_sections
from workshop_lib.slides import slide_nodes
from workshop_lib.slides.deck_files import DeckFiles, lesson_of
from workshop_lib.slides.timing import show_minutes

logger = logging.getLogger(__name__)


@dataclass
class SectionOutline:
    """A section of a deck: its title, the minutes of its heading, its slides."""

    title: str
    minutes: int | None
    node: nodes.Node
    slides: list[slide_nodes.slide] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        """What a link to this section's first slide is called."""
        return section_anchor(self.title)


@dataclass(frozen=True)
class DeckOutline:
    """A deck as its reader sees it from afar."""

    stem: str
    title: str
    minutes: int
    services: Sequence[str]
    sections: Sequence[SectionOutline]

    @property
    def slides(self) -> int:
        """How many slides it has."""
        return sum(len(section.slides) for section in self.sections)


def lay_out(app: Sphinx, doctree: nodes.document) -> None:
    """Make the document a row of slides, complete the sources, and check the minutes."""
    stem = app.env.docname
    decks = DeckFiles(Path(app.srcdir))
    app.env.metadata[stem]["orphan"] = True
    top = [node for node in doctree.children if isinstance(node, nodes.section)]
    if len(top) != 1:
        logger.warning("a deck has one title, a line with one #", location=doctree)
        return
    sections = list(_sections(top[0]))
    _complete_sources(doctree)
    slides = [slide for section in sections for slide in section.slides]
    for slide in slides:
        slide["service"] = slide["service"] or next(iter(decks.services(stem)), "lambda")
        _check_slide(slide)
        _say_what_is_unsure(slide)
    slides[0].append(_services_line(decks.services(stem)))
    outline = DeckOutline(stem, _title(top[0]), decks.minutes(stem), decks.services(stem), sections)
    _check_minutes(outline)
    _check_lesson(outline)
    kept = [node for node in doctree.children if not isinstance(node, nodes.section)]
    doctree.children = []
    doctree.extend([*kept, *slides])
    app.env.metadata[stem]["outline"] = outline


def _services_line(services: Sequence[str]) -> nodes.raw:
    shown = (f"<span>{inline_glyph(key, 34)}{escape(service_name(key))}</span>" for key in services)
    return nodes.raw("", f'<p class="services">{"".join(shown)}</p>', format="html")


def _title(section: nodes.section) -> str:
    return str(section.next_node(nodes.title).astext())


def _own(section: nodes.section) -> list[nodes.Node]:
    return [
        node
        for node in section.children
        if not isinstance(node, (nodes.section, nodes.title, slide_nodes.service))
    ]


def _sections(top: nodes.section) -> Iterator[SectionOutline]:
    """The title slide as a section of its own, then what the deck calls sections."""
    first = SectionOutline(_title(top), None, top)
    first.slides.append(_slide(top, "title", first))
    yield first
    for part in (node for node in top.children if isinstance(node, nodes.section)):
        title, minutes = split_minutes(_title(part))
        section = SectionOutline(title, minutes, part)
        if _own(part):
            part.next_node(nodes.title).children = [nodes.Text(title)]
            section.slides.append(_slide(part, "content", section))
        inner = [node for node in part.children if isinstance(node, nodes.section)]
        section.slides += [_slide(node, "content", section) for node in inner]
        for marker in part.children:
            if isinstance(marker, slide_nodes.service):
                _colour(section.slides, marker["name"])
        if section.slides:
            section.slides[0]["anchors"] = [section.anchor]
        else:
            logger.warning("the section %r has no slide", title, location=part)
        yield section


def _colour(slides: Sequence[slide_nodes.slide], service: str) -> None:
    for slide in slides:
        slide["service"] = service


def _slide(source: nodes.section, kind: str, section: SectionOutline) -> slide_nodes.slide:
    slide = slide_nodes.slide(
        ids=source["ids"][-1:], kind=kind, section=section.title, anchors=[], service=""
    )
    slide.source, slide.line = source.source, source.line
    slide.extend([source.next_node(nodes.title), *_own(source)])
    if slide.next_node(slide_nodes.sources):
        slide["kind"] = "sources"
    slide["seconds"] = int(60 * sum(note["talk"] + note["hands_on"] for note in _notes(slide)))
    return slide


def _notes(slide: slide_nodes.slide) -> list[slide_nodes.notes]:
    return list(slide.findall(slide_nodes.notes))


def _readings(node: nodes.Element) -> list[slide_nodes.Reading]:
    """Where the figures under this node were read, each once."""
    inlines = node.findall(nodes.inline)
    found = [reading for inline in inlines for reading in inline.get("readings", ())]
    return list(dict.fromkeys(found))


def _complete_sources(doctree: nodes.document) -> None:
    """Add where the deck's figures were read to the sources, each once."""
    for box in doctree.findall(slide_nodes.sources):
        told = {link.get("refuri") for link in box.findall(nodes.reference)}
        lists = list(box.findall(nodes.bullet_list))
        items = lists[0] if lists else nodes.bullet_list()
        if not lists:
            box += items
        for reading in _readings(doctree):
            if (reading.address or reading.title) not in told:
                told.add(reading.address or reading.title)
                items += _source_item(reading)


def _source_item(reading: slide_nodes.Reading) -> nodes.list_item:
    title: nodes.Node = nodes.Text(reading.title)
    if reading.address:
        title = nodes.reference("", reading.title, refuri=reading.address)
    return nodes.list_item("", nodes.paragraph("", "", title, nodes.Text(f", {reading.date}")))


def _say_what_is_unsure(slide: slide_nodes.slide) -> None:
    """Tell the speaker which figures of the slide were not read at their source."""
    unsure = [reading for reading in _readings(slide) if reading.confidence != "sure"]
    for note in _notes(slide):
        for what, confidence in dict.fromkeys((one.what, one.confidence) for one in unsure):
            note += nodes.paragraph("", f"Say that it is {confidence}, not sure: {what}.")


def _check_slide(slide: slide_nodes.slide) -> None:
    if len(_notes(slide)) != (0 if slide["kind"] == "sources" else 1):
        logger.warning(
            "the slide %r has %d notes; every slide but the sources has one `:::{notes} MINUTES`",
            slide.next_node(nodes.title).astext(),
            len(_notes(slide)),
            location=slide,
        )


def _told(slides: Sequence[slide_nodes.slide]) -> float:
    return sum(int(slide["seconds"]) for slide in slides) / 60


def _check_minutes(outline: DeckOutline) -> None:
    """The slides make the section's minutes, the sections the deck's."""
    title, *sections = outline.sections
    for section in sections:
        told, minutes = _told(section.slides), section.minutes or 0
        if told != minutes:
            logger.warning(
                "the notes of section %r make %s, its heading says %s; change one of them",
                section.title, show_minutes(told), show_minutes(minutes), location=section.node,
            )  # fmt: skip
    whole = _told(title.slides) + sum(section.minutes or 0 for section in sections)
    if whole != outline.minutes:
        logger.warning(
            "the title slide and the sections make %s, the deck has %s",
            show_minutes(whole), show_minutes(outline.minutes), location=title.node,
        )  # fmt: skip


def _check_lesson(outline: DeckOutline) -> None:
    """A lesson's deck has its lesson's title and its notebook's timed sections."""
    lesson = lesson_of(outline.stem)
    if lesson is None:
        return
    title, *sections = outline.sections
    if title.title != lesson.title:
        logger.warning(
            "the deck is called %r, the lesson %r", title.title, lesson.title, location=title.node
        )
    ours = [(part.title, part.minutes) for part in sections if part.minutes is not None]
    theirs = [(part.title, part.minutes) for part in timed_sections(outline.stem)]
    for position, (own, other) in enumerate(zip(ours, theirs, strict=False)):
        if own != other:
            logger.warning(
                "section %d is %s · %s min here and %s · %s min in the notebook",
                position + 1, *own, *other, location=title.node,
            )  # fmt: skip
            return
    if len(ours) != len(theirs):
        rest = ours[len(theirs) :] or theirs[len(ours) :]
        logger.warning(
            "only the %s has: %s", "deck" if len(ours) > len(theirs) else "notebook",
            "; ".join(f"{name} · {minutes} min" for name, minutes in rest), location=title.node,
        )  # fmt: skip
