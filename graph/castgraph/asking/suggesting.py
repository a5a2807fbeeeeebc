"""What can be asked instead: questions with the names that were recognised, or with the nearest names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import islice

from castgraph.answers import Reply, Status
from castgraph.asking.interpretation import Interpreted, Unknown, grammar
from castgraph.asking.naming import Names
from castgraph.asking.query import prefixed
from castgraph.asking.words import split, text_of
from castgraph.names import fold
from castgraph.store import GraphStore, rows

FORMS = {
    "character": ("Who played {}?", "In how many episodes did {} appear?"),
    "person": ("Whom did {} play?", "Which titles is {} in?", "What did {} direct?", "What did {} write?"),
    "title": (
        "Who played whom in {}?",
        "Who directed {}?",
        "Who wrote {}?",
        "When did {} first air?",
        "What is like {}?",
    ),
    "mission": ("Who commanded {}?", "Which craft are in {}?", "How long did {} last?"),
    "event": ("What caused “{}”?", "What happened after “{}”?"),
    "craft": ("What happened to {}?",),
}
"""Questions that can be asked of a name, by its kind."""

FORMS_IN_WORDS = (
    "Who played {character}?",
    "Whom did {performer} play?",
    "Who played whom in {title}?",
)
"""Questions that can be asked of any graph, to be shown to whoever asks outside the grammar."""

MOST = 3
LEAST_FOR_A_SLIP = 5
"""Letters of a word in which a slip is seen through; of a shorter one too many others are one slip away."""

_MOST_TRIED = 6


class Suggester:
    """Suggests questions that the graph answers.

    Args:
        store: the graph.
        names: the names in it.
        ask: answers a question, so that nothing is suggested that has no answer.
    """

    def __init__(self, store: GraphStore, names: Names, ask: Callable[[str], Reply]) -> None:
        self._store = store
        self._names = names
        self._ask = ask

    def not_found(self, unknown: Sequence[Unknown]) -> Reply:
        """Nobody in the graph goes by a name. Suggests; never answers for a like name."""
        first = unknown[0]
        suggestions = [FORMS[kind][0].format(first.text) for kind in FORMS if self._names.has(first.text, kind)]
        kinds = dict.fromkeys(one.name.kind for one in unknown if one.text == first.text)
        for candidate in self._names.like(first.text, [*kinds, "person", "character"], MOST):
            if candidate.kind in FORMS:
                suggestions.append(FORMS[candidate.kind][0].format(candidate.spelling))
        message = f"Nothing in the graph goes by the name “{first.text}” in this role."
        return Reply("", Status.NOT_FOUND, message=message, suggestions=tuple(dict.fromkeys(suggestions)))

    def not_understood(self, question: str, interpreted: Interpreted) -> Reply:
        """A question outside the grammar: which words could not be placed, and what can be asked instead."""
        message = "This question is outside the forms that can be answered."
        if interpreted.unplaced:
            words = ", ".join(f"“{word}”" for word in dict.fromkeys(interpreted.unplaced))
            message += f" Nothing could be made of {words}."
        found = self._of_names(question)
        suggestions = tuple({fold(one): one for one in reversed(found)}.values())[::-1][:MOST]
        return Reply("", Status.NOT_UNDERSTOOD, message=message, suggestions=suggestions or self.examples)

    def respelt(self, question: str, unplaced: Sequence[str]) -> tuple[str, str] | None:
        """The question with its one strange word put right, and that word; None where it is no slip of one word.

        It has to be one slip from a word of the grammar that begins alike, and the question answered with it.
        """
        from rapidfuzz.distance import OSA

        if len(unplaced) != 1 or len(unplaced[0]) < LEAST_FOR_A_SLIP:
            return None
        wrong = fold(unplaced[0])
        rules = grammar("english")
        near = [
            word
            for word in sorted(rules.vocabulary - rules.barred, key=lambda word: (-len(word), word))
            if len(word) >= LEAST_FOR_A_SLIP - 1
            and word[0] == wrong[0]
            and OSA.distance(wrong, word, score_cutoff=1) <= 1
        ]
        for word in near:
            asked = question.replace(unplaced[0], word, 1)
            if self._ask(asked).status not in (Status.NOT_UNDERSTOOD, Status.NOT_FOUND):
                return asked, word
        return None

    def _of_names(self, question: str) -> tuple[str, ...]:
        """Questions that are answered about the longest names in a question, those most like it first."""
        words = split(question)
        asked = {word.folded for word in words}
        forms: list[tuple[int, str]] = []
        taken: set[int] = set()
        for length in range(min(len(words), 10), 0, -1):
            for start in range(len(words) - length + 1):
                span = range(start, start + length)
                if taken.intersection(span):
                    continue
                text = text_of(question, words, start, start + length)
                kinds = [kind for kind in FORMS if len(text) > 2 and self._names.has(text, kind)]
                if kinds:
                    taken.update(span)
                for kind in kinds:
                    for form in FORMS[kind]:
                        alike = len(asked.intersection(fold(form).split()) - {"who", "what", "did", "in"})
                        forms.append((-alike, form.format(text)))
        tried = (form for _, form in sorted(forms, key=lambda one: one[0])[:_MOST_TRIED])
        return tuple(islice((form for form in tried if self._ask(form).status is Status.ANSWERED), MOST))

    @cached_property
    def examples(self) -> tuple[str, ...]:
        """A question of each form that this graph answers, with names from it."""
        query = (
            "SELECT ?character ?performer ?title WHERE { ?p film:character/skos:prefLabel ?character ; "
            "film:performer/skos:prefLabel ?performer ; ^film:hasPerformance/skos:prefLabel ?title } LIMIT 1"
        )
        for row in rows(self._store.query(prefixed(query))):
            names = {key: row[key].value for key in ("character", "performer", "title")}
            return tuple(form.format(**names) for form in FORMS_IN_WORDS)
        return ()
