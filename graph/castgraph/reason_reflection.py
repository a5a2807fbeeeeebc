"""Axioms among what the rules infer: where an ontology speaks of the vocabulary itself, data can state axioms.

``:isA rdfs:subPropertyOf rdfs:subClassOf`` is such an ontology: then ``:Film :isA :Work`` is an axiom.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from castgraph import engine
from castgraph.reason_axioms import NOTHING, OWL, RDFS, SAME, THING, A, Axiom, rdfs
from castgraph.schema import ANNOTATIONS, is_axiom

VOCABULARY = (f"<{OWL}", f"<{RDFS}", A)
# Names of the vocabulary with which data say nothing about classes or properties.
_HARMLESS = frozenset({THING, NOTHING, SAME, rdfs("Literal"), *(f"<{iri}>" for iri in ANNOTATIONS)})


def is_reflective(terms: frozenset[str]) -> bool:
    """True where axioms, whose tables hold these terms, speak of the vocabulary itself, so that data may imply axioms, and axioms are data."""
    return any(term.startswith(VOCABULARY) for term in terms - _HARMLESS)


def derived_axioms(folder: Path, texts: Sequence[bytes]) -> frozenset[Axiom]:
    """The axioms among the engine's results in ``folder``."""
    known: dict[bytes, str] = {}

    def vocabulary(number: bytes) -> str:
        found = known.get(number)
        if found is None:
            text = texts[int(number)].decode()
            found = known[number] = text if text.startswith(VOCABULARY) else ""
        return found

    found = {
        (texts[int(x)].decode(), A, vocabulary(c))
        for x, c in engine.byte_rows(folder, "new_type")
        if vocabulary(c) and is_axiom(A[1:-1], vocabulary(c)[1:-1])
    }
    found |= {
        (texts[int(x)].decode(), vocabulary(p), texts[int(y)].decode())
        for p, x, y in engine.byte_rows(folder, "new_rel")
        if vocabulary(p) not in ("", A, SAME) and is_axiom(vocabulary(p)[1:-1], "")
    }
    return frozenset(found)
