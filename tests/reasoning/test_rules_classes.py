"""One test, or more, for each rule of tables 6, 7 and 9 (OWL 2 Profiles, section 4.3), named for it."""

from __future__ import annotations

from .conftest import Break, Infer


def test_cls_nothing2(broken: Break) -> None:
    assert broken(":C rdfs:subClassOf owl:Nothing . :x a :C .") == {"cls-nothing2: x a owl:Nothing"}
    assert broken(":C rdfs:subClassOf owl:Nothing . :x a :D .") == set()


def test_cls_int1_of_any_number_of_classes(infer: Infer) -> None:
    for count in range(1, 6):
        classes = [f":C{each}" for each in range(count)]
        axiom = f":All owl:intersectionOf ({' '.join(classes)}) ."
        assert infer(f"{axiom} :x a {', '.join(classes)} .") == {"x a All"}, count
        assert infer(f"{axiom} :x a {', '.join([':D', *classes[1:]])} .") == set(), count


def test_cls_int2(infer: Infer) -> None:
    assert infer(":C owl:intersectionOf (:A :B :D) . :x a :C . :y a :A .") == {"x a A", "x a B", "x a D"}


def test_cls_uni(infer: Infer) -> None:
    assert infer(":C owl:unionOf (:A :B) . :x a :B . :y a :D .") == {"x a C"}


def test_cls_com(broken: Break) -> None:
    assert broken(":C owl:complementOf :D . :x a :C, :D .") == {"cls-com: x a C; x a D"}
    assert broken(":C owl:complementOf :D . :x a :C .") == set()


def test_cls_svf1(infer: Infer) -> None:
    axiom = "[] owl:onProperty :p ; owl:someValuesFrom :D ; rdfs:subClassOf :C ."
    assert infer(f"{axiom} :x :p :y . :y a :D . :v :p :w .") == {"x a C"}


def test_cls_svf1_of_a_datatype(infer: Infer) -> None:
    axiom = "[] owl:onProperty :p ; owl:someValuesFrom xsd:decimal ; rdfs:subClassOf :C ."
    assert infer(f"{axiom} :x :p 5 . :y :p 'five' .") == {"x a C"}


def test_cls_svf2(infer: Infer) -> None:
    axiom = "[] owl:onProperty :p ; owl:someValuesFrom owl:Thing ; rdfs:subClassOf :C ."
    assert infer(f"{axiom} :x :p :y . :v :q :w .") == {"x a C"}


def test_cls_avf(infer: Infer) -> None:
    axiom = ":C rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom :D ] ."
    assert infer(f"{axiom} :x a :C ; :p :y . :v :p :w .") == {"y a D"}


def test_cls_hv1(infer: Infer) -> None:
    assert infer(":C rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue :v ] . :x a :C . :y a :D .") == {"x p v"}
    assert infer(":C rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue '05' ] . :x a :C .") == {'x p "05"'}


def test_cls_hv2(infer: Infer) -> None:
    assert infer("[] owl:onProperty :p ; owl:hasValue :v ; rdfs:subClassOf :C . :x :p :v . :y :p :w .") == {"x a C"}
    assert infer("[] owl:onProperty :p ; owl:hasValue 5 ; rdfs:subClassOf :C . :x :p 5 . :y :p 6 .") == {"x a C"}


def test_cls_maxc1(broken: Break) -> None:
    axiom = ":C owl:onProperty :p ; owl:maxCardinality 0 ."
    assert broken(f"{axiom} :x a :C ; :p :y .") == {"cls-maxc1: x a C; x p y"}
    assert broken(f"{axiom} :x a :C ; :p 'y' .") == {'cls-maxc1: x a C; x p "y"'}
    assert broken(f"{axiom} :x a :C . :y :p :z .") == set()


def test_cls_maxc2(infer: Infer) -> None:
    axiom = ":C owl:onProperty :p ; owl:maxCardinality 1 ."
    assert infer(f"{axiom} :x a :C ; :p :a, :b .") == {"a = b", "b = a"}
    assert infer(f"{axiom} :x :p :a, :b . :y a :C ; :p :a . :z a :C ; :p :b .") == set()


def test_cls_maxqc1(broken: Break) -> None:
    axiom = ":C owl:onProperty :p ; owl:maxQualifiedCardinality 0 ; owl:onClass :D ."
    assert broken(f"{axiom} :x a :C ; :p :y . :y a :D .") == {"cls-maxqc1: x a C; x p y"}
    assert broken(f"{axiom} :x a :C ; :p :y .") == set()


