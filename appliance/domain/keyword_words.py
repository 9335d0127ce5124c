"""The words of `keywords`, folded (lower case, no accents, no apostrophes), as data."""

# ruff: noqa: E501  (a pattern is read in one piece)
from __future__ import annotations


def _words(block: str) -> frozenset[str]:
    return frozenset(block.split())


STOP = _words("stop stopall quit end revoke optout cancel unsubscribe alto parar cancelar baja arret arretez")
"""Opt-out words; "opt out" is joined before the comparison."""

STOP_ALONE_ELSEWHERE = _words("stop stopall optout revoke unsubscribe alto arret arretez")
"""Those that mean the same as a sentence of their own after another one; "The end." does not."""

STOP_FILLER = _words("""
    me it now please pls plz plse all texting texts text sending send this these messages message msg msgs
    messaging messing sms immediately already asap just ok okay kay yes hi hello hey thanks thank thx ty you u
    sir maam right away from to my number phone everything anymore again contacting contact bothering bugging
    calling reply replies survey surveys subscription notifications notification alerts alert updates update
    automated robo spamming spam forever today permanently completely immediatly and here im i said
    sent iphone ipad galaxy samsung android smartphone mobile
    por favor porfavor mensaje mensajes texto textos ya todo todos toda todas gracias de enviar mandar enviando
    mandando mis mi numero ahora esto estos los las el la suscripcion encuesta encuestas
    svp sil vous plait moi messages textos merci les des tout tous maintenant envoyer denvoyer ces ce mon
    """)
"""What may stand beside an opt-out word without changing it."""

TEXT_WORDS = _words("texts text messages message msgs msg sms texting messaging survey surveys alerts")
"""What "the" and "no" must point at to be filler: "stop the texts", not "the end"."""

NOT_FILLER_ALONE = _words("said im i to and here")
"""Filler only beside an unmistakable word: "I said stop" is a stop, "I end" is not."""

STOP_SLIPS = _words(
    "stopp sotp stpo sstop stob unsuscribe unsubcribe unsubscibe unsubsribe unsubscrib cancell стоп"
)
"""Slips of the thumb, kept as a refusal: suppressed all the same, and a person looks."""

