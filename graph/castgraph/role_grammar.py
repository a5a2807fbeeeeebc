"""The grammar of printed roles: regular expressions read both by Python and, as RE2, by the engine of the catalogues."""

from __future__ import annotations

NOTE = (
    r"(?:(?:[a-z]+ )?voices?|archiv(?:e|al) (?:footage|sounds?|audio|photos?)|narrator)(?::? [^(),]+)?"
    r"|archive|uncredited|unconfirmed|rumou?red|credit only|scenes deleted|unknown episodes|segments? [^()]+"
    r"|cameo(?: appearance)?|(?:special|guest) (?:appearance|performance)|voice[- ]?over"
)
"""What parentheses may say of a role without being part of the character's name."""
SELF = "self|himself|herself|themselves|themself"
"""What a credit calls somebody who appears as themselves."""
VOICES = (
    r"(?:additional |various )?voices?(?: (?:cast|actor|actress|talent))?|voice[- ]?over(?: (?:artist|actor|actress))?"
)
"""Roles that say how somebody was heard, and name no character."""
NOBODY = rf"(?:{VOICES}|extras?|cameo(?: appearance)?|(?:special|guest) appearance)"
"""Roles that name no character."""
NARRATOR = rf"(?:(?:{SELF})\s+-\s+)?(?:co-)?narrator(?:\s*\([^()]*\))*"
"""What a credit calls a plain narrator."""
