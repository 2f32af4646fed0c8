"""What a facility's name says: the words that tell it from others, its number, its side, its structure, its users."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

GARAGE: Final = "garage"
LOT: Final = "lot"
STREET: Final = "street"

_STRUCTURES: Final = {
    GARAGE: "parkhaus ph tiefgarage tg parkgarage garage hochgarage parkdeck cityparkhaus parkeergarage multistorey "
    "underground autosilo",
    LOT: "parkplatz parkplatze kurzzeitparkplatze pp lot parkeerplaats parkeerterrein aire",
}
_STRUCTURE: Final = {word: structure for structure, words in _STRUCTURES.items() for word in words.split()}
_GENERIC: Final = frozenset(
    [
        "car",
        "park",
        "parking",
        "parken",
        "parkings",
        "pr",
        "p",
        "r",
        "carpark",
        "p+r",
        "p+m",
        "p+d",
        "b+r",
        "mitfahren",
        "parc",
        "parcheggio",
        "parkering",
        "stationnement",
        "strasse",
        "strassen",
        "street",
        "allgemein",
        "am",
        "an",
        "auf",
        "bei",
        "beim",
        "der",
        "die",
        "das",
        "dem",
        "des",
        "den",
        "im",
        "in",
        "vom",
        "von",
        "zum",
        "zur",
        "und",
        "fur",
        "mit",
        "menschen",
        "a",
        "the",
        "of",
        "at",
        "le",
        "la",
        "les",
        "du",
        "de",
        "et",
        "van",
        "het",
        "en",
    ]
)
_WEAK: Final = frozenset(
    [
        "bahnhof",
        "hauptbahnhof",
        "hbf",
        "bf",
        "station",
        "gare",
        "stazione",
        "city",
        "center",
        "centre",
        "zentrum",
        "centrum",
        "stadt",
        "nord",
        "sud",
        "ost",
        "west",
        "mitte",
        "north",
        "south",
        "east",
        "links",
        "rechts",
    ]
)
WEAK_WEIGHT: Final = 0.3
"""What a word is worth that many neighbours share; any other is worth 1."""

_SIDES: Final = {
    word: (axis, side)
    for axis, side, words in (
        ("compass", "N", "nord north noord"),
        ("compass", "S", "sud south zuid"),
        ("compass", "E", "ost east oost est"),
        ("compass", "W", "west ouest"),
        ("compass", "M", "mitte mid"),
        ("height", "upper", "ober obere oberer oberes oben upper"),
        ("height", "lower", "unter untere unterer unteres unten lower"),
        ("hand", "left", "links left"),
        ("hand", "right", "rechts right"),
    )
    for word in words.split()
}
_USERS: Final = (
    ("DISABLED", re.compile(r"behindert|behinderung|barrierefrei|disabled|handicap")),
    ("MOTORHOME", re.compile(r"wohnmobil|motorhome|camper")),
    ("TRUCK", re.compile(r"\blkw\b|\btruck")),
    ("COACH", re.compile(r"\bbusse?\b|busparkplatz|\bcoach")),
    ("BICYCLE", re.compile(r"fahrrad|bicycle|\bbike")),
)
_CODE: Final = re.compile(r"(?:p|ph|pp|pr|tg)0*(\d{1,3})[a-z]?")
_STREET: Final = re.compile(
    r".*(?:strasse|gasse|weg|allee|platz|ring|damm|ufer|graben|hof|markt|street|road|straat|plein)"
)
_NOT_STREETS: Final = re.compile(r".*(?:parkplatz|parkplatze|bahnhof|parkweg)")


@dataclass(frozen=True, slots=True)
class Name:
    """`words` tell the facility from others, without accents and case; `streets` are those of them that name one.

    `codes` are its numbers (P1, PH2, "Tor 3"), `sides` which end of something it stands at, on an axis.
    """

    words: tuple[str, ...]
    streets: frozenset[str]
    codes: frozenset[str]
    sides: frozenset[tuple[str, str]]
    acronyms: frozenset[str]
    structure: str | None
    users: str | None


def plain(text: str) -> str:
    """Without accents and case, "str." and "pl." written out."""
    folded = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ẞ", "ss").casefold())
    folded = "".join(c for c in folded if not unicodedata.combining(c)).replace("ø", "o").replace("æ", "ae")
    return re.sub(r"str(?:\.|asze|\b)", "strasse", re.sub(r"\bpl\.", "platz", folded))


def is_street(word: str) -> bool:
    return bool(_STREET.fullmatch(word)) and not _NOT_STREETS.fullmatch(word)


@lru_cache(maxsize=65_536)
def parse(name: str) -> Name:
    folded = plain(name)
    tokens = re.findall(r"p\+[rm]|[^\W_]+", folded)
    words: list[str] = []
    codes: set[str] = set()
    sides: set[tuple[str, str]] = set()
    structure = None
    before = ""
    for token in tokens:
        if code := _CODE.fullmatch(token):
            codes.add(code[1])
        elif token.isdecimal():
            if len(token) <= 3 and not is_street(before):
                codes.add(token.lstrip("0") or "0")
                continue  # so that the "17" of "13-17" is still a house number
            token = before
        elif token in _STRUCTURE:
            structure = structure or _STRUCTURE[token]
        elif token not in _GENERIC and not any(pattern.search(token) for _, pattern in _USERS):
            words.append(token)
        if token in _SIDES:
            sides.add(_SIDES[token])
        before = token
    return Name(
        words=tuple(dict.fromkeys(words)),
        streets=_streets(tokens),
        codes=frozenset(codes),
        sides=frozenset(sides),
        acronyms=frozenset(word.casefold() for word in re.findall(r"\b[A-ZÄÖÜ]{2,5}\b", name)) & frozenset(words),
        structure=structure,
        users=next((users for users, pattern in _USERS if pattern.search(folded)), None),
    )


def _streets(tokens: list[str]) -> frozenset[str]:
    """Streets in one word; of "Gültsteiner Straße" both words as one."""
    found = set()
    for before, token in zip(["", *tokens], tokens, strict=False):
        if token in ("strasse", "weg", "allee", "platz", "street", "road") and before and before not in _STRUCTURE:
            found.add(before + token)
        elif is_street(token):
            found.add(token)
    return frozenset(found)


def likeness(a: Name, b: Name, known: frozenset[str]) -> float | None:
    """How far the words of two names agree, 0 to 1; None where one has none to tell.

    `known` are words that both share anyway, such as their town's.
    """
    left = [word for word in a.words if word not in known]
    right = [word for word in b.words if word not in known]
    if not left or not right:
        return None
    if left == right or "".join(left) == "".join(right):
        return 1.0
    shared_left = sum(_worth(word) for word in left if _found(word, right, word in a.acronyms))
    shared_right = sum(_worth(word) for word in right if _found(word, left, word in b.acronyms))
    all_left, all_right = sum(map(_worth, left)), sum(map(_worth, right))
    if any(word in a.acronyms and abbreviates(word, right) for word in left):
        shared_right = all_right
    if any(word in b.acronyms and abbreviates(word, left) for word in right):
        shared_left = all_left
    parts = shared_left / all_left, shared_right / all_right
    certainty = min(1.0, max(shared_left, shared_right))
    return certainty * (max(parts) + min(parts)) / 2


def _worth(word: str) -> float:
    return WEAK_WEIGHT if word in _WEAK else 1.0


def _found(word: str, others: list[str], is_acronym: bool) -> bool:
    if word in others or (is_acronym and abbreviates(word, others)):
        return True
    if len(word) < 4:
        return False
    together = "".join(others)
    return (len(word) >= 6 and word in together) or any(
        len(other) >= 4 and fuzz.ratio(word, other, score_cutoff=85) for other in others
    )


def abbreviates(acronym: str, words: list[str]) -> bool:
    """Whether an acronym can stand for all these words: "ihk" for "industrie handelskammer"."""
    position = 0
    for word in words:
        if position == len(acronym) or acronym[position] != word[0]:
            return False
        position += 1
        for letter in word[1:]:
            following = position < len(acronym) and acronym[position] == letter
            position += following
    return position == len(acronym)