REFUSAL: tuple[tuple[str, bool], ...] = (
    (r"leave (?:me|us) (?:the (?:hell|fuck) )?alone", True),
    (r"leave me be", True),
    (r"(?:stop|quit) (?:with )?(?:the |these |all )?(?:texting|texts|messaging|messages|spamming|contacting)", True),
    (r"(?:stop|quit) (?:bothering|bugging|sending|calling|harassing|messaging) (?:me|us|my|these|this|texts)", True),
    (r"(?:stop|quit|cease) all (?:contact|communication|texts|messages)", True),
    (r"(?:dont|do not|never|please dont) (?:ever )?(?:(?:text|message|msg|contact|bother|write) (?:me|us|this|my)|call (?:me|us)(?= again| anymore| any more|$))", True),
    (r"you to (?:please )?(?:stop|quit) (?:texting|messaging|contacting|bothering|sending|calling)", False),
    (r"you to leave (?:me|us) alone", False),
    (r"(?:can|could|would|will) (?:you|u|yall|you guys) (?:please |pls |plz )?(?:just )?(?:stop|quit) (?:texting|messaging|contacting|bothering|sending)", False),
    (r"(?:dont|do not) (?:want|wanna|care) (?:to )?(?:do|take|answer|fill out|complete)? ?(?:a |any |your |the |this )*(?:survey|surveys)", False),
    (r"get me off (?:this|your|the|that) list|(?:youve|you have|u have) been blocked|(?:blocking|block) (?:this number|you)", False),
    (r"i (?:am going to|will|ll|am gonna) (?:block|report) (?:you|this)|im (?:going to|gonna) (?:block|report) (?:you|this)|report(?:ed|ing) (?:you |this |it )?(?:as|for) spam", False),
    (r"dejenme (?:tranquil[oa]|ya)|no (?:me |nos )?molesten|no quiero (?:contestar|responder|participar)|no escriban (?:mas|ya)", False),
    (r"je ne veux pas (?:repondre|participer|etre contacte)", False),
    (r"why (?:do|are|r) (?:you|u|yall) (?:keep|still) (?:on )?(?:texting|messaging|contacting|bothering)", False),
    (r"(?:this|it) is (?:harassment|spam)|(?:thats|its) (?:harassment|spam)", False),
    (r"(?:who|how|where) (?:\w+ ){0,3}(?:gave|give|got|get|have|found|find) (?:you |u )?(?:my|this) (?:number|phone number|cell number)", False),
    (r"no more (?:texts|texting|messages|msgs|surveys)|^no (?:texts|texting|messages|msgs|surveys?)(?: please| thanks)*$", True),
    (r"take (?:me|us|my (?:number|name|phone)|this number) off", True),
    (r"(?:remove|delete|erase) (?:me(?= from| off|$| please)|my (?:number|name|info|phone number)|this number)|(?:lose|forget) (?:my|this) number", True),
    (r"(?:i )?(?:dont|do not) want (?:(?:any|these|your|to (?:get|receive)|more|the|to be) )*(?:texts|messages|msgs|texted|contacted|surveys|spam)", False),
    (r"(?:want|like|wish|need|going|how do i|how to|let me)(?: to)? (?:optout|unsubscribe|stop getting|stop receiving)", False),
    (r"unsubscribe|optout", True),
    (r"want to be left alone|enough with the texts|lose this number|i do not consent|i dont consent|i revoke", False),
    (r"^(?:please |just |ok )*(?:go away|get lost|get off my phone)(?: please| now)*$|fuck off|f off|piss off|screw off", True),
    (r"dejame en paz|dejeme en paz|dejenme en paz|dejenos en paz|dejanos en paz", False),
    (r"(?:deja|deje|dejen|paren|pare|para) (?:ya )?de (?:escribir|mandar|enviar|molestar|textear|contactar|llamar|joder)\w*", False),
    (r"(?:ya )?no (?:me|nos) (?:vuelvan? a )?(?:escriba[ns]?|escribir|mande[ns]?|mandar|envie[ns]?|enviar|texte(?:e[ns]?)?|textear|moleste[ns]?|molestar|contacte[ns]?|llame[ns]?)", False),
    (r"no (?:quiero|deseo) (?:(?:mas|sus|estos|recibir|que me|los|tus) )*(?:mensaje|texto|manden|escriban|encuesta)s?\w*", False),
    (r"no mas (?:mensajes|textos|encuestas)", False),
    (r"(?:quien|como|de donde|donde) (?:\w+ ){0,4}(?:dio|dieron|consigui\w*|obtuv\w*|sac\w*|tiene[ns]?) (?:mi numero|mi telefono)", False),
    (r"(?:quitenme|quiteme|quitame|borrenme|borreme|eliminenme) (?:de )?\w*|(?:saquenme|saqueme|sacame) de (?:la |su |esta |esa |tu )?lista", False),
    (r"(?:borren?|borra|eliminen?|elimina|quiten?|quita) (?:ya )?(?:mi|este) (?:numero|telefono|nombre)", False),
    (r"darme de baja|desuscrib\w+|larguense|vayanse", False),
    (r"laisse[rz]?(?: |)moi tranquille|laissez nous tranquilles?", False),
    (r"(?:foutez|fichez|fous|fiche) moi la paix", False),
    (r"(?:ne )?(?:m|me )(?:ecrivez|ecris|envoyez|envoie|textez|texte|contactez|derangez|appelez) (?:plus|pas)(?! (?:eu|ete|repondu))", False),
    (r"ne (?:plus|pas) (?:me |m)(?:ecrire|texter|contacter|deranger|envoyer|appeler)", False),
    (r"(?:plus|pas) de (?:messages?|textos?|sms|sondages?)", False),
    (r"(?:arretez?|cessez|cesse) (?:de |d)?(?:me |m)?(?:ecrire|envoyer|texter|contacter|deranger|appeler|harceler|message|texto|sms)\w*", False),
    (r"(?:qui|comment|ou) (?:\w+ ){0,4}(?:donne|eu|obtenu|trouve) (?:mon|ce) numero", False),
    (r"(?:enlevez|retirez|supprimez|effacez|enleve|supprime) (?:moi|mon numero|mon nom|ce numero)", False),
    (r"desabonn\w+|desinscri\w+|allez vous en|degage[rz]?", False),
)  # fmt: skip
"""Pattern, and whether it is an order that somebody else may be the target of ("he wont leave me alone")."""

REFUSAL_WHOLE = frozenset(
    (
        "remove",
        "block",
        "blocked",
        "pare",
        "ya pare",
        "paren",
        "ya paren",
        "paren ya",
        "para ya",
        "dar de baja",
        "arreter",
        "no more",
        "enough",
        "not interested",
        "basta",
        "ya basta",
        "ca suffit",
        "no me interesa",
        "pas interesse",
    )
)

NOT_TO_US = _words("""
    he she they him her them wont doesnt didnt not never who cant to it keeps people neighbors neighbor ex
    husband wife boyfriend girlfriend someone you why officers police dispatch nobody wouldnt couldnt can
    would could
    """)
"""A word before an order that gives it another addressee."""

