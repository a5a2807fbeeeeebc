"""One test, or more, for each rule of tables 4 and 5 (OWL 2 Profiles, section 4.3), named for it."""

from __future__ import annotations

from .conftest import Break, Infer


def test_eq_sym_and_eq_trans_join_a_clique(infer: Infer) -> None:
    assert infer(":a owl:sameAs :b . :b owl:sameAs :c .") == {"b = a", "c = b", "a = c", "c = a"}


def test_eq_ref_adds_nothing(infer: Infer) -> None:
    assert infer(":a :p :b .") == set()


def test_eq_rep_s_o_and_p_copy_triples_to_equals(infer: Infer) -> None:
    assert infer(":a owl:sameAs :b . :a :name 'Ana' . :x :knows :a .") == {"b = a", 'b name "Ana"', "x knows b"}
    assert infer(":p owl:sameAs :q . :x :p :y .") == {"q = p", "x q y"}


def test_eq_rep_carries_a_triple_that_only_equality_joins(infer: Infer) -> None:
    found = infer(":p a owl:TransitiveProperty . :x :p :a . :a owl:sameAs :b . :b :p :y .")
    assert found == {"b = a", "x p b", "a p y", "x p y"}


def test_eq_diff1_two_things_equal_and_different(broken: Break) -> None:
    assert broken(":a owl:sameAs :b ; owl:differentFrom :b .") == {"eq-diff1: a = b"}
    assert broken(":a owl:sameAs :b ; owl:differentFrom :c .") == set()


def test_eq_diff2_members_of_all_different(broken: Break) -> None:
    assert broken("[] a owl:AllDifferent ; owl:members (:a :b :c) . :c owl:sameAs :a .") == {"eq-diff2: a = c"}
    assert broken("[] a owl:AllDifferent ; owl:members (:a :b :c) . :c owl:sameAs :d .") == set()


def test_eq_diff3_distinct_members(broken: Break) -> None:
    assert broken("[] a owl:AllDifferent ; owl:distinctMembers (:a :b) . :b owl:sameAs :a .") == {"eq-diff3: a = b"}
    assert broken("[] a owl:AllDifferent ; owl:distinctMembers (:a :b) .") == set()


def test_prp_dom(infer: Infer) -> None:
    assert infer(":p rdfs:domain :C . :x :p :y . :z :q :y .") == {"x a C"}


def test_prp_dom_of_a_literal_value(infer: Infer) -> None:
    assert infer(":p rdfs:domain :C . :x :p 'v' . :z :q 'v' .") == {"x a C"}


def test_prp_rng(infer: Infer) -> None:
    assert infer(":p rdfs:range :C . :x :p :y, 'v' . :x :q :z .") == {"y a C"}


def test_prp_fp(infer: Infer) -> None:
    assert infer(":p a owl:FunctionalProperty . :x :p :a, :b . :y :p :c . :x :q :d .") == {"a = b", "b = a"}


def test_prp_ifp(infer: Infer) -> None:
    assert infer(":p a owl:InverseFunctionalProperty . :a :p :x . :b :p :x . :c :p :y .") >= {"a = b", "b = a"}
    assert infer(":p a owl:InverseFunctionalProperty . :a :p :x . :b :p :y .") == set()


def test_prp_ifp_of_a_literal_value(infer: Infer) -> None:
    assert infer(":p a owl:InverseFunctionalProperty . :a :p 'x' . :b :p 'x' . :c :p 'x'@en .") == {"a = b", "b = a"}


def test_prp_irp(broken: Break) -> None:
    assert broken(":p a owl:IrreflexiveProperty . :x :p :x . :y :p :z .") == {"prp-irp: x p x"}
    assert broken(":p a owl:IrreflexiveProperty . :y :p :z .") == set()


def test_prp_symp(infer: Infer) -> None:
    assert infer(":p a owl:SymmetricProperty . :x :p :y . :x :q :z .") == {"y p x"}


def test_prp_asyp(broken: Break) -> None:
    assert broken(":p a owl:AsymmetricProperty . :x :p :y . :y :p :x .") == {
        "prp-asyp: x p y; y p x",
        "prp-asyp: y p x; x p y",
    }
    assert broken(":p a owl:AsymmetricProperty . :x :p :y . :y :q :x .") == set()


def test_prp_trp(infer: Infer) -> None:
    assert infer(":p a owl:TransitiveProperty . :a :p :b . :b :p :c . :c :p :d . :d :q :e .") == {
        "a p c",
        "a p d",
        "b p d",
    }


def test_prp_spo1(infer: Infer) -> None:
    assert infer(":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r . :x :p :y . :z :r :y .") == {"x q y", "x r y"}


def test_prp_spo1_of_a_literal_value(infer: Infer) -> None:
    assert infer(":p rdfs:subPropertyOf :q . :x :p '05'^^xsd:integer .") == {'x q "05"^^xsd:integer'}


def test_prp_spo1_below_rdf_type_and_same_as(infer: Infer) -> None:
    assert infer(":kind rdfs:subPropertyOf rdf:type . :C rdfs:subClassOf :D . :x :kind :C .") == {"x a C", "x a D"}
    assert infer(":is rdfs:subPropertyOf owl:sameAs . :x :is :y ; :q :z .") == {
        "x = y",
        "y = x",
        "x is x",
        "y is x",
    } | {
        "y is y",
        "y q z",
    }


