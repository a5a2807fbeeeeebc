"""Frames of titles: their makers, values, likeness and books, the titles of somebody, characters by their occupation."""

from __future__ import annotations

from collections.abc import Iterator

from castgraph.asking.frame import AUX, BE, EPISODES, WORKS, Frame, frame, one_of

_MAKERS = {
    "director": ("direct directs directed directing director directors direction directorial helmed helm helms", "chair"),
    "writer": ("write writes wrote written writing writer writers screenwriter screenwriters screenplay script scripted penned author authors", ""),
    "producer": ("produce produces produced producing producer producers", ""),
    "narrator": ("narrate narrates narrated narrating narrator narrators narration", "voice voices"),
}  # fmt: skip


def _maker_frames() -> Iterator[Frame]:
    for relation, (cues, more) in _MAKERS.items():
        made = one_of(cues)
        once = (rf"{made}(?!.*(?<!\w){made}(?!\w))",)
        yield frame(
            "W",
            f"{cues} {more}",
            (*once, "(?:who|whos|whom|whose|which|what|whats|name|names|by)"),
            f"(list (of {relation} $W))",
            (
                rf"{BE} (?:been )?{made}d(?!.*\bby\b)", rf"{AUX} W", rf"W (?:has|had|have|{AUX}) (?:been )?{made}", rf"W {made}(?:s|ed)(?! by)",
                rf"{BE} (?:been )?(?:directed|written|produced|narrated|scripted|penned)(?!.*\bby\b)", r"W (?:and|for|from|as) ",
                rf"{made} (?:from|as|that|who|and) ", r"that W", r"for (?:who|whom|which|what)", rf"{made}.* (?:did|does|do|has|have|had)(?!\w)",
            ),
        )  # fmt: skip
        for class_, nouns in WORKS.items():
            yield frame(
                "P",
                f"{cues} {nouns}",
                (*once, one_of(nouns)),
                f"(list (and (all {class_}) (with {relation} $P)))",
                (
                    r"(?:who|whom|whose|whos)",
                    rf"{made} P",
                    r"P (?:and|for|from) ",
                    rf"{made} (?:in|from|on|to|as) ",
                    r"(?:and|from|as) ",
                ),
            )


def _value_frames() -> Iterator[Frame]:
    aired = "air aired airs airing premiere premiered premieres debut debuted broadcast shown start started starting begin began launched"
    asked = (
        ("(value first-aired $W)", f"when date day first originally tv television episode part {aired}", ("(?:when|date|day)", one_of(f"tv television {aired}"))),
        ("(value release-year $W)", "year released release come came out made produced", ("year",)),
        ("(list (of channel $W))", f"where channel channels network networks station broadcaster tv television see seen watch ran run carried screened {aired} you i we could can",
         (one_of("channel channels network networks station broadcaster"),)),
        ("(list (of country $W))", "country countries made produced production come comes origin originate", ("(?:country|countries)",)),
        ("(list (of language $W))", "language languages spoken speak", ("languages?",)),
        ("(list (of genre $W))", "genre genres belong belongs fall falls under to into category type film movie series show", ("genres?",)),
        ("(list (of company $W))", "company companies studio studios production made produced make makes behind", (one_of("company companies studio studios"),)),
        ("(value rating $W)", "rating rate rates rated score scored imdb users user viewers get got how high highly", (one_of("rating rate rates rated score scored"),)),
        ("(value running-time $W)", "running time runtime length duration minutes how long many run runs last lasts whole full entire", ("(?:running time|runtime|length|duration|minutes|how long(?! has| have))",)),
        ("(value episodes $W)", f"how many number count consist consists comprise comprises make makes up made split divided into shown {EPISODES} parts instalments installments",
         ("(?:how many|number of|count)", one_of(f"{EPISODES} parts instalments installments"))),
        ("(value alternative-title $W)", "other another alternative alternate different title titles also known under go goes",
         ("(?:other|another|alternative|alternate|different|also)", "(?:titles?|names?|known|called)")),
        ("(awards (and (of nomination $W) (all win)))", "award awards prize prizes win won wins receive received get got", ("(?:awards?|prizes?)", "(?:won|win|wins|receive|received|get|got)")),
        ("(awards (of nomination $W))", "award nominated nomination nominations get got receive received list", ("nominat(?:ed|ions?)",)),
        ("(value story-year $W)", "when year set story take takes place happen happens", ("(?:when|year)", "(?:set|story|takes? place)")),
    )  # fmt: skip
    for meaning, words, cues in asked:
        yield frame(
            "W",
            words,
            cues,
            meaning,
            (
                r"(?:who|whom|whose|he|she|him|her|guy|person|man)",
                r"W (?:and|from|as|by) (?!what|which)",
                r"(?<!first )(?:episode|part)(?= .*(?:air|show|broadcast))",
            ),
        )