WRONG: tuple[str, ...] = (
    r"(?<!the )(?:(?:^|you|u|have|has|got|is|its|this is|a|sorry|think|im|i am|hi|hello|no|ur|your|texting|texted|to)"
    r" ?)(?: ?the )?wrong (?:number|person|guy|lady|phone|party|#)",
    r"^wrong (?:number|person|guy|phone|party|num|no|one)|^wrong$",
    r"wrong number$",
    r"(?:i|we) (?:have )?(?:never|didnt|did not|havent|have not|dint|didn) (?:even |ever )?(?:call(?:ed)?|phoned?|made a call|make a call|"
    r"make any call|contacted?|dialed?|requested anything)"
    r"(?! back| them back| her back| him back| me| again| off| my)",
    r"(?:nobody|no one|noone)(?: here| at this number| in this house)? (?:ever )?(?:called|dialed|phoned)",
    r"(?:wasnt|was not|not) me (?:who|that) called|^(?:it )?(?:wasnt|was not) me$|^not me$",
    r"not my (?:call|request|case|number)$|^not the (?:right|correct) (?:number|person)|dont know who (?:this is )?for",
    r"this (?:isnt|is not) (?:the right|the correct|his|her|their|that persons) (?:number|phone)",
    r"(?:new|different) (?:owner|person|number) (?:of|with|has) (?:this|the) (?:number|phone)|just got this number",
    r"numero (?:equivocado|incorrecto|erroneo)|persona equivocada|^equivocado$|esta equivocad[oa]|se equivoc\w+",
    r"(?<!si )(?:yo )?(?:no|nunca|jamas) (?:los |les |la |lo |he )?(?:llame|llamado|llamamos|hable a la policia)"
    r"(?! mas| de nuevo)",
    r"no fui yo|yo no fui|nadie (?:aqui )?(?:llamo|ha llamado)|este no es (?:su|el) (?:numero|telefono)",
    r"(?:mauvais|faux) numero|mauvaise personne|erreur de numero|vous (?:vous )?(?:etes )?tromp\w+|pas le bon numero",
    r"(?:jai|je nai|nous navons|on a|je) (?:jamais|pas) (?:appele|telephone)|^(?:ce )?(?:netait|etait) pas moi$",
    r"personne (?:ici )?(?:na|a) appele",
)

START = frozenset(("start", "unstop", "optin", "iniciar", "comenzar"))
START_FILLER = _words("please pls plz now again texts text messages me the por favor ahora ya yes ok svp")

LANGUAGES: dict[str, frozenset[str]] = {
    "es": _words("es esp espanol spanish castellano spanol espanhol"),
    "en": _words("en eng english ingles anglais inglish"),
    "fr": _words("fr fra francais french frances francaise"),
}
LANGUAGE_FILLER = _words("""
    please pls plz por favor porfavor svp sil vous plait in i speak need want only solo hablo habla hablan usted do you
    je parle parlez reply gracias thanks thank merci quiero prefiero language version can we u me text texts a yo
    seulement messages mensajes prefer
    """)
LANGUAGE_PHRASES: dict[str, str] = {
    "no hablo ingles": "es",
    "no ingles": "es",
    "no entiendo ingles": "es",
    "no se ingles": "es",
    "je ne parle pas anglais": "fr",
    "je parle pas anglais": "fr",
    "pas anglais": "fr",
    "no hablo espanol": "en",
    "i dont speak spanish": "en",
    "no spanish": "en",
}

HELP = frozenset(("help", "info", "ayuda", "aide", "informacion"))
WHO = frozenset(
    (
        "who", "who is this", "whos this", "who this", "who are you", "who dis", "who r u", "who r you", "who is it",
        "is this real", "is this a scam", "is this spam", "scam", "is this legit", "is this the police",
        "is this really the police", "who is texting me", "who is this number", "new phone who dis",
        "quien", "quien es", "quien eres", "quien es usted", "quienes son", "de quien es este numero",
        "qui", "qui est ce", "qui etes vous", "cest qui", "qui es tu", "qui est la",
    )
)  # fmt: skip
STATUS = frozenset(
    (
        "status", "status update", "any update", "any updates", "any news", "update", "case status", "my status",
        "whats the status", "what is the status", "status of my call", "status of my case", "status check",
        "estado", "estatus", "estado de mi caso", "alguna novedad", "hay novedades",
        "statut", "etat", "des nouvelles", "quel est le statut",
    )
)  # fmt: skip
CALLME = frozenset(
    (
        "callme", "call me", "call me back", "callback", "call back", "give me a call", "ring me",
        "llamame", "llameme", "llamenme", "llama me", "me pueden llamar", "me puede llamar", "quiero que me llamen",
        "appelez moi", "rappelez moi", "appelle moi", "rappelle moi", "pouvez vous me rappeler", "pouvez vous mappeler",
    )
)  # fmt: skip
USE_FILLER = _words("""
    please pls plz can could would will someone somebody you u have an a the officer police at asap when possible
    now today tomorrow hi hello hey ok need to want i to por favor svp sil vous plait
    """)
