"""Instance data on its way to the rule engine and back: terms as numbers, and only the facts some rule can use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

from castgraph.reason_equality import Representatives
from castgraph.reason_literals import Misfit, misfits, write_literals
from castgraph.reason_rules import owl2rl
from castgraph.schema import OWL, RDF, Table, terms_of

Statement = tuple[bytes, bytes, bytes]
"""Subject, predicate and object, in N-Triples form."""

TYPE = f"<{RDF}type>".encode()
SAME_AS = f"<{OWL}sameAs>".encode()

# In which columns the tables name properties of which literal values matter, properties of which it matters that they
# have a literal value at all, and properties whose literal values no rule asks for.
_VALUES: Mapping[str, tuple[int, ...]] = {
    "sub_p": (0, 1), "eqp": (0, 1), "ifp": (0,), "pdw": (0, 1), "adp": (0, 1), "chain": (0, 1, 2), "chain_start": (1, 2),
    "chain_step": (2,), "chain_end": (0, 2), "key_start": (2,), "key_step": (2,), "svf_val": (1,), "hv_val": (1,),
    "maxc0": (1,), "maxc1": (1,), "not_val": (0,), "fp": (0,), "avf_val": (1,), "trp": (0,),
    "maxqc0_any": (1,), "maxqc1_any": (1,), "lit_nothing": (0,), "lit_com": (0,), "lit_dw": (0,), "lit_adc": (0,),
    "lit_avf_nothing": (1,),
}  # fmt: skip
_EXISTENCE: Mapping[str, tuple[int, ...]] = {"dom": (0,), "svf_any": (1,)}
_LINKS: Mapping[str, tuple[int, ...]] = {
    "rng": (0,), "inv": (0, 1), "sym": (0,), "fp": (0,), "irp": (0,), "asyp": (0,), "svf": (1,), "avf": (1,),
    "hv": (1,), "maxc1": (1,), "maxqc0": (1,), "maxqc1": (1,), "not_rel": (0,), "typing": (0,), "same_as": (0,),
}  # fmt: skip


class Terms:
    """The dictionary: each term that reaches the engine has a number, and each number its term.

    >>> terms = Terms()
    >>> terms.number(b"<http://example.org/a>"), terms.number(b'"05"'), terms.texts[1]
    (0, 1, b'"05"')
    """

    def __init__(self) -> None:
        self._numbers: defaultdict[bytes, int] | None = defaultdict(count().__next__)
        self._texts: list[bytes] = []
        self._united: dict[bytes, int] = {}

    @property
    def numbers(self) -> defaultdict[bytes, int]:
        """The numbers of terms. Asked for a new term, it gives it the next number."""
        if self._numbers is None:
            start = count(len(self._texts)).__next__
            self._numbers = defaultdict(start, zip(self._texts, range(len(self._texts)), strict=True))
            self._numbers.update(self._united)
        return self._numbers

    @property
    def texts(self) -> list[bytes]:
        """The terms by number."""
        if self._numbers is not None and len(self._texts) < len(self._numbers):
            self._texts.extend(islice(self._numbers, len(self._texts), None))
        return self._texts

    def number(self, text: bytes) -> int:
        number = self.numbers[text]
        if number == len(self._texts):
            self._texts.append(text)
        return number

    def shrink(self) -> None:
        """Give back the memory it takes to find a term's number; it is taken again when one is asked for."""
        if self.texts:
            self._numbers = None

    def unite(self, equal: Representatives) -> None:
        """Give every term the number of its representative; ``texts`` keeps its own."""
        texts = self.texts
        self._united = {texts[member]: equal.of(member) for clique in equal.cliques() for member in clique}
        self.numbers.update(self._united)


