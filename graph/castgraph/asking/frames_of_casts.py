"""Frames of casts: who played whom, whole casts, in how many episodes, who with whom and in what."""

from __future__ import annotations

from castgraph.asking.frame import ACTOR, AUX, BE, EPISODES, PLAY, PLAYS, ROLE, WORKS, frame, one_of

_HE = "(?:he|she|it|they)"
_CAST_AS = "responsible engaged hired chosen picked selected signed cast gets took takes landed lands gave gives voice voices voiced face"
_PERFORMER = frame(
    "C?WK",
    f"{PLAY} {ACTOR} {_CAST_AS} got get to role part character",
    (rf"(?:{one_of(f'{PLAY} actor actors performer performers player actress')}|who (?:was|is)? ?{one_of(_CAST_AS)}|did (?:that|this|him|her|it))",),
    "(list (of performer (performances character=$C work=$W work=$K)))",
    (
        rf"{AUX} C", r"by C", rf"(?:which|what) {one_of(ROLE)}", rf"C {PLAYS}(?! by)", rf"C (?:has|had|{BE}) (?:been |being )?{PLAYS}(?! by)",
        rf"{_HE} {PLAYS}(?! by)", r"(?:and|or) (?:who|which|what|whom)", r"to (?:who|whom|which|C)", r"cast (?!as|for|to|in)", r"cast in C",
        r"(?<!was )(?<!is )(?<!were )(?<!got )(?:engaged|hired|chosen|picked|selected|signed|responsible|cast)", r"responsible (?!for (?:playing|portraying|acting))", rf"C {AUX}", rf"{PLAYS} (?:in|on|for|as)? ?$", rf"{PLAYS} (?:for|from|on|of) C", rf"{PLAYS} in C",
        r"C (?:and|as|for|from|of) ",
    ),
)  # fmt: skip
_ROLES = frame(
    "P?WK",
    f"{PLAY} {ROLE} given got get cast or give they",
    (rf"(?:{one_of(f'{PLAY} {ROLE}')}|(?:who|what|which one) (?:is|was|'s) P.* [WK]|P (?:is|was) (?:who|which|what).* [WK]|[WK],? who (?:is|was) P)", one_of(f"who whom what which whos whats {ROLE}")),
    "(list (of character (performances performer=$P work=$W work=$K)))",
    (
        rf"{PLAYS} P", r"as P", r"(?:in|for|on|to|with|from|of|as)$", r"(?:in|for|on) (?:what|which|whom|who)(?! (?:role|part))",
        rf"(?:who|that|which|what|one|guy|person|man) {PLAYS}(?!.*\bby\b)", rf"{PLAYS} (?:for|to|on|from|of) ", r"P (?:and|of|for|from) ",
        rf"W {PLAYS}", r"cast (?!as)", r"(?:to|from) (?:who|whom)", r"(?:who|that|whom) (?:got|get|given)", r"P.* by(?! P)",
    ),
)  # fmt: skip
_IS_SO = frame(
    "PC?W",
    f"{PLAY} {ACTOR} role part character right correct true yes isnt isn't wasnt wasn't didnt didn't doesnt doesn't",
    (r"(?:P.*C|C.*P)", rf"(?:is|was|'s|thats|as|role|part|{one_of(f'{PLAY} {ACTOR}')})"),
    "(holds (performances performer=$P character=$C work=$W))",
    (
        r"(?:whom|what|which|whose|whos|whats)", r"(?<!one )(?<!actor )(?<!guy )(?<!man )(?<!person )(?<!P )(?:who)", rf"C {PLAYS}(?! by)",
        rf"{PLAYS} P", r"by C", rf"{AUX} C", rf"C (?:has|had|have) {PLAYS}", rf"(?:has|had|have) (?!{PLAYS}|the role|the part|been)", r"P (?:and|or|for|from|of|in|on|by) C", r"C (?:and|for|from|of|in|on) P",
        r"C.* as P", r"name|names|called|named", r"(?:didnt|didn't|isnt|isn't|wasnt|wasn't|doesnt|doesn't) (?:play|the|a|be)",
    ),
)  # fmt: skip
_EPISODES_WITH = tuple(
    frame(
        f"{letter}?W",
        f"how many number count often times {EPISODES} appear appears appeared appearing act acts acted credited feature features featured "
        "star starred seen show shows up play plays played",
        (r"(?:how many|number of|count)", one_of(EPISODES)),
        f"(count-episodes (performances {role}=${letter} work=$W))",
        (
            rf"{letter} (?:and|for|from|of) ",
            r"many (?!ep)",
            r"(?:who|whom|which|what|whose)(?! (?:is|was|'s) the number)",
        ),
    )
    for letter, role in (("C", "character"), ("P", "performer"))
)

