"""The locked never-list: matters nobody is texted about, recognised in whatever way CAD writes them.

A false match costs one person a text; a missed one can cost a life. So a stem counts wherever a word begins
("SUICIDEATT", "415DV"), a type that may hide something worse is locked too (welfare check, missing person,
harassment, unknown trouble, misdial), and negation is believed for injuries alone ("NON-INJURY"): a type
"NON-DOMESTIC" was domestic to somebody once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_WORDS: tuple[tuple[str, str], ...] = (
    (
        "domestic",
        r"""
        DV(?:[OPCV]|RO|IP|JO|VIO\w*)?  D V  DOM  DOMES  DOMEST\w*  DOMV\w*  DOMDIS\w*  DOMBAT\w*  DOMAS\w*
        INTIMATE PARTNER\w*  IPV  SPOUS\w*  (?:EX )?(?:BOYFRIEND|GIRLFRIEND|HUSBAND|WIFE)S?
        PARTNER (?:ABUSE|ASSAULT|VIOL\w*)  RELATIONSHIP\w*
        """,
    ),
    (
        "family_violence",
        r"""
        FAM(?:ILY)? ?(?:VIO|DIS|FIGHT|OFF|ASS|ASL|TROUBLE|PROB|MATTER|ARG|QUARREL)\w*  FV  APS
        (?:ELDER|ELDERLY|ADULT|VULNERABLE ADULT|DEPENDENT) ?(?:ABUSE|NEGLECT|EXPLOIT)\w*
        """,
    ),
    (
        "sexual",
        r"""
        SEX  SEXU\w*  SEX(?:OFF|ASL|ASS|AB|CR|BAT)\w*  RAPE\w*  RAPIST  CSC  CSA  CSAM  SVU  SANE EXAM
        MOLEST\w*  SODOM\w*  INCEST\w*  INDEC  INDECEN\w*  LEWD\w*  EXPOSER  EXHIBITIONIS\w*  PEEP\w*
        VOYEUR\w*  FONDL\w*  GROP(?:E|ED|ING)  PROSTIT\w*  PIMP\w*  TRAFFICKING  HUMAN TRAFF\w*
        SEXTORT\w*  PORN\w*
        """,
    ),
    (
        "missing_child",
        r"""
        MISSING ?(?:PER|CHILD|JUV|ADULT|ENDANG|KID|TEEN|GIRL|BOY|SUBJ|FEMALE|MALE|RUN|AT RISK|INFANT|ELDER)\w*
        (?<!\w )MISSING(?! \w)  (?:PERSON|CHILD|JUV\w*|KID|ADULT|SUBJ\w*) MISSING
        MISS(?:G|NG)? ?(?:PER|JUV|CHILD|ADULT)\w*  MISPER\w*  MP  AMBER ALERT  SILVER ALERT  RUN ?AWAY\w*
        (?:LOST|FOUND|ABANDONED|WANDERING|UNATTENDED) (?:CHILD|JUV|KID|TODDLER|INFANT|BABY)\w*
        """,
    ),
    (
        "child",
        r"""
        CHILD\w*  CHLD\w*  INFANT\w*  TODDLER\w*  BABY  CPS  DCFS  DCF  DHS REF\w*
        CUSTODY (?:DISP|INTERF|EXCH|ORDER|BATTLE|ISSUE|PROB|VIOL)\w*  CUSTODIAL\w*  CONTRIBUTING
        ENDANGER(?:ING|MENT)\w*
        """,
    ),
    (
        "suicide",
        r"""
        SUI  SUIC  SUICI\w*  SUICD\w*  SUCID\w*  SUCIC\w*  SUISID\w*  JUMPER  BRIDGE JUMP\w*
        SELF ?(?:HARM|INJ|INFL)\w*  CUTTING SELF
        """,
    ),
    (
        "mental_health",
        r"""
        MENTAL\w*  MENTL  MNTL  MH  MHP  MHH  MHC  MHT  EDP  EMOTION\w* DIST\w*  CRISIS\w*  PSYCH\w*
        BEHAVIORAL\w*  BAKER ?ACT\w*  M ?1 HOLD  302 COMMIT\w*  INVOLUNTARY COMMIT\w*  EMERGENCY DETENTION
        CIT (?:CALL|TEAM|RESP\w*)  DEMENTIA  ALZHEIMER\w*  AUTIS\w*  DELUSION\w*  HALLUCINAT\w*  SCHIZO\w*
        """,
    ),
    (
        "welfare",
        r"""
        WELF\w*  WELLNESS  WELL ?BEING  WELL (?:CHECK|CHK|CK)  WC
        (?:CHECK|CHK|CK) (?:THE |ON )?(?:WELL|SUBJ|PERSON)\w*
        """,
    ),
    (
        "death",
        r"""
        DEATH\w*  DEAD(?! END| BATT| BOLT| METER| TREE| LINE)  DECEAS\w*  DECD  DOA  DTH
        UNATT\w* ?(?:DEATH|DTH)\w*  FATAL\w*  CORONER\w*  MEDICAL EXAM\w*  MORGUE  HOMICID\w*  MURDER\w*
        MANSLAUGHT\w*  REMAINS  BODY (?:FOUND|RECOV\w*)  FOUND BODY
        """,
    ),
    (
        "kidnapping",
        r"""
        KIDNAP\w*  ABDUCT\w*  HOSTAGE\w*  UNLAWFUL (?:RESTRAINT|IMPRIS\w*)  FALSE IMPRIS\w*  CARJACK\w*
        HOME ?INV\w*
        """,
    ),
    (
        "order_violation",
        r"""
        T ?R ?O  VPO  VRO  VNCO  VTRO  VPFA  PFA  EPO  DVPO  NCO  PEACE ORDER
        (?:REST|RESTR|RESTRAIN\w*|PROTECT\w*|PROT|STALKING|NO CONTACT|COURT) ORD(?:ER|ERS)?
        VIO\w* (?:OF )?(?:\w+ ){0,3}ORDER\w*  ORDER\w* (?:\w+ ){0,2}VIO\w*  R ?O VIO\w*  VIO\w* R ?O
        VIO\w* (?:OF )?NO CONTACT
        """,
    ),
    (
        "stalking",
        r"""
        STALK\w*  HARASS\w*  HARRAS\w*  HARASMENT  CYBER ?BULL\w*
        """,
    ),
    (
        "weapon",
        r"""
        WEAP\w*  WPN\w*  WEPN\w*  GUNS?  GUNSH\w*  GUNMAN  GUNFIRE  HANDGUN\w*  SHOTGUN\w*  RIFLE\w*
        PISTOL\w*  FIREARM\w*  SHOT\w*  SHOOT\w*  SHTS  GSW  KNIFE\w*  KNIVES  STABS?  STABB\w*
        MACHETE\w*  ARMED  A ?D ?W  ADW\w*  AWDW\w*  AGG ?ASS\w*  BOMB\w*  EXPLOS\w*  IED  BRANDISH\w*
        SWAT\w*  BARRICAD\w*
        """,
    ),
    (
        "violent",
        r"""
        ASSAU\w*  ASAULT\w*  ASSLT\w*  ASLT\w*  ASSL  ASSA  BATTERY(?! THEFT| JUMP| DEAD| STOLEN)  BATT
        FIGHT\w*  FGHT  FGT  AFFRAY  MUTUAL COMBAT  PHYSICAL\w*  DIST(?:URB\w*)? ?(?:W )?PHYS\w*
        ALTERCATION\w*  ROB  ROBB\w*  STRONG ?ARM\w*  PURSE SNATCH\w*  MUGG\w*  THREAT\w*  THRT\w*
        MENAC\w*  INTIMIDAT\w*  TERROR\w*  EXTORT\w*  VIOLEN\w*  STRANG\w*  CHOKING  MAYHEM  RIOT\w*
        HATE (?:CRIME|INC\w*)  BIAS (?:CRIME|INC\w*)  ARSON\w*  TORTUR\w*
        """,
    ),
    (
        "medical",
        r"""
        MED  MEDICS?  MEDICAL\w*  MEDEM\w*  EMS\w*  AMB  AMBUL\w*  PARAMEDIC\w*  AIDED  UNCON\w*
        UNRESP\w*  CARDIAC\w*  CPR  SEIZURE\w*  STROKE  HEART  OVERDOS\w*  O ?D  NARCAN  NALOX\w*
        POISON\w*  INJ  INJD  INJUR\w*  (?:ACC|ACCIDENT|MVA|MVC|TC|CRASH|COLL\w*|TA) P ?I
        PI (?:ACC|CRASH|COLL)\w*  SICK\w*  BLEED\w*  BREATH\w*  CHEST PAIN\w*
        (?:PERSON|MAN|WOMAN|SUBJ\w*|PARTY) DOWN  FALL VICTIM  FALLEN PERSON  DROWN\w*  ELECTROCUT\w*
        """,
    ),
    (
        "hang_up",
        r"""
        H ?U ?P  HANG ?UP\w*  HUNG ?UP  HNGUP\w*  OPE?N ?LINE\w*  OPEN 911  MISDIAL\w*
        ACCIDENTAL (?:911|DIAL|CALL)
        911 ?(?:CALL )?(?:H|H ?U|HANGS?|ABAN\w*|OPE?N|SILENT|DROP\w*|DISC\w*|INV\w*|UNK\w*|VER\w*|CHECK|CK)
        911 (?:TRACE|INC\w*)
        (?:ABAND\w*|ABND|INCOMPLETE|DROPPED|DISCONNECTED|SILENT) (?:911|E911|CALL\w*|LINE|CELL|WIRELESS)
        (?:NO|UNKNOWN) VOICE  UNK(?:NOWN)? ?(?:TRBL|TROUBLE|PROB|PROBLEM|NATURE|EMERG\w*)
        """,
    ),
    (
        "officer_safety",
        r"""
        (?:OFFICER|OFCR|OFC|OFF|DEPUTY|TROOPER|UNIT) ?(?:NEEDS? )?(?:HELP|DOWN|SAFETY|EMERG|INVOLVED|SHOT)\w*
        (?:OFFICER|OFCR|OFC|OFF|DEPUTY|UNIT) ?ASSIST\w*
        (?:OFFICER|DEPUTY|TROOPER) IN (?:TROUBLE|DISTRESS)  ASSIST (?:OFFICER|OFCR|OFC)  OIS  BACKUP
        MAYDAY  USE OF FORCE  UOF  AMBUSH\w*
        """,
    ),
    (
        "informant",
        r"""
        INFORMANT\w*  C ?I  CONFIDENTIAL\w*  SOURCE (?:INFO|MEET)\w*  TIPS?  TIPSTER  CRIME ?STOPPER\w*
        WITNESS (?:PROT|INTIM)\w*
        """,
    ),
    (
        "juvenile",
        r"""
        JUV\w*  JVN\w*  TEENS?  TEENAGE\w*  KIDS?  YOUTHS?  TRUAN\w*  CURFEW\w*  INCORRIG\w*
        BEYOND CONTROL  MIP  MINORS? (?:IN|W|WITH|POSS|CONSUM)\w*  UNDERAGE\w*
        """,
    ),
    (
        "alarm_company",
        r"""
        ALARM\w*  ALRM\w*  ALM  PANIC\w*  HOLD ?UP\w*  DURESS\w*  PERS ACT\w*
        """,
    ),
)
"""Family, and how its words begin or read, two spaces apart; the worst family comes first and is named."""

_CODES: tuple[tuple[str, str, bool], ...] = (
    ("domestic", r"273 ?5|273 ?D|243 ?E ?1|415 ?D|415 ?DV|418 ?DV", True),
    ("family_violence", r"415 ?F", True),
    ("sexual", r"261|261 ?5|288|288 ?A|314", True),
    ("child", r"273 ?A", True),
    ("mental_health", r"51 ?50|5585", True),
    ("death", r"187", True),
    ("kidnapping", r"207|209", True),
    ("order_violation", r"166 ?4|273 ?6", True),
    ("stalking", r"646 ?9", True),
    ("weapon", r"245|417", False),
    ("violent", r"211|240|242|422", False),
)
"""Penal codes many western agencies use as call types; the flag: also without "PC" behind them, when the
field holds nothing else. The others are somebody's noise complaint."""

