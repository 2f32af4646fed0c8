"""Places by name: those around that fit what was typed, then those anywhere that do, the nearest first.

Each word has to be one of a name or an address that a network gives, or begin one; around, it may also stand inside
one, as "bahnhof" in "Hauptbahnhof". Where nothing fits, a word of four letters or more may have one mistake behind its
first letter. How much is looked at is bounded, however many places there are.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from math import cos, hypot, inf, log, radians
from string import ascii_lowercase, digits
from typing import Final

from parkgraph.domain.geo import Circle, Coordinates
from parkgraph.domain.place import Place
from parkgraph.graph.index import TILES_PER_DEGREE, Tile, tile_of
from parkgraph.graph.view import View
from parkgraph.graph.words import EAST, WEST, Codes, WordIndex, code, texts, words
from parkgraph.graph.words import tile_of as tile_numbered

MOST_WORDS: Final = 6
"""Of what was typed; more of them tell nothing more."""

AROUND: Final = 200
"""Places that are around, whether they fit or not: the circle is widened until it holds so many."""

AROUND_M: Final = (500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0, 16_000.0)

MOST_ENDINGS: Final = 200
"""Words that begin as one that was typed; of more, it is too early to look for them everywhere."""

MOST_TILES: Final = 4_000
"""In which one of the words stands; of more, those in the nearest rows are taken."""

MOST_SHARED: Final = 20_000
"""Tiles of another word, among which those of the rarest are looked for."""

ROWS: Final = (2, 8, 32, 128, 512, 1 << 15)
"""Of tiles, to the south and to the north; the last are more than there are from pole to pole."""

MOST_PLACES: Final = 500
"""That are looked at in those tiles."""

FORGIVING: Final = 4
"""Letters of a word that may have a mistake."""

IN_ADDRESS, BEGUN, INSIDE = 1.0, 2.0, 3.0
"""What a word counts that is the address's, that only begins one, that stands inside one. To be four times as far away
counts 1."""

FARTHER: Final = 4
NEAR_M: Final = 1_000.0
"""Less than this is as near as can be."""

_LETTERS: Final = ascii_lowercase + digits

Wanted = Sequence[tuple[str, ...]]
"""For each word that was typed, the beginnings that fit it: the word first."""


@dataclass(frozen=True, slots=True)
class Named:
    """A place that fits what was typed, how badly, and how far away it is. `is_whole`: no word is only begun."""

    place: Place
    distance_m: float
    misfit: float
    is_whole: bool

    @property
    def rank(self) -> tuple[float, float, str]:
        """Unique, since it ends in the place's id."""
        far = log(max(NEAR_M, self.distance_m) / NEAR_M, FARTHER)
        return self.misfit + far, self.distance_m, self.place.id.hex


def typed(text: str) -> Wanted:
    """What is wanted by who typed this; nothing by a text without words."""
    return [(word,) for word in dict.fromkeys(words(text)[:MOST_WORDS])]


def forgiving(wanted: Wanted, index: WordIndex) -> Wanted:
    """The same, and each word as it may have been meant."""
    return [(word, *_meant(word, index)) for word, *_ in wanted]


def look_up(view: View, text: str, near: Coordinates, first: int) -> Sequence[Named]:
    """At most so many places that fit what was typed, those first that fit best and are nearest.

    Mistakes are forgiven where nothing fits otherwise. Nothing fits a text without words.
    """
    wanted = typed(text)
    return find(view, wanted, near, first) or find(view, forgiving(wanted, view.words), near, first)


def find(view: View, wanted: Wanted, near: Coordinates, first: int) -> Sequence[Named]:
    """As `look_up`, without forgiveness."""
    if not wanted:
        return ()
    found = {hit.place.id: hit for hit in _fitting(_around(view, near), wanted, near)}
    for whole in (True, False):
        missing = first - sum(hit.is_whole or not whole for hit in found.values())
        elsewhere = islice(_elsewhere(view, wanted, near, whole=whole), MOST_PLACES)
        fitting = _fitting((place for place in elsewhere if place.id not in found), wanted, near)
        more = islice((hit for hit in fitting if hit.is_whole or not whole), max(0, missing))
        found.update([(hit.place.id, hit) for hit in more])
    return sorted(found.values(), key=lambda hit: hit.rank)[:first]


