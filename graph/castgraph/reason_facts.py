"""Instance data on its way to the rule engine and back: terms as numbers, and only the facts some rule can use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from castgraph.reason_equality import Representatives
from castgraph.reason_rules import owl2rl
from castgraph.schema import OWL, RDF, RDFS, XSD, Table

Statement = tuple[bytes, bytes, bytes]
"""Subject, predicate and object, in N-Triples form."""

TYPE = f"<{RDF}type>".encode()
SAME_AS = f"<{OWL}sameAs>".encode()

# In which columns the tables name properties of which literal values matter, properties of which it matters that they
# have a literal value at all, and properties whose literal values no rule asks for.
_VALUES: Mapping[str, tuple[int, ...]] = {
    "sub_p": (0, 1), "eqp": (0, 1), "ifp": (0,), "pdw": (0, 1), "adp": (0, 1), "chain": (0, 1, 2), "chain_start": (1, 2),
    "chain_step": (2,), "chain_end": (0, 2), "key_start": (2,), "key_step": (2,), "svf_val": (1,), "hv_val": (1,),
    "maxc0": (1,), "not_val": (0,),
}  # fmt: skip
_EXISTENCE: Mapping[str, tuple[int, ...]] = {"dom": (0,), "svf_any": (1,)}
_LINKS: Mapping[str, tuple[int, ...]] = {
    "rng": (0,), "inv": (0, 1), "sym": (0,), "trp": (0,), "fp": (0,), "irp": (0,), "asyp": (0,), "svf": (1,), "avf": (1,),
    "hv": (1,), "maxc1": (1,), "maxqc0": (1,), "maxqc0_any": (1,), "maxqc1": (1,), "maxqc1_any": (1,), "not_rel": (0,),
}  # fmt: skip
# The datatypes whose values are also values of the next: dt-type2.
_WIDER = {
    "byte": "short", "short": "int", "int": "long", "long": "integer", "integer": "decimal",
    "unsignedByte": "unsignedShort", "unsignedShort": "unsignedInt", "unsignedInt": "unsignedLong",
    "unsignedLong": "nonNegativeInteger", "positiveInteger": "nonNegativeInteger", "nonNegativeInteger": "integer",
    "negativeInteger": "nonPositiveInteger", "nonPositiveInteger": "integer", "NCName": "Name", "Name": "token",
    "NMTOKEN": "token", "language": "token", "token": "normalizedString", "normalizedString": "string",
    "dateTimeStamp": "dateTime",
}  # fmt: skip


class Terms:
    """The dictionary: each term that reaches the engine has a number, and each number its term.

    >>> terms = Terms()
    >>> terms.number(b"<http://example.org/a>"), terms.number(b'"05"'), terms.texts[1]
    (0, 1, b'"05"')
    """

    def __init__(self) -> None:
        self.numbers: dict[bytes, int] = {}
        self.texts: list[bytes] = []

    def number(self, text: bytes) -> int:
        number = self.numbers.get(text)
        if number is None:
            number = self.numbers[text] = len(self.texts)
            self.texts.append(text)
        return number

    def unite(self, equal: Representatives) -> None:
        """Give every term the number of its representative; ``texts`` keeps its own."""
        for clique in equal.cliques():
            for member in clique:
                self.numbers[self.texts[member]] = equal.of(member)


@dataclass(frozen=True)
class Uses:
    """What the rules can use of the data, given the schema tables."""

    values: frozenset[bytes]
    existence: frozenset[bytes]
    links: frozenset[bytes]
    classes: frozenset[bytes] | None
    """None where every type counts, since an axiom uses ``rdf:type`` as a property."""
    datatypes: bool

    @classmethod
    def of(cls, tables: Mapping[str, Table]) -> Uses:
        def named(columns: Mapping[str, tuple[int, ...]]) -> frozenset[bytes]:
            return frozenset(
                row[column].encode() for table, at in columns.items() for row in tables.get(table, ()) for column in at
            )

        values, existence = named(_VALUES), named(_EXISTENCE)
        every = frozenset(term.encode() for rows in tables.values() for row in rows for term in row)
        return cls(
            values,
            existence - values,
            values | existence | named(_LINKS),
            None if tables.get("typing") else every,
            bool(tables.get("svf_val")),
        )


def write_schema(folder: Path, tables: Mapping[str, Table], terms: Terms) -> set[str]:
    """Write every table the program imports, the empty ones too; returns the names of those with rows."""
    for table in owl2rl().tables:
        rows = tables.get(table, frozenset())
        with (folder / f"{table}.tsv").open("w", encoding="ascii") as file:
            for row in sorted(rows):
                file.write("\t".join(str(terms.number(term.encode())) for term in row) + "\n")
    return {table for table, rows in tables.items() if rows}


def write_facts(folder: Path, statements: Iterable[Statement], uses: Uses, terms: Terms) -> set[str]:
    """Write the statements some rule can use; returns the names of the tables that got rows."""
    number = terms.number
    values, existence, links, classes = uses.values, uses.existence, uses.links, uses.classes
    literals: set[bytes] = set()
    with (
        (folder / "given_type.tsv").open("w", encoding="ascii") as types,
        (folder / "given_rel.tsv").open("w", encoding="ascii") as rels,
        (folder / "given_val.tsv").open("w", encoding="ascii") as vals,
        (folder / "has.tsv").open("w", encoding="ascii") as has,
    ):
        write_type, write_rel, write_val, write_has = types.write, rels.write, vals.write, has.write
        for subject, predicate, object_ in statements:
            if predicate == TYPE:
                if classes is None or object_ in classes:
                    write_type(f"{number(subject)}\t{number(object_)}\n")
            elif object_[0] == 34:  # a quotation mark: a literal
                if predicate in values:
                    write_val(f"{number(predicate)}\t{number(subject)}\t{number(object_)}\n")
                    if uses.datatypes:
                        literals.add(object_)
                elif predicate in existence:
                    write_has(f"{number(predicate)}\t{number(subject)}\n")
            elif predicate in links:
                write_rel(f"{number(predicate)}\t{number(subject)}\t{number(object_)}\n")
    with (folder / "literal_type.tsv").open("w", encoding="ascii") as file:
        for literal in literals:
            for datatype in datatypes(literal):
                file.write(f"{number(literal)}\t{number(datatype)}\n")
    given = ("given_type", "given_rel", "given_val", "has", "literal_type")
    return {table for table in given if (folder / f"{table}.tsv").stat().st_size}


def datatypes(literal: bytes) -> list[bytes]:
    """The datatypes a literal is a value of, by its own datatype.

    >>> datatypes(b'"5"^^<http://www.w3.org/2001/XMLSchema#integer>')[1:]
    [b'<http://www.w3.org/2001/XMLSchema#decimal>', b'<http://www.w3.org/2000/01/rdf-schema#Literal>']
    """
    _, _, after = literal.rpartition(b'"')
    if after.startswith(b"@"):
        found = [f"<{RDF}langString>"]
    else:
        found = [after[2:].decode() if after else f"<{XSD}string>"]
        while found[-1].startswith(f"<{XSD}") and (wider := _WIDER.get(found[-1][len(XSD) + 1 : -1])):
            found.append(f"<{XSD}{wider}>")
    return [datatype.encode() for datatype in (*found, f"<{RDFS}Literal>")]