FAMILIES: tuple[str, ...] = (*(family for family, _ in _WORDS), "agency", "text_to_911", "in_progress")
"""Every code a match can give."""

NEVER_SURVEYED = frozenset({"domestic", "family_violence", "sexual", "child", "missing_child", "suicide"})
"""Families about which nobody can open a survey, not even two people."""

_ANIMALS = r"(?:ANIMAL|DEER|DOG|CAT|BIRD|RACCOON|SKUNK|ELK|COYOTE|LIVESTOCK|HORSE|COW)S?"
_HARMLESS = re.compile(
    r"(?<![A-Z])(?:"
    r"(?:NON|NO|NOT|WITHOUT|W ?O|0) ?(?:INJURY|INJURIES|INJURED|INJ|INJS|FATAL\w*)"
    r"|UNINJURED"
    rf"|(?:DEAD|SICK|INJURED|INJ|HURT|FOUND|LOST|MISSING) (?:\w+ )?{_ANIMALS}"
    r"|(?:CAR|DEAD|VEH|VEHICLE|STOLEN|THEFT|THEFT OF) BATTER(?:Y|IES)"
    r")(?![A-Z])"
)
"""What is taken out before matching: injuries denied, animals, and car batteries."""


def _family_pattern(family: str, block: str) -> re.Pattern[str]:
    words = "|".join(re.split(r"\s{2,}", block.strip()))
    readings = [rf"(?<![A-Z])(?:{words})(?![A-Z])"]
    for owner, codes, bare in _CODES:
        if owner == family:
            readings.append(rf"(?<![A-Z0-9])(?:PC ?(?:{codes})|(?:{codes}) ?P ?C)(?![A-Z0-9])")
            readings += [rf"^(?:{codes})$"] * bare
    return re.compile("|".join(readings))