_COACT = f"{PLAY} work works worked star stars starred starring appear appears appeared together share shares shared screen scene"
_FILMS = "film films movie movies title titles series show shows"
_CASTS = (
    frame(
        "W",
        f"{PLAY} actors performers stars cast people star starred appear appears appeared main lead leading principal hear heard see seen can you i we "
        "watch faces all everyone everybody list full whole",
        (one_of(f"actors performers stars cast who whos people faces everyone everybody {PLAY}"),
         rf"(?:actors|performers|stars|(?:full|the|whole|main|W(?: 's)?|W,?) cast|cast (?:of|list|in)|{PLAYS} in|in W.* {PLAYS}|(?:see|hear|seen|appears?|appeared|star) in|(?:people|faces|everyone|everybody).* in)"),
        "(list (of cast-member $W))",
        (r"W (?:and|for|from|by|as) ", rf"W {PLAYS}", r"(?:did|does|do) W", r"(?:what|which) (?:do|does|did|is|was|names?|one)", r"whose|he|she|his|her|him", r"by ", r"(?:full|whole) (?!cast)", r"called|named", r"who (?:cast|the)", rf"{PLAYS} W", r"(?:is|was|are|were) W",
         r"(?:for|from|on|as|of|to)$", rf"{PLAYS} (?!in|there)", r"people (?:in|of) W (?:see|watch)", r"W(?: 's)? people", r"(?:see|watch|hear)(?:s)? W", r"who (?:can|do)? ?(?:see|watch|hear)(?:s)? in(?! W)",
         r"^who (?:sees?|seen|watch|hear|heard)", r"names? (?:of|for) W", r"cast W", r"cast (?:by|for|as)", r"people (?:can )?(?:see|watch|hear)"),
    ),
    frame(
        "W",
        f"{PLAY} actors performers cast everyone {ROLE} each all everybody list with along together",
        (one_of("actors performers cast who everyone everybody"), rf"(?:and|(?:along |together )?with) (?:the |their |which |what |all )*{one_of(ROLE)}|(?:and|which|what|whom|who) (?:who|whom|what|which)?.*{PLAYS}"),
        "(pairs (performances work=$W))",
        (r"W (?:and|with) W", rf"{PLAYS} W", r"(?:did|does) W", r"by ", r"he|she|his|her|him", r"(?:for|from|on|as|of|to)$", r"^(?:which|what) (?:actors|performers|cast) (?:is|was|are|were|in|of|from|on)", rf"who {PLAYS} in W$",
         rf"^(?:what|which|whom)(?! {one_of('actors performers')})"),
    ),
    frame(
        "W",
        "characters character figures people story plot appear appears appeared all every each list there",
        (r"(?:characters|figures|character names|people in the story)",),
        "(list (of character (performances work=$W)))",
        (r"who(?! (?:are|is|'s) |$)", r"W (?:and|for|from|by|as) ", r"by|whose|his|her", r"(?:for|from|on|as|of|to)$", r"one|guy|man"),
    ),
    *(
        frame(
            f"P{second}",
            f"{_COACT} {_FILMS} with alongside opposite next beside costars costar co-stars co-star co stars else other others actors actor cast people to",
            (r"(?:with|alongside|opposite|beside|next to|together|co-?stars?|co stars?|else.* in|share[sd]?)", r"(?:who|whom|whos|actors?|people|co-?stars?|cast)"),
            meaning,
            (r"(?:what|which) (?:film|movie|title|series|show|role)", r"P (?:and|for|from|by|as) ", r"by ", r"(?:for|from|on|as|of|to)$", r"whose|role", r"^P (?:and|with) (?:who|whom)(?! )", r"(?:next|to) (?!to|P|who|whom)"),
        )
        for second, meaning in (
            ("", "(list (but (of cast-member (with cast-member $P)) $P))"),
            ("W", "(list (but (of cast-member (and $W (with cast-member $P))) $P))"),
        )
    ),
    *(
        frame(
            "PQ",
            f"{_COACT} {nouns} both with alongside same where common to see can i we you",
            (one_of(f"{nouns} where" if class_ == "title" else nouns), r"(?:what|which|name|where|list|title)"),
            f"(list (and (all {class_}) (with cast-member $P) (with cast-member $Q)))",
            (r"(?:who|whom|whose|by|he|she|for|from|as)", r"(?:P|Q) (?:or|of)"),
        )
        for class_, nouns in WORKS.items()
    ),
    frame(
        "WV",
        f"{PLAY} actor actors performer performers people cast casts appear appears appeared star stars starred both also too common share shares link links well",
        (r"(?:both|also|common|shares?|links?|too|well)", one_of("who whos actor actors performer performers people cast casts")),
        "(list (and (of cast-member $W) (of cast-member $V)))",
        (r"(?:by|for|from|his|her|whose|part)", r"(?:W|V) (?:or|as (?!well|an actor))"),
    ),
)  # fmt: skip

FRAMES = (_PERFORMER, _ROLES, _IS_SO, *_EPISODES_WITH, *_CASTS)
"""The frames of casts."""
