"""The Lehigh University Benchmark: university 0 (15 departments) closed, and its 14 queries answered.

The counts are those published with the benchmark for LUBM(1, 0) (https://swat.cse.lehigh.edu/projects/lubm/answers.htm).
"""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pyoxigraph as ox
import pytest

from castgraph.infer import Graphs, infer
from tests.conformance.oracle import shared

# The data use another namespace than the ontology.
ONTOLOGY, DATA = (
    "http://swat.cse.lehigh.edu/onto/univ-bench.owl",
    "http://www.lehigh.edu/~zhp2/2004/0401/univ-bench.owl",
)
D0 = "<http://www.Department0.University0.edu"
U0 = "<http://www.University0.edu>"

QUERIES = {
    1: (4, f"?x a ub:GraduateStudent ; ub:takesCourse {D0}/GraduateCourse0>"),
    2: (0, "?x a ub:GraduateStudent ; ub:memberOf ?z ; ub:undergraduateDegreeFrom ?y . ?y a ub:University . "
           "?z a ub:Department ; ub:subOrganizationOf ?y"),
    3: (6, f"?x a ub:Publication ; ub:publicationAuthor {D0}/AssistantProfessor0>"),
    4: (34, f"?x a ub:Professor ; ub:worksFor {D0}> ; ub:name ?n ; ub:emailAddress ?m ; ub:telephone ?t"),
    5: (719, f"?x a ub:Person ; ub:memberOf {D0}>"),
    6: (7790, "?x a ub:Student"),
    7: (67, f"?x a ub:Student ; ub:takesCourse ?y . ?y a ub:Course . {D0}/AssociateProfessor0> ub:teacherOf ?y"),
    8: (7790, f"?x a ub:Student ; ub:memberOf ?y ; ub:emailAddress ?m . ?y a ub:Department ; ub:subOrganizationOf {U0}"),
    9: (208, "?x a ub:Student ; ub:advisor ?y ; ub:takesCourse ?z . ?y a ub:Faculty ; ub:teacherOf ?z . ?z a ub:Course"),
    10: (4, f"?x a ub:Student ; ub:takesCourse {D0}/GraduateCourse0>"),
    11: (224, f"?x a ub:ResearchGroup ; ub:subOrganizationOf {U0}"),
    12: (15, f"?x a ub:Chair ; ub:worksFor ?y . ?y a ub:Department ; ub:subOrganizationOf {U0}"),
    13: (1, f"?x a ub:Person . {U0} ub:hasAlumnus ?x"),
    14: (5916, "?x a ub:UndergraduateStudent"),
}  # fmt: skip


@pytest.fixture(scope="module")
def university(tmp_path_factory: pytest.TempPathFactory) -> ox.Store:
    """The data and all that follows."""
    archive, ontology = shared("data/reasoning/lubm_data.tar.gz"), shared("data/reasoning/univ-bench.owl")
    folder = tmp_path_factory.mktemp("lubm")
    with tarfile.open(archive) as files:
        files.extractall(folder / "data", filter="data")
    assert len(list((folder / "data").rglob("*.rdf"))) == 15
    axioms = folder / "univ-bench.owl"
    axioms.write_text(ontology.read_text(encoding="utf-8").replace(ONTOLOGY, DATA), encoding="utf-8")
    out = io.BytesIO()
    infer([folder / "data"], out, Graphs("http://e.org/i", "http://e.org/e"), ontology=[axioms], with_input=True)
    store = ox.Store()
    store.bulk_load(out.getvalue(), format=ox.RdfFormat.N_TRIPLES)
    return store


@pytest.mark.parametrize("number", QUERIES)
def test_query(university: ox.Store, number: int) -> None:
    expected, pattern = QUERIES[number]
    rows = university.query(f"PREFIX ub: <{DATA}#> SELECT DISTINCT * {{ {pattern} }}")
    assert isinstance(rows, ox.QuerySolutions)
    assert len(list(rows)) == expected


def test_the_data_alone_do_not_answer(tmp_path: Path) -> None:
    """The queries do ask the reasoner: chairs and students are nowhere stated."""
    with tarfile.open(shared("data/reasoning/lubm_data.tar.gz")) as files:
        text = b"".join(member.read() for name in files.getnames() if (member := files.extractfile(name)))
    assert b"<ub:Chair" not in text
    assert b"<ub:Student " not in text
