"""Reads the titles an IMDb page recommends. Of some of them the saved page may have lost the name."""

from __future__ import annotations

from castgraph.readers.draft import Draft
from castgraph.readers.imdb_lines import Kind, kind_of, looks_like_genres, read_line
from castgraph.readers.imdb_rating import why_no_rating
from castgraph.readers.prose import read_story_years
from castgraph.readers.text import Line, squeeze


def read_similar(draft: Draft, body: tuple[Line, ...]) -> None:
    """Record each recommended title as ``#similar/1``, ``#similar/2`` …, whether or not its name is left.

    A title's block prints name, genres, rating, description, director, writers, stars, in this order and each at most
    once. A line that would go back in this order begins the next title.
    """
    work, last = "", -1
    for line in body:
        text = squeeze(line.text)
        kind = kind_of(text)
        if kind is Kind.PROSE or kind is Kind.AWARDS:
            if work:
                read_story_years(draft, line, work)
            if reason := why_no_rating(text):
                draft.skip(line.number, reason)
            elif looks_like_genres(text):
                draft.skip(line.number, "neither a name with a year, genres, a rating nor a credit")
            continue
        if kind.value <= last or not work:
            work = draft.numbered("#similar")
            draft.state(line.number, similarTo={"id": work})
            if kind is not Kind.HEADER:
                draft.state(line.number, work, type="ScreenWork")  # its name and kind are lost
        last = kind.value
        read_line(draft, line, work)
