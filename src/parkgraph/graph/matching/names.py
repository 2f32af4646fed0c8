"""What a facility's name says: the words that tell it from others, its number, its side, its structure, its users."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

from parkgraph.graph.matching.lexicon import ENDINGS, GENERIC, MEANS, SIDES, STRUCTURE, USERS, WEAK

NOTHING: Final[frozenset[str]] = frozenset()

WEAK_WEIGHT: Final = 0.3
"""What a word is worth that many neighbours share; any other is worth 1."""

_CODE: Final = re.compile(r"(?:p|ph|pp|pr|tg)0*(\d{1,3})[a-z]?")
_ROMAN: Final = re.compile(r"\b(I{1,3}|IV|V)\s*$")
_ROMAN_DIGITS: Final = ("", "I", "II", "III", "IV", "V")
_STREETS: Final = (
    *("strasse", "gasse", "weg", "allee", "platz", "ring", "damm", "ufer", "graben", "hof", "markt"),
    *("street", "road", "straat", "plein"),
)
_NOT_STREETS: Final = ("parkplatz", "parkplatze", "bahnhof", "parkweg")


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
    folded = text.replace("ß", "ss").replace("ẞ", "ss").casefold()
    if not folded.isascii():
        folded = unicodedata.normalize("NFKD", folded)
        folded = "".join(c for c in folded if not unicodedata.combining(c)).replace("ø", "o").replace("æ", "ae")
    return re.sub(r"str(?:\.|asze|\b)", "strasse", re.sub(r"\bpl\.", "platz", folded))


def is_street(word: str) -> bool:
    return word.endswith(_STREETS) and not word.endswith(_NOT_STREETS)


@lru_cache(maxsize=4_096)
def parse(name: str) -> Name:
    folded = plain(name)
    tokens = re.findall(r"p\+(?:rail|[rmd])\b|[^\W_]+", folded)
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
        elif token in STRUCTURE:
            structure = structure or STRUCTURE[token]
        elif token not in GENERIC and not any(pattern.search(token) for _, pattern in USERS):
            stem, ending = _compound(token)
            structure = structure or STRUCTURE.get(ending)
            words.append(MEANS.get(stem, stem))
        if token in SIDES:
            sides.add(SIDES[token])
        before = token
    if roman := _ROMAN.search(name):
        codes.add(str(_ROMAN_DIGITS.index(roman[1])))
    return Name(
        words=tuple(dict.fromkeys(words)),
        streets=_streets(tokens),
        codes=frozenset(codes),
        sides=frozenset(sides),
        acronyms=frozenset(word.casefold() for word in re.findall(r"\b[A-ZÄÖÜ]{2,5}\b", name)) & frozenset(words),
        structure=structure,
        users=next((users for users, pattern in USERS if pattern.search(folded)), None),
    )


def _compound(token: str) -> tuple[str, str]:
    """Of "rathausgarage" "rathaus" and "garage"; of others all and nothing."""
    for ending in ENDINGS:
        if token.endswith(ending) and (stem := token.removesuffix(ending)):
            return (stem[:-1] if stem[:-1] in MEANS or stem[:-1] in WEAK else stem), ending
    return token, ""


@lru_cache(maxsize=4_096)
def brand(operator: str) -> frozenset[str]:
    """The words of an operator's name, as those of its facilities' names are written."""
    return frozenset(re.findall(r"[^\W_]+", plain(operator)))


def _streets(tokens: list[str]) -> frozenset[str]:
    """Streets in one word; of "Gültsteiner Straße" both words as one."""
    found = set()
    for before, token in zip(["", *tokens], tokens, strict=False):
        if token in ("strasse", "weg", "allee", "platz", "street", "road") and before and before not in STRUCTURE:
            found.add(before + token)
        elif is_street(token):
            found.add(token)
    return frozenset(found)


def likeness(
    a: Name,
    b: Name,
    *,
    known: frozenset[str] = NOTHING,
    weak: frozenset[str] = NOTHING,
    streets: tuple[frozenset[str], frozenset[str]] = (NOTHING, NOTHING),
) -> float | None:
    """How far the words of two names agree, 0 to 1; None where one has none to tell.

    `known` are words that both share anyway, such as their town's; `weak` tell little, such as their operators'.
    `streets` are those where each of them is: a facility may be named by it.
    """
    left = [word for word in a.words if word not in known]
    right = [word for word in b.words if word not in known]
    if not left or not right:
        return None
    if left == right or "".join(left) == "".join(right):
        return 1.0

    def worth(words: Iterable[str]) -> float:
        return sum(WEAK_WEIGHT if word in WEAK or word in weak else 1.0 for word in words)

    shared_left = worth(word for word in left if _found(word, right, streets[1], word in a.acronyms))
    shared_right = worth(word for word in right if _found(word, left, streets[0], word in b.acronyms))
    all_left, all_right = worth(left), worth(right)
    if any(word in a.acronyms and abbreviates(word, right) for word in left):
        shared_right = all_right
    if any(word in b.acronyms and abbreviates(word, left) for word in right):
        shared_left = all_left
    parts = shared_left / all_left, shared_right / all_right
    certainty = min(1.0, max(shared_left, shared_right))
    return certainty * (max(parts) + min(parts)) / 2


def _found(word: str, others: list[str], streets: frozenset[str], is_acronym: bool) -> bool:
    if word in others or (is_acronym and abbreviates(word, others)):
        return True
    if _letters(word) < 4:
        return False
    return (
        (_letters(word) >= 6 and word in "".join(others))
        or any(_letters(other) >= 4 and fuzz.ratio(word, other, score_cutoff=85) for other in others)
        or any(street.startswith(word) for street in streets)
    )


def _letters(word: str) -> int:
    """In scripts of syllables or ideas a sign is worth about three letters, which UTF-8 knows."""
    return len(word.encode())


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
