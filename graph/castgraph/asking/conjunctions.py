"""Yes/no questions about several things at once: “Did A and B play X?” is so where it is so of each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from castgraph.answers import Answer, Reply, Status, basis_of_all
from castgraph.asking.meanings import Expression, Meaning, Name
from castgraph.asking.notes import listed


def claims(question: Expression) -> tuple[Expression, ...]:
    """The claims that a yes/no question makes, one for each thing that “and” joins in it; itself where it makes one.

    “Is there a title with A and B?” is one claim, of one title that has both. “Is X with A and B?” makes two.

    >>> a, b, x = Name("person", 1, 2), Name("person", 3, 4), Name("character", 5, 6)
    >>> played = Expression("performances", (), (("performer", Expression("both", (a, b))), ("character", x)))
    >>> [str(dict(one.arguments[0].named)["performer"]) for one in claims(Expression("holds", (played,)))] == [str(a), str(b)]
    True
    """
    return tuple(Expression(question.operator, (one,)) for one in _each(question.arguments[0], is_one=False))


def _each(meaning: Meaning, *, is_one: bool) -> Iterator[Meaning]:
    """A meaning with one of the joined things at a time; ``is_one``: it speaks of a thing that is named."""
    if not isinstance(meaning, Expression) or meaning.operator == "or":
        yield meaning
        return
    if meaning.operator == "both":
        for part in meaning.arguments:
            yield from _each(part, is_one=is_one)
        return
    if meaning.operator == "with" and not is_one and meaning.arguments[0] != "participant":
        yield meaning  # whatever it is, it has to be with all of them
        return
    named = is_one or (meaning.operator == "and" and any(_is_named(one) for one in meaning.arguments))
    positional = [tuple(_each(one, is_one=named)) for one in meaning.arguments]
    by_name = [tuple(_each(one, is_one=named)) for _, one in meaning.named]
    for chosen in product(*positional, *by_name):
        arguments, values = chosen[: len(positional)], chosen[len(positional) :]
        yield Expression(
            meaning.operator, arguments, tuple((key, one) for (key, _), one in zip(meaning.named, values, strict=True))
        )


def _is_named(meaning: Meaning) -> bool:
    if isinstance(meaning, Expression) and meaning.operator in ("both", "or", "and"):
        return any(_is_named(one) for one in meaning.arguments)
    return isinstance(meaning, Name)


def joined_in(meaning: Meaning) -> Iterator[Name]:
    """The names that “and” joins in a meaning, but for those that one thing has to be with all of."""
    if not isinstance(meaning, Expression) or meaning.operator in ("with", "or"):
        return
    for part in (*meaning.arguments, *(one for _, one in meaning.named)):
        if meaning.operator == "both" and isinstance(part, Name):
            yield part
        else:
            yield from joined_in(part)


def joined(reading: str, replies: Sequence[Reply]) -> Reply:
    """The reply to a question from those to its claims: “no” where one is not so, “yes” where each is."""
    chosen = next((one for one in replies if one.status not in (Status.ANSWERED, Status.UNKNOWN)), None)
    if chosen is not None:
        return chosen
    sparql = "\n\n".join(dict.fromkeys(one.sparql for one in replies if one.sparql))
    denied = [(one, one.answers[0]) for one in replies if one.answers and one.answers[0].label == "no"]
    so = [one for one in replies if one.answers and one.answers[0].label == "yes"]
    if denied:
        notes = "; ".join(f"{_readings([one])}: {answer.note or 'no'}" for one, answer in denied)
        return _answered(reading, "no", [answer for _, answer in denied], notes, sparql)
    if len(so) == len(replies):
        return _answered(reading, "yes", [one.answers[0] for one in so], None, sparql)
    told = f"The sources say so of {_readings(so)}. " if so else ""
    untold = _readings([one for one in replies if one not in so])
    message = f"{told}No source says so of {untold}, and none says otherwise."
    return Reply("", Status.UNKNOWN, reading, sparql=sparql, message=message)


def _readings(replies: Sequence[Reply]) -> str:
    return listed([(one.reading or "").removeprefix("whether there are ") for one in replies])


def _answered(reading: str, label: str, answers: Sequence[Answer], note: str | None, sparql: str) -> Reply:
    basis = basis_of_all(answer.basis for answer in answers)
    sources = tuple(dict.fromkeys(source for answer in answers for source in answer.sources))
    rule = next((answer.rule for answer in answers if answer.rule), None)
    answer = replace(answers[0], label=label, basis=basis, sources=sources, note=note, rule=rule)
    return Reply("", Status.ANSWERED, reading, (answer,), sparql=sparql)
