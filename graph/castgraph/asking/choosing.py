"""Offers the choice where words of a question stand for several things, as questions that ask for each of them alone."""

from __future__ import annotations

from collections.abc import Sequence

from castgraph.answers import Alternative, Thing
from castgraph.asking.conjunctions import joined_in
from castgraph.asking.found import Found
from castgraph.asking.interpretation import Interpretation
from castgraph.asking.meanings import Meaning, Name, Place, definites_in, names_in
from castgraph.asking.naming import Names
from castgraph.asking.notes import listed
from castgraph.asking.query import prefixed, term
from castgraph.store import GraphStore, Value, rows

MOST_OFFERED = 10
"""Things of one name that are offered; more of them are told as a number."""

_TOLD_BY = """SELECT ?label ?title ?work WHERE {
  VALUES ?one { %s }
  OPTIONAL { ?one skos:prefLabel ?label }
  OPTIONAL { ?one mission:depictedIn|film:companionTo|^film:hasCharacter ?work . OPTIONAL { ?work skos:prefLabel ?title } }
} ORDER BY ?label ?title LIMIT 1"""


class Chooser:
    """Makes choices of one question."""

    def __init__(self, store: GraphStore, names: Names, interpretation: Interpretation) -> None:
        self._store = store
        self._names = names
        self._interpretation = interpretation

    def of_names(self, asked: Meaning, result: Found) -> tuple[str, tuple[Alternative, ...]] | None:
        """What is said, and the choice, where a name stands for several things that have results; None else."""
        for name in names_in(asked):
            chosen = self._met(name, result)
            if len(chosen) > 1:
                return self.number_of(name, len(chosen)), self.alternatives(name, chosen)
        return None

    def of_definites(self, asked: Meaning, result: Found) -> tuple[str, tuple[Alternative, ...]] | None:
        """The same where a question speaks of one thing (“the mission”) and there are several."""
        for part in definites_in(asked):
            met = result.met(part)
            if len(met) > 1:
                place = part.arguments[-1]
                assert isinstance(place, Place)
                offered = [self._one(place, one) for one in met[:MOST_OFFERED]]
                text = self._interpretation.text_of(place)
                return f"“{text}” may be one of {len(met)}.", tuple(offered)
        return None

    def others(self, asked: Meaning, result: Found) -> tuple[str | None, tuple[Alternative, ...]]:
        """Where only one of several namesakes has results: which it is, and the others."""
        for name in names_in(asked):
            things, met = self._interpretation.names[name].things, self._met(name, result)
            if name.kind != "event" and len(things) > 1 and len(met) == 1:  # of events a few words are enough
                one = met[0]
                rest = [thing for thing in things if thing != one]
                said = f"{self.number_of(name, len(things))} Of {self.told(name, one)} something is known here."
                return said, self.alternatives(name, rest)
        return None, ()

    def left_out(self, asked: Meaning, result: Found) -> str | None:
        """Which of the things that “and” joins have no result, where others have."""
        empty = [name for name in joined_in(asked) if not self._met(name, result)]
        told = listed([self._names_of(name) for name in empty])
        return f"None of the sources tells this of {told}." if told else None

    def _names_of(self, name: Name) -> str:
        things = self._interpretation.names[name].things
        return things[0].label if len(things) == 1 and things[0].label else self._interpretation.texts[name]

    def _met(self, name: Name, result: Found) -> list[Thing]:
        """The things of a name that have results; where several names share a variable, each has its own."""
        met = {one.value for one in result.met(name)}
        return [thing for thing in self._interpretation.names[name].things if (thing.iri or thing.label) in met]

    def number_of(self, name: Name, number: int) -> str:
        """Says how many go by a name."""
        return f"{number} in the graph go by the name “{self._interpretation.texts[name]}”."

    def alternatives(self, name: Name, things: Sequence[Thing]) -> tuple[Alternative, ...]:
        """Things of one name, each with the question that asks for it alone, where words can tell it."""
        return tuple(self._alternative(name, thing) for thing in things[:MOST_OFFERED])

    def told(self, name: Name, thing: Thing) -> str:
        """A thing, told apart from its namesakes as far as words can."""
        words = self.alone(name, thing)
        if words and words != thing.label and name.kind not in ("title",):
            return f"{thing.label} ({words})"
        return words or self._names.title_in_words(thing) or thing.iri

    def alone(self, name: Name, thing: Thing) -> str | None:
        """Words that name a thing and nothing else of its kind: its name, with its year, or an identifier."""
        candidates = (thing.label, self._names.title_in_words(thing), self._names.identifier(thing))
        return next((one for one in candidates if one and self._names.is_alone(one, name.kind, thing)), None)

    def _alternative(self, name: Name, thing: Thing) -> Alternative:
        words = self.alone(name, thing)
        question = self._interpretation.asking_for(name, words) if words else None
        return Alternative(self.told(name, thing), question, thing.iri or None)

    def _one(self, place: Place, one: Value) -> Alternative:
        """One of several things a definite part may speak of: by its name, else by the title it belongs to."""
        thing = Thing(one.value, None)
        (row, *_) = rows(self._store.query(prefixed(_TOLD_BY % term(thing))))
        label = row["label"].value if "label" in row else None
        work = Thing(row["work"].value, row["title"].value if "title" in row else None) if "work" in row else None
        title = self._names.title_in_words(work) if work else None
        if label and "/id/character/" not in one.value:
            kinds = [kind for kind in ("event", "mission", "book") if self._names.is_alone(label, kind, thing)]
            words = (f"“{label}”" if kinds == ["event"] else label) if kinds else None
        else:
            words = f"{self._interpretation.text_of(place)} in {title}" if title else None
        reading = label or (f"{self._interpretation.text_of(place)} in {title}" if title else one.value)
        return Alternative(reading, self._interpretation.with_text(place, words) if words else None, one.value)