def test_cls_maxqc2(broken: Break) -> None:
    axiom = ":C owl:onProperty :p ; owl:maxQualifiedCardinality 0 ; owl:onClass owl:Thing ."
    assert broken(f"{axiom} :x a :C ; :p :y .") == {"cls-maxqc2: x a C; x p y"}
    assert broken(f"{axiom} :x a :D ; :p :y .") == set()


def test_cls_maxqc3(infer: Infer) -> None:
    axiom = ":C owl:onProperty :p ; owl:maxQualifiedCardinality 1 ; owl:onClass :D . :a a :D . :b a :D ."
    assert infer(f"{axiom} :x a :C ; :p :a, :b, :c .") == {"a = b", "b = a"}
    assert infer(f"{axiom} :x a :C ; :p :a, :c .") == set()


def test_cls_maxqc4(infer: Infer) -> None:
    axiom = ":C owl:onProperty :p ; owl:maxQualifiedCardinality 1 ; owl:onClass owl:Thing ."
    assert infer(f"{axiom} :x a :C ; :p :a, :b .") == {"a = b", "b = a"}
    assert infer(f"{axiom} :x a :D ; :p :a, :b .") == set()


def test_cls_oo(infer: Infer) -> None:
    assert infer(":C owl:oneOf (:a :b) . :c a :D .") == {"a a C", "b a C"}


def test_cax_sco(infer: Infer) -> None:
    assert infer(":A rdfs:subClassOf :B . :B rdfs:subClassOf :C . :x a :A . :y a :C .") == {"x a B", "x a C"}


def test_cax_eqc1_and_cax_eqc2(infer: Infer) -> None:
    assert infer(":A owl:equivalentClass :B . :x a :A . :y a :B . :z a :C .") == {"x a B", "y a A"}


def test_cax_dw(broken: Break) -> None:
    assert broken(":A owl:disjointWith :B . :C rdfs:subClassOf :A . :x a :C, :B .") == {"cax-dw: x a A; x a B"}
    assert broken(":A owl:disjointWith :B . :x a :A . :y a :B .") == set()


def test_cax_adc(broken: Break) -> None:
    axiom = "[] a owl:AllDisjointClasses ; owl:members (:A :B :C) ."
    assert broken(f"{axiom} :x a :A, :C .") == {"cax-adc: x a A; x a C"}
    assert broken(f"{axiom} :x a :A, :D .") == set()


def test_scm_dom1_and_scm_rng1_through_superclasses(infer: Infer) -> None:
    assert infer(":p rdfs:domain :A ; rdfs:range :A . :A rdfs:subClassOf :B . :x :p :y .") == {
        "x a A",
        "x a B",
        "y a A",
        "y a B",
    }


def test_scm_dom2_and_scm_rng2_through_superproperties(infer: Infer) -> None:
    axioms = ":q rdfs:domain :A ; rdfs:range :B . :p rdfs:subPropertyOf :q ."
    assert infer(f"{axioms} :x :p :y .") == {"x q y", "x a A", "y a B"}


def test_scm_eqc2_and_scm_eqp2_mutual_inclusion_is_equivalence(infer: Infer) -> None:
    assert infer(":A rdfs:subClassOf :B . :B rdfs:subClassOf :A . :x a :A . :y a :B .") == {"x a B", "y a A"}
    assert infer(":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p . :x :p :y . :y :q :x .") == {"x q y", "y p x"}


def test_scm_svf1_between_restrictions(infer: Infer) -> None:
    axioms = """:C owl:onProperty :p ; owl:someValuesFrom :A . :D owl:onProperty :p ; owl:someValuesFrom :B .
                :A rdfs:subClassOf :B ."""
    assert infer(f"{axioms} :x a :C .") == {"x a D"}


def test_what_is_of_every_class_is_not_written(infer: Infer) -> None:
    assert infer(":p rdfs:domain owl:Thing . :A rdfs:subClassOf owl:Thing . :x a :A ; :p :y .") == set()


def test_a_superclass_of_thing_reaches_what_is_stated_to_be_a_thing(infer: Infer) -> None:
    assert infer("owl:Thing rdfs:subClassOf :C . :x a owl:Thing . :p rdfs:domain owl:Thing . :y :p :x .") == {
        "x a C",
        "y a C",
    }
