"""What words of names and addresses mean, in the languages of the networks. Without accents and capitals."""

import re
from collections.abc import Mapping
from typing import Final

GARAGE: Final = "garage"
LOT: Final = "lot"
STREET: Final = "street"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _by_word(words_of: Mapping[str, str]) -> Mapping[str, str]:
    return {word: meaning for meaning, words in words_of.items() for word in words.split()}


STRUCTURE: Final = _by_word(
    {
        GARAGE: """
            parkhaus ph tiefgarage tg parkgarage pg hochgarage parkdeck garage
            souterrain autosilo autorimessa multipiano subterraneo
            parkeergarage mscp multistorey underground podziemny
            parkeringshus parkhus pysakointilaitos pysakointitalo parkkihalli
            地下停車場 多層停車場 立体駐車場
        """,
        LOT: "parkplatz parkplatze kurzzeitparkplatze pp lot aire parkeerplaats parkeerterrein",
    }
)
"""What a facility is, by a word of its name."""

ENDINGS: Final = (
    *("tiefgarage", "parkgarage", "parkhaus", "parkplatz", "parkdeck", "parking", "garage"),
    *("多層停車場", "地下停車場", "停車場", "停车场"),
)
"""Words for a facility that end others, the longer first: Rathausgarage is the garage of the Rathaus."""

GENERIC: Final = _words(
    """
    p r pr p+r p+m p+d b+r p+rail park parking parkings parken ride rail mitfahren allgemein
    am an auf bei beim der die das dem des den im in vom von zum zur und fur mit menschen strasse strassen
    parc relais stationnement place le la les l du de d et a au aux
    parcheggio parcheggi posteggio interscambio di del della dei e il lo al
    aparcamiento estacionamiento el los las y
    parkeren van het en te
    car carpark the of at and street
    parkering pysakointi liityntapysakointi
    ul plac strzezony
    停車場 停车场 駐車場
    """
)
"""Words that tell no facility from another."""

MEANS: Final = _by_word(
    {
        "bahnhof": "hauptbahnhof hbf bf hb gare stazione station estacion dworzec asema banegard centralstation",
        "centre": "center centrum zentrum centro keskusta",
        "flughafen": "airport aeroport aeroporto aeropuerto lentoasema lotnisko luchthaven",
        "klinikum": "klinik kliniken krankenhaus hospital hopital ospedale spital ziekenhuis sairaala",
        "universitat": "uni universite universita universiteit university universidad",
        "sankt": "st saint san santa sint",
    }
)
"""Words that say the same as another, which stands for them all."""

WEAK: Final = _words(
    "bahnhof centre city stadt flughafen platz nord sud ost west mitte north south east links rechts",
)
"""Words that many neighbours share."""

_SIDES: Final = {
    "compass": {
        "N": "nord north noord norte nordseite polnoc pohjoinen norr",
        "S": "sud south zuid sur sudseite poludnie etela syd",
        "E": "ost east oost est este ostseite wschod ita",
        "W": "west ouest ovest oeste westseite zachod lansi vest",
        "M": "mitte mid",
    },
    "height": {
        "upper": "ober obere oberer oberes oben upper",
        "lower": "unter untere unterer unteres unten lower",
    },
    "hand": {"left": "links left", "right": "rechts right"},
}
SIDES: Final = {word: (axis, side) for axis, sides in _SIDES.items() for word, side in _by_word(sides).items()}
"""Which end of something a facility stands at, on an axis."""

USERS: Final = (
    ("DISABLED", re.compile(r"behindert|behinderung|barrierefrei|disabled|handicap|disabili|minusvalid|\bpmr\b")),
    ("MOTORHOME", re.compile(r"wohnmobil|motorhome|camper|camping-?car|autocaravan")),
    ("TRUCK", re.compile(r"\blkw\b|\btruck|poids lourd")),
    ("COACH", re.compile(r"\bbusse?\b|busparkplatz|\bcoach|\bautocar")),
    ("BICYCLE", re.compile(r"fahrrad|bicycle|\bbike|\bvelos?\b|velostation|fietsen")),
)
"""Whom a facility is for, by what its name says anywhere."""

STREET_KINDS: Final = _by_word(
    {
        "street": "street st",
        "road": "road rd",
        "avenue": "avenue ave av avda avenida",
        "boulevard": "boulevard blvd bd",
        "lane": "lane ln",
        "square": "square sq",
        "platz": "platz place pl piazza plaza plac praca",
        "quai": "quai quay",
        "": "rue chemin route via viale calle c ulica ul",
    }
)
"""What streets call themselves, written out; nothing where that is often left out."""

COUNTRIES: Final = _words(
    """
    deutschland germany allemagne de osterreich austria at schweiz suisse svizzera switzerland ch
    france frankreich fr italia italy it nederland netherlands nl belgie belgique belgium be espana spain es
    polska poland pl suomi finland fi danmark denmark dk sverige sweden se england uk gb
    """
)
"""As addresses end with, or not."""