@dataclass(frozen=True)
class Uses:
    """What the rules can use of the data, given the schema tables."""

    values: frozenset[bytes]
    existence: frozenset[bytes]
    links: frozenset[bytes]
    classes: frozenset[bytes] | None
    """None where every type counts, since an axiom uses ``rdf:type`` as a property."""
    types: frozenset[bytes]
    """``rdf:type``, and what is equal to it."""
    ranges: Mapping[bytes, tuple[bytes, ...]]
    """The datatypes of which the values of a property must be, for properties whose values no rule can use."""

    @classmethod
    def of(cls, tables: Mapping[str, Table], cliques: Iterable[Sequence[bytes]] = ()) -> Uses:
        """``cliques`` are the terms that are equal: data may use any of them."""
        equal = {term: clique for clique in cliques for term in clique}

        def with_equals(names: Iterable[str]) -> frozenset[bytes]:
            return frozenset(term for name in names for term in equal.get(name.encode(), (name.encode(),)))

        def named(columns: Mapping[str, tuple[int, ...]]) -> frozenset[bytes]:
            return with_equals(
                row[column] for table, at in columns.items() for row in tables.get(table, ()) for column in at
            )

        values, existence = named(_VALUES), named(_EXISTENCE)
        ranges: defaultdict[bytes, list[bytes]] = defaultdict(list)
        for p, datatype in sorted(tables.get("rng_val", ())):
            for name in equal.get(p.encode(), (p.encode(),)):
                ranges[name].append(datatype.encode())
        every = with_equals(terms_of(tables))
        return cls(
            values,
            existence - values,
            values | existence | named(_LINKS),
            None if tables.get("typing") else every,
            frozenset(equal.get(TYPE, (TYPE,))),
            {p: tuple(datatypes) for p, datatypes in ranges.items() if p not in values},
        )


def write_schema(folder: Path, tables: Mapping[str, Table], terms: Terms) -> set[str]:
    """Write every table the program imports, the empty ones too; returns the names of those with rows."""
    for table in owl2rl().tables:
        rows = tables.get(table, frozenset())
        with (folder / f"{table}.tsv").open("w", encoding="ascii") as file:
            for row in sorted(rows):
                file.write("\t".join(str(terms.number(term.encode())) for term in row) + "\n")
    return {table for table, rows in tables.items() if rows}


def write_facts(
    folder: Path,
    statements: Iterable[Statement],
    uses: Uses,
    terms: Terms,
    tables: Mapping[str, Table],
    unfit: list[Misfit],
) -> set[str]:
    """Write the statements some rule can use; returns the names of the tables that got rows.

    Adds the literals that do not fit, as far as the statements alone show it, to ``unfit``.
    """
    number = terms.number
    values, existence, links, classes = uses.values, uses.existence, uses.links, uses.classes
    ranges, typed = uses.ranges, uses.types
    about_literals = any(tables.get(name) for name in ("svf_val", "avf_val", "rng_val"))
    literals: defaultdict[bytes, set[bytes]] = defaultdict(set)
    with (
        (folder / "given_type.tsv").open("w", encoding="ascii") as types,
        (folder / "given_rel.tsv").open("w", encoding="ascii") as rels,
        (folder / "given_val.tsv").open("w", encoding="ascii") as vals,
        (folder / "has.tsv").open("w", encoding="ascii") as has,
    ):
        write_type, write_rel, write_val, write_has = types.write, rels.write, vals.write, has.write
        for subject, predicate, object_ in statements:
            if predicate in typed:
                if classes is None or object_ in classes:
                    write_type(f"{number(subject)}\t{number(object_)}\n")
            elif object_[0] == 34:  # a quotation mark: a literal
                if object_[-1] == 62 or predicate in ranges:  # > ends a typed literal
                    wrong = misfits(object_, ranges.get(predicate, ()))
                    unfit += ((subject, predicate, object_, datatype) for datatype in wrong)
                if predicate in values:
                    write_val(f"{number(predicate)}\t{number(subject)}\t{number(object_)}\n")
                    if about_literals or object_[-1] == 62:
                        literals[predicate].add(object_)
                elif predicate in existence:
                    write_has(f"{number(predicate)}\t{number(subject)}\n")
            elif predicate in links:
                write_rel(f"{number(predicate)}\t{number(subject)}\t{number(object_)}\n")
    write_literals(folder, literals, tables, terms)
    given = ("given_type", "given_rel", "given_val", "has", "literal_type", "misfit", "same_value", "shared_value")
    return {table for table in given if (folder / f"{table}.tsv").stat().st_size}
