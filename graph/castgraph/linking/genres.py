"""Genres under one vocabulary: what one catalogue calls documentation, another calls Documentary."""

from __future__ import annotations

from functools import lru_cache

from castgraph.names import fold

# Catalogues' words for the same genre. A word that is no genre (IMAX, european) stands for nothing.
_SAME = {
    "science fiction": "sci-fi",
    "sci fi": "sci-fi",
    "scifi": "sci-fi",
    "documentation": "documentary",
    "docu": "documentary",
    "animated": "animation",
    "anime": "animation",
    "children": "family",
    "childrens": "family",
    "kids": "family",
    "musical": "music",
    "performance": "music",
    "dance": "music",
    "sports": "sport",
    "historical": "history",
    "film noir": "noir",
    "suspense": "thriller",
    "slasher": "horror",
    "supernatural": "horror",
    "reality": "reality tv",
    "superhero": "action",
    "martial arts": "action",
    "spy": "thriller",
    "satire": "comedy",
    "biopic": "biography",
}
_NO_GENRE = frozenset(
    {"european", "imax", "no genres listed", "independent", "live action", "silent", "teen", "n a", ""}
)
FORMS = frozenset({"documentary", "animation", "reality tv"})
"""What a work is made of rather than about: a title that is one of these on one side is so on the other."""


@lru_cache(maxsize=4096)
def genre_key(name: str) -> str | None:
    """The common word for a genre, or None for a word that is none.

    >>> genre_key("Science Fiction"), genre_key("Sci-Fi"), genre_key("(no genres listed)")
    ('sci-fi', 'sci-fi', None)
    """
    folded = fold(name)
    for suffix in (" film", " films", " movie"):
        folded = folded.removesuffix(suffix) if folded != "film noir" else folded
    return None if folded in _NO_GENRE else _SAME.get(folded, folded)


def genre_set(names: tuple[str, ...]) -> frozenset[str]:
    """The genres of a title, under common words."""
    return frozenset(key for name in names if (key := genre_key(name)) is not None)
