"""The formats results are written in. Each knows its media type, file extension and IRI."""

from __future__ import annotations

from enum import Enum

from pyoxigraph import QueryResultsFormat, RdfFormat


class Format(Enum):
    """A format for query results (SELECT, ASK) or for graphs (CONSTRUCT, DESCRIBE, data files).

    The IRIs are those of https://www.w3.org/ns/formats/, which a service description names.
    """

    JSON = ("json", "application/sparql-results+json", ("application/json",), QueryResultsFormat.JSON)
    XML = ("xml", "application/sparql-results+xml", ("application/xml", "text/xml"), QueryResultsFormat.XML)
    CSV = ("csv", "text/csv", (), QueryResultsFormat.CSV)
    TSV = ("tsv", "text/tab-separated-values", (), QueryResultsFormat.TSV)
    TURTLE = ("ttl", "text/turtle", ("application/x-turtle",), RdfFormat.TURTLE)
    N_TRIPLES = ("nt", "application/n-triples", ("text/plain",), RdfFormat.N_TRIPLES)
    RDF_XML = ("rdf", "application/rdf+xml", ("application/xml", "text/xml"), RdfFormat.RDF_XML)
    JSON_LD = ("jsonld", "application/ld+json", ("application/json",), RdfFormat.JSON_LD)

    def __init__(
        self, extension: str, media_type: str, aliases: tuple[str, ...], codec: QueryResultsFormat | RdfFormat
    ) -> None:
        self.extension = extension
        self.media_type = media_type
        self.aliases = aliases
        self.codec = codec

    @property
    def iri(self) -> str:
        """The format's IRI, as a service description names it."""
        return self.codec.iri

    @property
    def content_type(self) -> str:
        """The ``Content-Type`` header: the media type, with its charset where the type has one."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type

    @property
    def is_graph(self) -> bool:
        """True for formats of graphs, False for formats of query results."""
        return isinstance(self.codec, RdfFormat)

    @classmethod
    def of_extension(cls, extension: str) -> Format | None:
        """The format of a file ending or short name, or None.

        >>> Format.of_extension("ttl"), Format.of_extension("exe")
        (<Format.TURTLE>, None)
        """
        return next((format_ for format_ in cls if format_.extension == extension.lower()), None)

    def __repr__(self) -> str:
        return f"<Format.{self.name}>"


RESULT_FORMATS = tuple(format_ for format_ in Format if not format_.is_graph)
GRAPH_FORMATS = tuple(format_ for format_ in Format if format_.is_graph)
