"""Who wrote a text: a phone by itself, a child; and which of its words are a copy of our own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from appliance.domain.wording import folded

_OPENING = "[\"'\u201c\u201d\u201e\u2018\u00ab]"
_REACTIONS = (
    r"liked|loved|disliked|laughed at|emphasi[sz]ed|questioned",
    r"reacted .{1,12} to|.{1,12} to(?= ?[\"\u201c\u201d\u00ab])",
    r"removed (?:an?|the) [\w ]{1,24} from",
    r"(?:no )?le (?:gusto|gusta|encanto|encanta|dio risa)|se rio de|enfatizo|cuestiono",
    r"(?:ha )?reaccionado .{1,12} a|reacciono (?:con )?.{1,12} a",
    r"(?:elimino|quito) [\w ]{1,32} de|marco .{1,24} en",
    r"(?:n')?a (?:pas )?(?:aime|adore|ri de|rigole de|souligne|mis en (?:evidence|question)|questionne)",
    r"a reagi (?:avec |par )?.{1,12} a|a (?:supprime|retire) [\w' ]{1,32} de",
)
_SHOWN_THING = r"an? (?:image|photo|message|movie|attachment)\b"
_REACTION = re.compile(rf"^(?:{'|'.join(_REACTIONS)}) ?(?:{_OPENING}|{_SHOWN_THING})")
_AUTO_REPLY = re.compile(
    r"""^[\W_]*(?:
      auto(?:matic|mated)?[ -]?(?:reply|response|message)\b
    | auto\s*:
    | (?:this\ is\ an?|sent\ as\ an?)\ auto(?:mated|matic)?[ -]?(?:reply|response|message)
    | out\ of\ (?:the\ )?office\b
    | i(?:'m|\ am)\ (?:currently\ )?(?:out\ of\ (?:the\ )?office|on\ vacation|on\ leave)\b
    | i(?:'m|\ am)\ (?:currently\ )?driving\b
    | i(?:'m|\ am)\ not\ receiving\ notifications
    | (?:the|this)\ (?:number|person|mailbox|subscriber)\b.{0,60}
      \b(?:not\ (?:accept|receiv|monitor)|cannot\ receive|unable)
    | (?:mensaje|respuesta)\ auto(?:matic[ao])?\b
    | (?:ahora\ )?estoy\ (?:conduciendo|manejando)\b
    | (?:estoy\ )?fuera\ de\ (?:la\ )?oficina\b
    | no\ recibo\ notificaciones
    | (?:message|reponse)\ automatique\b
    | je\ (?:conduis|suis\ (?:au\ volant|en\ train\ de\ conduire))\b
    | (?:je\ suis\ )?absente?\ du\ bureau\b
    )""",
    re.VERBOSE,
)
_AGE = r"(?:[3-9]|1[0-7])"
_CHILD = re.compile(
    rf"""\b(?:
      i(?:'m|\ am|m)\ (?:only\ |just\ |like\ )?(?:(?:[7-9]|1[0-7])(?=\s*(?:$|[.,!;)]|and\b|but\b|so\b))
        |{_AGE}\s*(?:years?\ old|yrs?\b|y/?o\b))
    | i(?:'m|\ am|m)\ (?:only\ |just\ )?
      (?:a\ (?:kid|child|minor)\b|in\ (?:the\ )?\w{{3,7}}\ grade\b|under\ ?age)
    | this\ is\ (?:a\ child|a\ kid|her\ (?:son|daughter|kid)|his\ (?:son|daughter|kid))\b
    | (?:my|our)\ (?:mom|mum|mommy|mama|dad|daddy|papa|mother|father|parent|grandma|grandpa)'?s'?
      \ (?:cell\ ?|mobile\ )?(?:phone|cell|number|tablet)
    | tengo\ (?:solo\ |apenas\ )?(?:{_AGE}\ (?:anos|anitos)\b|(?:[7-9]|1[0-7])(?=\s*(?:$|[.,!;)])))
    | soy\ (?:(?:un|una)\ )?(?:nino|nina|menor(?:\ de\ edad)?)\b
    | (?:telefono|tel|celular|cel|numero|movil)\ (?:es\ )?de\ mi
      \ (?:mama|mami|madre|papa|papi|padre|abuela|abuelo)\b
    | j'ai\ (?:seulement\ )?{_AGE}\ ans\b
    | je\ suis\ (?:(?:un|une)\ )?(?:enfant|mineure?)\b
    | (?:telephone|tel|portable|numero)\ (?:est\ )?(?:a|de)\ (?:ma|mon)\ (?:mere|maman|pere|papa)\b
    )""",
    re.VERBOSE,
)
_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFE0F, 0xFEFF, 0x00AD])
_SHORTEST_COPY = 12


def _plain(text: str) -> str:
    shown = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).replace("\u2019", "'")
    return re.sub(r"\s+", " ", folded(shown)).strip()


def is_machine(text: str) -> bool:
    """Whether a phone wrote this by itself: a reaction to one of our texts, or an automatic reply."""
    plain = _plain(text)
    return _REACTION.match(plain) is not None or _AUTO_REPLY.match(plain) is not None


def is_child(text: str) -> bool:
    """Whether the writer says to be a child, or to hold a parent's phone."""
    return _CHILD.search(_plain(text)) is not None


def cut_quotes(text: str, own_texts: Sequence[str]) -> str:
    """`text` without copies of our own texts: whole ones anywhere, pieces of them in quotes or after ">".

    Spaces, line ends, case and the kind of quotation mark do not matter. Pieces shorter than 12
    characters stay: a quoted "5" is the resident's.
    """
    result = text
    for own in sorted(own_texts, key=len, reverse=True):
        if len(own.strip()) >= _SHORTEST_COPY:
            result = _copy_of(own).sub(" ", result)
    copies = [_comparable(own) for own in own_texts]
    result = re.sub(
        '([\u201c\u201d\u201e\u00ab"])([^\u201c\u201d\u00bb"]+)([\u201c\u201d\u00bb"])',
        lambda found: found[0] if _is_residents(found[2], copies) else f"{found[1]}{found[3]}",
        result,
    )
    lines = [
        line
        for line in result.split("\n")
        if not (line.lstrip().startswith(">") and (_is_piece(line, copies) or not line.strip("> \t")))
    ]
    return "\n".join(re.sub(r"[ \t]+", " ", line).strip() for line in lines).strip()


def _is_residents(quoted: str, copies: Sequence[str]) -> bool:
    return bool(quoted.strip()) and not _is_piece(quoted, copies)


def _copy_of(own: str) -> re.Pattern[str]:
    parts = (re.escape(part) for part in own.split())
    return re.compile(r"\s+".join(parts), re.IGNORECASE)


def _comparable(text: str) -> str:
    return re.sub(r"[^\w]+", " ", _plain(text)).strip()


def _is_piece(piece: str, copies: Sequence[str]) -> bool:
    bare = _comparable(piece)
    return len(bare) >= _SHORTEST_COPY and any(bare in copy for copy in copies)