def test_prp_spo2_joins_two_steps(infer: Infer) -> None:
    axiom = ":uncle owl:propertyChainAxiom (:parent :brother) ."
    assert infer(f"{axiom} :a :parent :b . :b :brother :c . :d :brother :e .") == {"a uncle c"}


def test_prp_spo2_joins_chains_of_any_length(infer: Infer) -> None:
    for length in range(1, 7):
        chain = " ".join(f":p{step}" for step in range(length))
        path = " ".join(f":x{step} :p{step} :x{step + 1} ." for step in range(length))
        axiom = f":far owl:propertyChainAxiom ({chain}) ."
        assert infer(f"{axiom} {path}") == {f"x0 far x{length}"}, length
        assert infer(f"{axiom} {path.replace(f':x{length} .', f':y . :z :p :x{length} .')}") == {"x0 far y"}, length


def test_prp_spo2_ends_in_a_literal(infer: Infer) -> None:
    assert infer(":n owl:propertyChainAxiom (:p :name) . :a :p :b . :b :name 'B' .") == {'a n "B"'}
    assert infer(":n owl:propertyChainAxiom (:p :p :name) . :a :p :b . :b :p :c . :c :name 'C' .") == {'a n "C"'}


def test_prp_spo2_of_a_property_in_its_own_chain_ends(infer: Infer) -> None:
    ring = ":a :p :b . :b :p :c . :c :p :a ."
    everything = {f"{x} p {y}" for x in "abc" for y in "abc"}
    for chain in ("(:p :p)", "(:p :p :p)"):
        assert infer(f":p owl:propertyChainAxiom {chain} . {ring}") == everything - {"a p b", "b p c", "c p a"}


def test_prp_eqp1_and_prp_eqp2(infer: Infer) -> None:
    assert infer(":p owl:equivalentProperty :q . :x :p :y . :z :q 'v' . :x :r :y .") == {"x q y", 'z p "v"'}


def test_prp_pdw(broken: Break) -> None:
    assert broken(":p owl:propertyDisjointWith :q . :x :p :y ; :q :y .") == {"prp-pdw: x p y; x q y"}
    assert broken(":p owl:propertyDisjointWith :q . :x :p 'v' ; :q 'v' .") == {'prp-pdw: x p "v"; x q "v"'}
    assert broken(":p owl:propertyDisjointWith :q . :x :p :y ; :q :z .") == set()


def test_prp_adp(broken: Break) -> None:
    axiom = "[] a owl:AllDisjointProperties ; owl:members (:p :q :r) ."
    assert broken(f"{axiom} :x :p :y ; :r :y .") == {"prp-adp: x p y; x r y"}
    assert broken(f"{axiom} :x :p 'v' ; :r 'v' .") == {'prp-adp: x p "v"; x r "v"'}
    assert broken(f"{axiom} :x :p :y ; :s :y .") == set()


def test_prp_inv1(infer: Infer) -> None:
    assert infer(":p owl:inverseOf :q . :x :p :y . :x :r :y .") == {"y q x"}


def test_prp_inv2(infer: Infer) -> None:
    assert infer(":p owl:inverseOf :q . :x :q :y . :x :q 'v' .") == {"y p x"}


def test_prp_key_of_one_property_never_joins_different_values(infer: Infer) -> None:
    films = " ".join(f":f{number} a :Film ; :number '{number}' ." for number in range(20))
    assert infer(f":Film owl:hasKey (:number) . {films}") == set()


def test_prp_key_of_one_property(infer: Infer) -> None:
    axiom = ":Film owl:hasKey (:number) ."
    assert infer(f"{axiom} :a a :Film ; :number 1 . :b a :Film ; :number 1 .") == {"a = b", "b = a"}
    assert infer(f"{axiom} :a a :Film ; :number 1 . :b :number 1 .") == set()


def test_prp_key_of_any_number_of_properties(infer: Infer) -> None:
    for count in range(2, 6):
        properties = [f":p{each}" for each in range(count)]
        key = f":Film owl:hasKey ({' '.join(properties)}) ."
        values = " ; ".join(f"{p} {':v' if p == ':p1' else repr(p)}" for p in properties)
        assert infer(f"{key} :a a :Film ; {values} . :b a :Film ; {values} .") == {"a = b", "b = a"}, count
        other = values.replace(repr(properties[-1]), "'other'").replace(":v", ":w")
        assert infer(f"{key} :a a :Film ; {values} . :b a :Film ; {other} .") == set(), count
        missing = values.rpartition(" ; ")[0]
        assert infer(f"{key} :a a :Film ; {values} . :b a :Film ; {missing} .") == set(), count


def test_prp_key_found_through_equality_of_a_value(infer: Infer) -> None:
    found = infer(":C owl:hasKey (:p) . :a a :C ; :p :x . :b a :C ; :p :y . :x owl:sameAs :y .")
    assert found >= {"a = b", "b = a"}


def test_prp_npa1(broken: Break) -> None:
    axiom = "[] owl:sourceIndividual :x ; owl:assertionProperty :p ; owl:targetIndividual :y ."
    assert broken(f"{axiom} :q rdfs:subPropertyOf :p . :x :q :y .") == {"prp-npa1: x p y"}
    assert broken(f"{axiom} :x :p :z .") == set()


def test_prp_npa2(broken: Break) -> None:
    axiom = "[] owl:sourceIndividual :x ; owl:assertionProperty :p ; owl:targetValue 'v' ."
    assert broken(f"{axiom} :x :p 'v' .") == {'prp-npa2: x p "v"'}
    assert broken(f"{axiom} :x :p 'w' .") == set()
