"""The words around a score in English, Spanish and French: number words, filler, units, corrections.

All three languages count everywhere: people answer an English question in Spanish. Words are in lower
case and, save the number words, without accents (`très` must not be read as the Spanish three).
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SCORES: dict[str, int] = {
    **{"zero": 0, "cero": 0, "zéro": 0},
    **{"one": 1, "uno": 1, "un": 1},
    **{"two": 2, "dos": 2, "deux": 2},
    **{"three": 3, "tres": 3, "trois": 3},
    **{"four": 4, "cuatro": 4, "quatre": 4},
    **{"five": 5, "cinco": 5, "cinq": 5},
}

SLIPS: dict[str, int] = {
    **dict.fromkeys(("fivr", "fiev", "ffive", "fivve", "sinco", "cinko", "sinko", "cinc0"), 5),
    **dict.fromkeys(("foru", "fuor", "quatro", "kuatro", "cuatr0", "quattre"), 4),
    **dict.fromkeys(("threee", "thre3", "trhee", "trese"), 3),
}
"""Number words as they are mistyped; none of them is another word."""

OTHER_NUMBERS = _words(
    """six seven eight nine ten eleven twelve twenty thirty forty fifty hundred thousand seis siete ocho nueve
    diez veinte treinta cuarenta cincuenta cien sept huit neuf dix vingt trente quarante cinquante cent"""
)

AMBIGUOUS = _words("one uno un dos tres")
"""Read as a score only with filler about them: "one of them", "un agent", "dos" (fr back), "tres bien"."""

ARTICLES = _words("un uno")

FILLER = _words(
    """a an i i'd id i'll ill would will want to give gave giving rate rated rating score say said it it's its
    is them they you u my answer number num rank grade think guess suppose believe maybe probably definitely
    absolutely honestly solid easily just yes yeah yep ok okay sure hi hello hey please pls plz thanks thank
    thx ty
    so much very overall option choose chose pick picked reply
    y'all yall damn hell yea strong big good morning afternoon evening
    un una uno le les doy pongo daria doi digo diria yo mi respuesta numero calificacion puntuacion nota es
    creo
    pienso quizas tal vez seguro si hola gracias muchas por favor claro bueno que el
    buenas buenos tardes dias noches escojo elijo
    pues verdad
    une je j' mets donne donnerais dirais dis j'ai ma reponse le la c'est crois pense suis oui bonjour salut
    merci
    beaucoup s'il vous plait svp d'accord mettrais donnerai mettrai est note choisis bonsoir moi"""
)
"""Words that may stand around a score without changing it; no negation, no unit, no comparison among them."""

LEADING = _words(
    """him her guys i'm this strongly totally completely agree disagree neutral
    k alright um umm uh uhh hm hmm eh meh def obviously
    totalmente de acuerdo desacuerdo muy tout a fait accord"""
)
"""Words that lead to a score and change nothing of it; behind it they are a comment."""

BECAUSE = _words(
    """because cause cuz bc since but and although though
    pero porque y aunque pues por para mais car parce et pour"""
)
"""Words after which a comment begins although no punctuation divides it from the score."""

AFTER_CAR = _words(
    "il ils elle elles je j'ai on nous vous c'est c'etait personne ca le la les l'agent un une rien tout"
)
"""French "car" means because before these; before anything else it may be an English car."""

ONE_PERSON = _words(
    "officer deputy cop dispatcher operator sergeant detective oficial agente operadora agent"
)
ACTED = _words("was is seemed listened helped explained treated fue era estuvo etait est")
""" "5 officer was great": one person cannot be five."""

GIVES = _words("give gave giving rate rating doy pongo daria mets donne mettrais donnerais")

WISHES = _words("want would wish wanted gustaria quisiera quiero voudrais aimerais veux")
BUTS = _words("but pero mais however")
"""A wish and a but: "I want to give 5 but no"."""

ADDRESSED = _words("thank thanks thx ty thankyou gracias merci bless god dios you yall y'all")
"""A comment that begins so speaks to us: what it names after that is not counted by the score."""

PRAISE = _words(
    """very satisfied excellent great good amazing awesome perfect wonderful outstanding happy overall
    service job work
    muy bien bueno buena satisfecho satisfecha excelente perfecto todo servicio trabajo
    tres satisfait satisfaite excellent parfait bon"""
)
"""Before a 4 or 5 these say what it says."""

BLAME = _words(
    """poor terrible horrible awful bad worst rude unsatisfied dissatisfied unhappy disappointed service job
    very not happy satisfied mal malo mala pesimo pesima peor muy servicio mauvais nul tres"""
)
"""Beside a 1 or 2 these say what it says."""

TOO = _words("too enough not isnt wasnt generous demasiado suficiente trop assez")
IS = _words("is isn't isnt was wasn't wasnt would es est")
""" "1 is too high", "5 wasn't enough": the number is spoken about and not given."""

RANGE = _words(
    "or to through thru and/or vs versus a o u ou y/o et/ou of out over de del des du sur sobre from x"
)
"""A score followed by one of these is half of something else: "4 or 5", "1 of them", "5 de mayo"."""

HALVES = _words("half quarter ish plus minus medio media demi demie moins menos mas")

NEGATIONS = _words(
    """not no never isn't wasn't wouldn't can't cannot couldn't don't didn't won't nor instead hardly barely
    almost
    nunca jamas casi ni pas jamais presque sans without than que less more"""
)

CORRECTIONS = _words(
    """or maybe actually rather no not sorry oops meant mean make correction wait between instead except
    o quizas mejor perdon digo sino entre corrijo ou plutot pardon entre non"""
)

UNITS = _words(
    """min mins minute minutes hr hrs hour hours day days week weeks month months year years yr yrs yo sec
    seconds am pm
    o'clock oclock time times person people officer officers cop cops deputy deputies guy guys man men woman
    women kid
    kids child children police unit units car cars call calls block blocks mile miles feet ft dollars bucks
    percent
    street avenue ave road rd drive lane court boulevard blvd apartment badge calle avenida rue
    thing things more less other others th nd rd st
    minuto minutos hora horas dia dias semana semanas mes meses ano anos vez veces persona personas policia
    policias
    oficial oficiales agente agentes patrulla patrullas carro carros hijos ninos hombre hombres mujer mujeres
    cosa cosas
    heure heures jour jours semaine semaines mois an ans fois personne personnes agent agents policier
    policiers
    homme hommes femme femmes enfant enfants voiture voitures chose choses
    january february march april may june july august september october november december
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre"""
)
"""What numbers count: a score is never followed by one of these."""

NOT_PLURAL = _words(
    """thanks yes this was is has does his as always perhaps less pass
    bless dios useless hopeless careless felicidades
    gracias muchas los las nos ellos todos buenos excelentes tras es mas
    tres vous nous ils elles mais pas dans sans toujours les des tous jamais plus"""
)
"""Words on -s that are no counted noun."""

CLAUSE_STARTS = _words(
    """the they he she it i we my your his her was is were there everyone everything all this that no nothing
    el la los las ellos ella yo mi su fue son todo todos no nada lo
    le la les il elle ils je ma mon tout tous c'est rien"""
)
"""A comment may begin with these: what follows them is no longer counted by the number before."""

TEXT_SPEAK: dict[int, frozenset[str]] = {
    2: _words(
        """bad late slow long much many little few cute cool nice kind sweet funny
        the you u me be do go get see hard easy far rude fast"""
    ),
    4: _words(
        "sure real ever you u me him her them us the your this that now what nothing everything my all"
    ),
}
"""`2 late`, `4 sure`: digits written for "too" and "for"."""

AFTER_ZERO = _words(
    """no never not did didn't didnt i we he she they there nobody none skip because na n/a
    sin nunca nadie ningun porque pas je on jamais personne aucun"""
)
"""A 0 with words and no punctuation is a skip only before these: "0 help" is no skip."""

SKIPS = _words("skip pass none na n/a omitir saltar ninguno ninguna passer aucun")
"""Whole texts that mean 0 where 0 skips."""

BEFORE_A_NUMBER_OF_SOMETHING = _words(
    """apt rm st ext unit case car badge bldg ste lot box hwy route floor room no ref number casa calle piso
    rue"""
)
"""`Apt. 5` is no score after a comment."""
