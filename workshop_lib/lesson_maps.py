"""The live map of an open lesson."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workshop_lib.architecture import part_states
from workshop_lib.cloud import Cloud
from workshop_lib.diagram import describe_states, draw_architecture
from workshop_lib.lesson_cards import map_states
from workshop_lib.lessons.parts import find_standing_parts
from workshop_lib.map_events import ApplicationWatch
from workshop_lib.ui.maps import LiveMap, MapSource

if TYPE_CHECKING:
    from workshop_lib.workshop import OpenLesson


def make_map(opened: OpenLesson) -> LiveMap:
    """Return the map, after looking at what stands."""
    old = opened.cloud
    # A connection of the map's own: its thread uses no client that a cell uses, and its calls
    # stand under no cell.
    cloud = Cloud(old.target, old.region, old.session, old.endpoint_url)

    opened.call_counter.count_also(cloud.recorder)

    def draw() -> tuple[str, str]:
        standing = find_standing_parts(cloud, opened.names)
        parts = part_states(map_states(opened.number, standing))
        return draw_architecture(parts), describe_states(parts)

    watch = ApplicationWatch(cloud, opened.names)
    # boto3 makes clients in one thread only, so all are made by a first look here.
    watch.look()
    return LiveMap(MapSource(draw, watch.look))