_PATTERNS = tuple((family, _family_pattern(family, block)) for family, block in _WORDS)
_RUNNING = re.compile(r"(?<![A-Z])(?:I ?P|IN ?PROG\w*|PROG|J ?O|JUST OCC\w*|NOW|ACTIVE)(?![A-Z])")
_FIRST_PRIORITY = re.compile(
    r"|0*[01][A-Z]?|P(?:RI(?:ORITY)?)? ?0*[01][A-Z]?|E|EMERG\w*|HOT|CRITICAL|HIGH(?:EST)?"
)
_TEXTED = re.compile(r"(?<![A-Z])(?:TEXT\w*|TXT\w*|SMS|T ?2 ?911|TT911|RTT)(?![A-Z])")
_ALARM_SOURCE = re.compile(r"(?<![A-Z])(?:ALARM\w*|ALRM|ASAP)(?![A-Z])")


@lru_cache(maxsize=4096)
def families(*fields: str, extra: tuple[str, ...] = ()) -> frozenset[str]:
    """Every family a call belongs to by its type, first type, report type and disposition.

    `extra` holds the agency's own codes, compared whole ("agency"); it adds and never removes. An agency has
    some hundred types and dispositions, so what was matched once is remembered.
    """
    written = [plain for plain in (_plain(field) for field in fields) if plain]
    stripped = [_HARMLESS.sub(" ", plain).strip() for plain in written]
    found = {family for family, pattern in _PATTERNS if any(pattern.search(plain) for plain in stripped)}
    codes = {_plain(code) for code in extra} - {""}
    if any(plain in codes for plain in written):
        found.add("agency")
    return frozenset(found)


def match(*fields: str, extra: Sequence[str] = ()) -> str | None:
    """The worst of a call's families, or None."""
    found = families(*fields, extra=tuple(extra))
    return next((family for family in FAMILIES if family in found), None)


@lru_cache(maxsize=1024)
def match_source(source: str) -> str | None:
    """The family a call belongs to by the way it came in: text-to-911, or an alarm company."""
    plain = _plain(source)
    if _TEXTED.search(plain):
        return "text_to_911"
    return "alarm_company" if _ALARM_SOURCE.search(plain) else None


@lru_cache(maxsize=4096)
def in_progress_priority(call_type: str, priority: str) -> bool:
    """Whether the type says it is happening now and the priority is the first one, or is not told."""
    return (
        bool(_RUNNING.search(_plain(call_type))) and _FIRST_PRIORITY.fullmatch(_plain(priority)) is not None
    )


def _plain(field: str) -> str:
    """Upper case, no accents, every run of other characters one space."""
    spread = unicodedata.normalize("NFKD", field).upper()
    bare = "".join(c for c in spread if not unicodedata.combining(c))
    return re.sub(r"[^A-Z0-9]+", " ", bare).strip()