def _around(view: View, near: Coordinates) -> Sequence[Place]:
    for radius in AROUND_M:
        around = view.index.within(Circle(near, radius))
        if len(around) >= AROUND:
            break
    return [place for _, _, place in around]


def _fitting(places: Iterable[Place], wanted: Wanted, near: Coordinates) -> Iterator[Named]:
    for place in places:
        names, addresses = texts(place)
        misfits = [min(_misfit(names, each), IN_ADDRESS + _misfit(addresses, each)) for each in wanted]
        if (worst := max(misfits)) < inf:
            yield Named(place, near.distance_m(place.location), sum(misfits), worst < BEGUN)


def _misfit(said: Iterable[str], beginnings: tuple[str, ...]) -> float:
    """How far what is said is from having a word: 0 where it has it."""
    least = inf
    for word in chain.from_iterable(map(words, said)):
        if word.startswith(beginnings):
            least = BEGUN
            if word in beginnings:
                return 0.0
        elif least > INSIDE and beginnings[0] in word:
            least = INSIDE
    return least


def _elsewhere(view: View, wanted: Wanted, near: Coordinates, *, whole: bool) -> Iterator[Place]:
    """Places of tiles where every word stands, or one that it begins; the nearest tiles first.

    What is too common to tell is left out.
    """
    found = [_whole(view.words, each) if whole else _begun(view.words, each) for each in wanted]
    telling = sorted((tiles for tiles in found if tiles is not None), key=_count)
    if not telling:
        return
    row, column = tile_of(near)
    shared = set(chain.from_iterable(_nearest(telling[0], row)))
    for tiles in telling[1:] if shared else ():
        between = [_between(each, min(shared), max(shared)) for each in tiles]
        if _count(between) <= MOST_SHARED:
            shared.intersection_update(chain.from_iterable(between))
        if not shared:
            return
    width = cos(radians(near.latitude))

    def distance(tile: Tile) -> float:
        sideways = abs(tile[1] - column)
        return hypot(tile[0] - row, width * min(sideways, 360 * TILES_PER_DEGREE - sideways))

    for tile in sorted(map(tile_numbered, shared), key=distance):
        yield from view.index.tile(tile)


def _whole(index: WordIndex, wanted: Iterable[str]) -> Sequence[Codes]:
    """The tiles of each of these words."""
    return [tiles for word in wanted if (tiles := index.tiles(word))]


def _begun(index: WordIndex, wanted: Iterable[str]) -> Sequence[Codes] | None:
    """The tiles of every word that begins so; None where those words are too many."""
    begun = chain.from_iterable(map(index.begun_by, wanted))
    found = [tiles for _, tiles in islice(begun, MOST_ENDINGS + 1)]
    return None if len(found) > MOST_ENDINGS else found


def _nearest(tiles: Sequence[Codes], row: int) -> Sequence[Codes]:
    """Those in as many rows around this one as hold no more than are to be looked at."""
    found: Sequence[Codes] = ()
    for rows in ROWS:
        wider = [_between(each, code((row - rows, WEST)), code((row + rows, EAST))) for each in tiles]
        if _count(found) and _count(wider) > MOST_TILES:
            break
        found = wider
    return found


def _between(tiles: Codes, first: int, last: int) -> Codes:
    return tiles[bisect_left(tiles, first) : bisect_right(tiles, last)]


def _count(tiles: Sequence[Codes]) -> int:
    return sum(map(len, tiles))


def _meant(word: str, index: WordIndex) -> Iterator[str]:
    """What begins a word and is this one but for a letter that is missing, one too many, another, or two changed."""
    if len(word) < FORGIVING:
        return
    for at in range(1, len(word) + 1):
        before, after = word[:at], word[at:]
        others = [before + letter + rest for letter in _LETTERS for rest in {after, after[1:]}]
        swapped = [before + after[1] + after[0] + after[2:]] if len(after) > 1 else []
        for one in dict.fromkeys((before + after[1:], *swapped, *others)):
            if one != word and index.has(one):
                yield one
