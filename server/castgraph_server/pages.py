"""Pages for people: the first page, answers to questions, and the page of a thing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, redirect, render_template, request

from castgraph.catalog import SavedQuery, saved_queries
from castgraph.iris import FILM, OWL, SCHEMA
from castgraph_server.current import Served, served
from castgraph_server.entity import read_entity
from castgraph_server.links import elsewhere
from castgraph_server.negotiation import GRAPHS, HTML, PLAIN_JSON
from castgraph_server.problems import Problem
from castgraph_server.questions import ask_workers
from castgraph_server.responses import negotiated
from castgraph_server.works import SHOWN_AS_CAST, SHOWN_CREDITS, Role, cast, featured, sources_of

blueprint = Blueprint("pages", __name__)

LONGEST_QUESTION = 500

SHOWN_AT_HOME = 60
"""Credits of the featured work that the first page shows."""

_COUNTED = (
    ("ScreenWork", "titles"),
    ("Person", "people"),
    ("Character", "characters"),
    ("Performance", "performances"),
)
"""The classes whose members the first page counts, and what it calls them."""

SHOWN_AS_LINKS = {OWL + "sameAs", SCHEMA + "sameAs", SCHEMA + "identifier"}
"""Properties that the list of other data sets says better."""


@blueprint.get("/")
def home() -> str:
    """The first page."""
    now = served()
    work = featured(now)
    played = cast(now, work, most=SHOWN_AT_HOME) if work else None
    return render_template(
        "home.html",
        work=now.names.name(work) if work else None,
        work_href=now.names.href(work) if work else None,
        cast=played,
        questions=_questions(now, work, played.roles if played else ()),
        queries=_queries(now),
        counts=_counts(now),
        sources=[_source(now, row) for row in sources_of(now)],
        manifest=now.snapshot.manifest,
    )


@blueprint.get("/ask")
def ask() -> Response | str:
    """An answer with its sources, as a page or as JSON."""
    question = " ".join(request.args.get("q", "").split())
    offer = negotiated((PLAIN_JSON, HTML))
    if not question:
        if offer is HTML:
            return Response(status=302, headers={"Location": "/#ask"})
        raise Problem(400, "Ask with ?q=, for example /ask?q=Who+played+Rick+Erwin%3F")
    if len(question) > LONGEST_QUESTION:
        raise Problem(400, f"The question is longer than {LONGEST_QUESTION} characters.")
    now = served()
    reply = ask_workers(now, question)
    if offer is PLAIN_JSON:
        return jsonify(reply.as_json())
    links = {
        thing.iri: now.names.href(thing.iri)
        for answer in reply.answers
        for thing in (answer, answer.performer, answer.character)
        if thing is not None and thing.iri is not None
    }
    return render_template("ask.html", reply=reply, links=links, graph_href=now.names.href)


@blueprint.get("/page/<path:path>")
def page(path: str) -> Response:
    """The page of a thing: what is said of it, by whom, and on which line."""
    now = served()
    iri = now.iris.thing(path)
    try:
        entity = read_entity(now, iri)
    except ValueError:  # the path makes no IRI
        entity = None
    if entity is None:
        raise Problem(404, f"Nothing is said here of <{iri}>.")
    address, first = quote(path), _place()
    played = cast(now, iri, first)
    if played.credits:
        entity = entity.without(SHOWN_AS_CAST)
    if first and not played.shown:
        raise Problem(404, f"The cast has {played.credits} credits.")
    body = render_template(
        "thing.html",
        entity=entity.without(SHOWN_AS_LINKS),
        links=elsewhere(now, iri),
        cast=played,
        before=max(0, first - SHOWN_CREDITS) if first else None,
        address=f"/page/{address}",
        alternates=[(offer, f"/data/{address}.{offer.name}") for offer in GRAPHS],
    )
    return Response(body, mimetype="text/html")


@blueprint.get("/id/<path:path>")
def identify(path: str) -> Response:
    """The address of a thing itself: sends to its page, or to data where the client asks for RDF."""
    offer = negotiated((HTML, *GRAPHS))
    address = quote(path)
    target = f"/page/{address}" if offer.format is None else f"/data/{address}.{offer.name}"
    return Response(redirect(target, 303).get_data(), 303, {"Location": target}, mimetype="text/html")


def _place() -> int:
    """The place in the cast from which a page shows it."""
    text = request.args.get("from", "0")
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise Problem(400, "`from` is the place of a credit in the cast, from 0.")
    return int(text)


def _queries(now: Served) -> list[SavedQuery]:
    """The saved queries that make sense of the snapshot: of one with tables, those for catalogues."""
    queries = list(saved_queries().values())
    return [one for one in queries if "catalogue" in one.keywords] if now.snapshot.has_tables else queries


def _counts(now: Served) -> list[tuple[str, int]]:
    """How much there is of what people look for, where the build counted it."""
    statistics = now.snapshot.statistics()
    classes = statistics.classes if statistics else {}
    return [(words, classes[FILM + name]) for name, words in _COUNTED if FILM + name in classes]


def _questions(now: Served, work: str | None, roles: tuple[Role, ...]) -> list[str]:
    """Questions the snapshot can answer, made from its own names: one with an answer, one without, one for all."""
    questions: list[str] = []
    known = [(role.character, credit.performer) for role in roles for credit in role.credits
             if role.character and credit.performer]  # fmt: skip
    unknown = [role.character for role in roles
               if role.character and not any(credit.performer for credit in role.credits)]  # fmt: skip
    preferred = [pair for pair in known if pair[0].text == "Rick Erwin"] or known
    if preferred:
        character, performer = preferred[0]
        questions += [f"Who played {character.text}?", f"Who did {performer.text} play?"]
    if work:
        questions.append(f"Who played whom in {now.names.name(work)}?")
    if unknown:
        questions.append(f"Who played {unknown[0].text}?")
    return questions


def _source(now: Served, row: Mapping[str, object]) -> dict[str, object]:
    """A row of the manifest, with the link to the page of its graph; of the file only its name."""
    graph = str(row.get("graph", ""))
    return {**row, "file": PurePath(str(row.get("file", ""))).name, "href": now.names.href(graph) if graph else None}
