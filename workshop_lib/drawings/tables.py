"""Drawings of Amazon DynamoDB: keys, the index, consistency, capacity, query and scan, pages."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from workshop_lib.drawings.sketches import Sketch, Tone
from workshop_lib.figures import figure

ROW_HEIGHT = 48
# Which of the eight items a query and a scan look for.
WANTED = (4, 5)


def draw_table() -> str:
    """A table: items, attributes, and the key that finds an item."""
    sketch = Sketch(
        "Table, item, attribute, key",
        "A table holds items. An item is a row of attributes, and two items need nothing in common "
        "but the key. The partition key, here id, is hashed; the hash decides where the item "
        "lives.",
        420,
    )
    sketch.text(12, 44, "table reco-results", anchor="start", face="strong", room=500)
    widths = (210, 200, 190)
    _draw_grid(
        sketch,
        left=12,
        top=92,
        widths=widths,
        rows=(
            ("id", "result", "more"),
            ("cat#01", "cat", "labels"),
            ("cup#02", "cup", "labels"),
            ("note#03", "none", "error"),
        ),
        keys=(0,),
    )
    sketch.text(117, 82, "partition key", tone="accent", room=210)
    sketch.text(417, 82, "attributes: any", tone="quiet", room=380)
    hashed = sketch.box(652, 156, 110, 64, "hash", tone="accent", face="words")
    sketch.arrow((612, 188), hashed.west())
    for place in range(3):
        disk = sketch.box(
            846, 80 + place * 76, 102, 60, f"place {place + 1}", tone="quiet", face="words"
        )
        sketch.arrow(hashed.east(), (804, 188), (804, disk.west()[1]), disk.west())
    sketch.text(12, 340, "item: one row, at most " + figure("dynamodb-item").text, anchor="start")
    sketch.text(
        12, 380, "with a sort key: many items in one place, in order", anchor="start", tone="quiet"
    )
    return sketch.to_svg()


def draw_index() -> str:
    """The same items under other keys, kept up to date by DynamoDB."""
    sketch = Sketch(
        "The index by-time",
        "The table finds one picture by its id. The index by-time holds the same items under "
        "another key: the partition collection, sorted by timestamp. DynamoDB keeps it up to date. "
        "A query reads it newest first.",
        420,
    )
    sketch.text(12, 40, "table: one by its id", anchor="start", face="strong", room=380)
    _draw_grid(
        sketch,
        left=12,
        top=66,
        widths=(124, 172),
        rows=(("id", "timestamp"), ("cup#02", "10:40"), ("cat#01", "10:02"), ("dog#03", "11:15")),
        keys=(0,),
    )
    sketch.text(470, 40, "index: all, in order of time", anchor="start", face="strong", room=480)
    _draw_grid(
        sketch,
        left=470,
        top=66,
        widths=(164, 172, 142),
        rows=(
            ("collection", "timestamp", "id"),
            ("pictures", "11:15", "dog#03"),
            ("pictures", "10:40", "cup#02"),
            ("pictures", "10:02", "cat#01"),
        ),
        keys=(0, 1),
    )
    sketch.arrow((306, 162), (470, 162), label="kept\nup to date", tone="accent")
    sketch.text(555, 300, "partition key", tone="accent", room=170)
    sketch.text(724, 300, "sort key", tone="accent", room=168)
    sketch.text(470, 352, "query: straight to a partition,", anchor="start", room=486)
    sketch.text(470, 384, "then along the sort key", anchor="start", room=486)
    sketch.text(12, 352, "get: straight to one item", anchor="start", room=430)
    return sketch.to_svg()


def draw_consistency() -> str:
    """Why one kind of read may be a moment behind, and the other not."""
    sketch = Sketch(
        "Eventually and strongly consistent reads",
        "A write is acknowledged while one copy may still be behind. A strongly consistent read "
        "returns the last acknowledged value. An eventually consistent read asks any copy and may "
        "see the old value for a moment; it costs half.",
        400,
    )
    write = sketch.box(12, 150, 176, 96, "write", note="new value", tone="accent")
    tops = (20, 150, 280)
    words = ("new", "new", "old, for now")
    copies = [
        sketch.box(
            370,
            top,
            220,
            96,
            f"copy {place + 1}",
            note=word,
            service="dynamodb" if place < 2 else "",
            tone="plain" if place < 2 else "quiet",
        )
        for place, (top, word) in enumerate(zip(tops, words, strict=True))
    ]
    for place, copy in enumerate(copies):
        sketch.arrow(
            write.east(), (280, 198), (280, copy.west()[1]), copy.west(), dashed=place == 2
        )
    strong = sketch.box(738, 85, 210, 96, "strong read", note="the last word", tone="good")
    eventual = sketch.box(738, 280, 210, 96, "eventual", note="any copy, half", tone="plain")
    sketch.arrow(copies[0].east(), (664, 68), (664, 122), strong.west(0.39), tone="good")
    sketch.arrow(copies[1].east(), (664, 198), (664, 146), strong.west(0.63), tone="good")
    sketch.arrow(copies[2].east(), eventual.west(), dashed=True)
    return sketch.to_svg()


def draw_capacity() -> str:
    """What a read unit and a write unit are, and what an item of 10 KB costs."""
    read, write = figure("dynamodb-read-unit"), figure("dynamodb-write-unit")
    sketch = Sketch(
        "Read and write units",
        f"One read unit is one strongly consistent read a second of up to {read.text}, or two "
        f"eventually consistent ones. One write unit is one write a second of up to {write.text}. "
        "An item of 10 KB takes 10 units to write, 3 to read strongly, 1.5 to read eventually.",
        420,
    )
    rows = (
        ("1 read unit", 1, f"strong, {read.text}", 300),
        ("", 2, f"eventual, {read.text}", 300),
        ("1 write unit", 1, f"write, {write.text}", 300),
    )
    for place, (name, count, label, width) in enumerate(rows):
        top = 16 + place * 76
        if name:
            sketch.text(12, top + 40, name, anchor="start", face="strong", room=210)
        else:
            sketch.text(12, top + 40, "or", anchor="start", tone="quiet", room=210)
        for number in range(count):
            sketch.box(
                230 + number * (width + 16), top, width, 62, label, service="dynamodb", face="words"
            )
    sketch.line((12, 252), (948, 252), dotted=True)
    sketch.text(12, 304, "10 KB item", anchor="start", face="strong", room=210)
    parts = ("4", "4", "2")
    for number, part in enumerate(parts):
        sketch.box(
            230 + number * 96, 272, 88 if part == "4" else 46, 52, part, tone="quiet", face="words"
        )
    sketch.text(530, 306, "3 pieces: rounded up", anchor="start", tone="quiet", room=410)
    for left, text in ((12, "strong: 3 units"), (340, "eventual: 1.5"), (640, "write: 10 units")):
        sketch.text(left, 386, text, anchor="start", face="strong", tone="accent", room=310)
    return sketch.to_svg()


def draw_query_and_scan() -> str:
    """A scan pays for all it passes, a query for what it returns."""
    sketch = Sketch(
        "Query and scan",
        "Both look for two items of eight. A scan reads all eight, throws six away, and pays for "
        "eight. A query goes straight to the partition, reads two, and pays for two.",
        420,
    )
    _draw_reading(sketch, 12, "scan, with a filter", range(8), "bad")
    _draw_reading(sketch, 500, "query, by the key", WANTED, "good")
    return sketch.to_svg()


def _draw_reading(
    sketch: Sketch, left: float, name: str, read: Sequence[int], price_tone: Tone
) -> None:
    """Eight items: which are read, which of them wanted, and what that costs."""
    sketch.text(left, 38, name, anchor="start", face="strong", room=440)
    for place in range(8):
        wanted = place in WANTED
        tone: Tone = "quiet" if place not in read else "accent" if wanted else "plain"
        item = sketch.box(left + 60, 58 + place * 40, 190, 34, tone=tone)
        if place in read:
            sketch.arrow((left + 4, item.west()[1]), item.west(), tone="good" if wanted else "bad")
    price = f"pays for {len(read)}"
    sketch.text(left + 270, 220, price, anchor="start", face="strong", tone=price_tone, room=178)
    returns = f"returns {len(WANTED)}"
    sketch.text(left + 270, 254, returns, anchor="start", tone="quiet", room=178)


def draw_pages() -> str:
    """A long answer comes in pages; each but the last carries the key to go on from."""
    page = figure("dynamodb-page").text
    sketch = Sketch(
        "Pages and tokens",
        f"One answer holds at most {page}. When there is more it carries LastEvaluatedKey; handed "
        "back as ExclusiveStartKey it brings the next page. The last page has none.",
        340,
    )
    pages = [
        sketch.box(
            12 + place * 336,
            60,
            216,
            130,
            f"page {place + 1}",
            note=f"up to {page}" if place < 2 else "the rest",
            service="dynamodb",
        )
        for place in range(3)
    ]
    for before, after in pairwise(pages):
        sketch.arrow(before.east(), after.west(), label="token", tone="accent")
    sketch.text(12, 246, "LastEvaluatedKey", anchor="start", face="code", room=400)
    sketch.text(12, 284, "there is more: hand it back", anchor="start", tone="quiet", room=450)
    sketch.text(684, 246, "no key", anchor="start", face="strong", tone="good", room=264)
    sketch.text(684, 284, "only now: the end", anchor="start", tone="quiet", room=264)
    return sketch.to_svg()


def _draw_grid(
    sketch: Sketch,
    *,
    left: float,
    top: float,
    widths: Sequence[float],
    rows: Sequence[Sequence[str]],
    keys: Sequence[int],
) -> None:
    """A small table; the first row is its head, the columns in `keys` are marked."""
    for number, row in enumerate(rows):
        x = left
        for column, (width, word) in enumerate(zip(widths, row, strict=True)):
            sketch.box(
                x,
                top + number * ROW_HEIGHT,
                width - 4,
                ROW_HEIGHT - 4,
                word,
                tone="accent" if column in keys else "quiet" if number == 0 else "plain",
                face="strong" if number == 0 else "words",
                service="" if number == 0 or column in keys else "dynamodb",
            )
            x += width