def _title_frames() -> Iterator[Frame]:
    for class_, nouns in WORKS.items():
        cue = (one_of(nouns),)
        never = (r"(?:who|whom|whose|whos|he|she)", r"(?:and|by|as|for) ")
        nouns = f"{nouns} what" if class_ == "title" else nouns
        cue = (one_of(nouns),)
        yield frame(
            "C",
            f"{nouns} appear appears appeared",
            (*cue, "(?:in|from|of|appears?|appeared)"),
            f"(list (and (all {class_}) (with has-character $C)))",
            never,
        )
        yield frame(
            "P",
            f"{nouns} appear appears appeared act acts acted acting star stars starring starred part turn turns up to seen",
            (*cue, "(?:in|part of|appears?|appeared|act|acts|acted|acting|stars?|starring|starred)"),
            f"(list (and (all {class_}) (with cast-member $P)))",
            (*never, "(?<!part )of", "part (?!of)"),
        )
        shown = "air airs aired show showed shows shown broadcast broadcasts screen screened run ran carry carried"
        yield frame("P", f"{nouns} {shown} channel network", (one_of(nouns), one_of(shown)), f"(list (and (all {class_}) (with channel $P)))",
                     (r"(?:who|whom|whose|whos|he|she)", r"(?:and|as|for|from)", rf"^{one_of(shown)} "))  # fmt: skip


def _claim_frames() -> Iterator[Frame]:
    for relation, (cues, _) in _MAKERS.items():
        made = one_of(cues)
        yield frame(
            "PW",
            f"{cues} right correct true yes isnt isn't wasnt wasn't didnt didn't doesnt doesn't",
            (rf"{made}(?!.*(?<!\w){made}(?!\w))",),
            f"(holds (and $P (of {relation} $W)))",
            (r"(?:who|whom|what|which|whose|whos|whats|names?|called|named)", rf"W (?:has |had |was |is )?{made}(?! by)", rf"{made} P", r"by W", r"(?:and|for|from|as) ",
             r"(?:didnt|didn't|isnt|isn't|wasnt|wasn't|doesnt|doesn't) (?:direct|write|produce|narrate|the|a|be)", rf"{made} (?:in|on) W"),
        )  # fmt: skip


_LIKE = (
    frame(
        "W",
        "like similar anything something else other more titles films movies series shows title things show film movie recommend recommendations suggest "
        "suggestions are there any some alike comparable",
        (r"(?:like (?:W|it|that)|similar|alike|comparable|recommend\w*|suggest\w*)", r"(?:what|which|anything|something|else|other|more|any|some|recommend\w*|suggest\w*|titles|films|movies|things|shows)"),
        "(similar $W (all title))",
        (r"(?:films?|movies?|series|shows?)", r"(?:who|whom|whose|he|she|him|her|his|person|man|guy|one|name|names|called)", r"(?:do|does|did|has|have|had) ", r"W (?:and|for|from|by|as|like) "),
    ),
    *(
        frame(
            "WP",
            "like similar anything something else other title titles thing things make made makes making direct directed directs director do that",
            (r"(?:like W|similar)", cue),
            f"(similar $W (with {relation} $P))",
            (r"(?:who|whom|whose)", r"(?:he|she|him|her)", r"W (?:and|for|from|as|like) ", r"P (?:and|for|from|as|like) "),
        )
        for relation, cue in (("director", r"(?:ma[dk]es?|making|direct\w*|by P)"),)
    ),
)  # fmt: skip
_BOOKS = (
    frame("B", "book novel write wrote written writes author authors writer by", (r"(?:wr\w+|authors?)",), "(list (of author $B))",
           (r"B (?:wr\w+|and|for|from|as)(?! by)", r"(?:he|she|for|from|with|in)")),
)  # fmt: skip


_OTHERS = (
    frame("O", "called works working work job", (r"(?:who|what|name|called|one|which)",), "(list $O)", (r"(?:and|or|from|to|has|have|had|did|does|do|by|for) ",)),
    frame("C", "work works working job profession occupation living trade", (r"(?:job|profession|occupation|work|works|working|living|trade)", r"what"),
           "(value occupation $C)", (r"(?:who|whom|whose|which)", r"(?:with|on|in) ", r"C (?:and|for|from|of|as)")),
    frame("P", "director directors directed under", (r"(?:P 's directors?|directors? of P|directed P|P.* directed by)", r"(?:who|whom|what|name)"),
           "(list (of director (with cast-member $P)))", (r"(?:what|which) (?!director|is|was)", r"P directed", r"(?:and|from|as|for) ")),
)  # fmt: skip


FRAMES = (*_OTHERS, *_claim_frames(), *_LIKE, *_BOOKS, *_maker_frames(), *_value_frames(), *_title_frames())
"""The frames of titles."""
