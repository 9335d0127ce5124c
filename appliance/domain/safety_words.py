"""The words and phrases of `safety`, folded (lower case, no accents, no apostrophes), as data.

Capital names in braces are pieces of patterns, put together by `safety`. One space stands between words.
"""

# ruff: noqa: E501  (a pattern is read in one piece)

from __future__ import annotations


def _words(block: str) -> frozenset[str]:
    return frozenset(block.split())


CONTRACTIONS: tuple[tuple[str, str], ...] = (
    (r"i ?m|iam|i am now", "i am"),
    (r"i ?ve", "i have"),
    (r"(?:i ll|ill)(?= (?:kill|shoot|hurt|end|die|jump|hang|cut))", "i will"),
    (r"(he|she|it) ?s", r"\1 is"),
    (r"they ?re", "they are"),
    (r"(they|we|you) ?ve", r"\1 have"),
    (r"^were(?= (?:hiding|trapped|being|in danger|locked in))", "we are"),
    (r"(he|she|they|it) ?ll", r"\1 will"),
    (r"hell(?= (?:kill|hurt|shoot|beat|hit|come))", "he will"),
    (
        r"(?:there|their|thier|ther|theyre) ?s|(?:their|they re|theyre|ther) (?:is|are)(?= (?:a|an|some|gun|shot)\w*)|there are|there re|theirs(?= a )",
        "there is",
    ),
    (r"someone ?s", "someone is"),
    (r"(?:going to|gunna|gonna|gona|gunna|gon|finna|fixing to|abt to|bouta|about to|fitna)", "going to"),
    (r"(?:tryna|tryin to|trying 2|tring to|try to|tryng to)", "trying to"),
    (r"want to|wanna|wana|wants to|wanting to", "wants to"),
    (r"can ?t|cannot|can not|cnt", "cant"),
    (r"won ?t|will not|wouldn ?t stop", "wont"),
    (r"is ?n ?t|ain ?t|aren ?t|are not|aint", "is not"),
    (r"do ?n ?t|do not|dnt", "dont"),
    (r"9 1 1|nine one one|nine eleven|9 11", "911"),
    (r"(they|we|you) r", r"\1 are"),
    (r"want 2|wants 2", "wants to"),
    (r"gott?a(?= (?:gun|knife|weapon|rifle|bat|pistol|machete|bomb)(?!\w))", "got a"),
    (
        r"(he|she|they|someone) (?:as|hav|hac|hs)(?= (?:a |the |my )?(?:gun|knife|weapon|rifle|pistol|bat|bomb)s?(?!\w))",
        r"\1 has",
    ),
    (r"h(?= (?:has|is) (?:a|outside|here|back|hitting|coming))", "he"),
    (r"braking (in|into)(?= (?:my|our|here|now|right|the (?:house|door|window|back))|$)", r"breaking \1"),
    (r"quelqu un|quelqu 1", "quelquun"),
    (r"o secours|au secour|oh secours", "au secours"),
    (r"break (?:in|into)g", "breaking in"),
    (r"breakin(?:g)? ?(in|into)", r"breaking \1"),
    (r"a l aide|alaide|a laide", "secours"),
    (r"out side", "outside"),
    (r"in side", "inside"),
    (r"my self", "myself"),
    (r"him self", "himself"),
    (r"her self", "herself"),
    (r"a front|infront", "in front"),
    (r"(?:is|are|was|were|re) the bomb(?: diggity)?(?! (?:in|at|under|is|was|on)(?!\w))", "is great"),
)

SPELLINGS: dict[str, str] = {
    "somebody": "someone", "somebodys": "someones", "sombodys": "someones", "sumones": "someones", "ppl": "people", "peeps": "people", "agun": "a gun", "aknife": "a knife", "hasa": "has a", "gota": "got a", "secour": "secours",  "sumone": "someone", "sum1": "someone", "som1": "someone", "some1": "someone", "smone": "someone",
    "sumbody": "someone", "sombody": "someone", "somone": "someone", "anyone": "someone", "hlep": "help", "helpme": "help me", "helpus": "help us", "sendhelp": "send help", "call911": "call 911", "hepl": "help",
    "halp": "help", "hlp": "help", "helpp": "help", "hellp": "help", "heelp": "help", "elp": "help", "hwlp": "help",
    "nife": "knife", "knif": "knife", "kife": "knife", "knofe": "knife", "nyfe": "knife", "gunn": "gun", "gunz": "guns", "guhn": "gun",
    "wit": "with", "w": "with", "wth": "with", "ambulence": "ambulance", "ambulanse": "ambulance", "ambalance": "ambulance",
    "amblance": "ambulance", "ambulace": "ambulance", "polise": "police", "plice": "police", "pollice": "police", "poice": "police",
    "cop": "police", "cops": "police", "plz": "please", "pls": "please", "plse": "please", "pleas": "please", "plss": "please",
    "outsde": "outside", "hubby": "husband", "hiden": "hiding", "hidin": "hiding", "hideing": "hiding", "beatin": "beating",
    "hittin": "hitting", "hiting": "hitting", "killin": "killing", "shootin": "shooting", "stabbin": "stabbing", "chokin": "choking",
    "bleedin": "bleeding", "breathin": "breathing", "brething": "breathing", "breething": "breathing", "breating": "breathing",
    "followin": "following", "comin": "coming", "bangin": "banging", "firearm": "gun", "sucide": "suicide", "suiside": "suicide",
    "suicde": "suicide", "suicid": "suicide", "wepon": "weapon", "weapen": "weapon", "weopon": "weapon", "shoting": "shooting",
    "ayudenme": "ayudame", "alludame": "ayudame", "ayudeme": "ayudame", "ayudenos": "ayudame", "ayudanos": "ayudame",
    "polisia": "policia", "polecia": "policia", "polizia": "policia", "ambulansia": "ambulancia", "anbulancia": "ambulancia",
    "cuchiyo": "cuchillo", "emergancy": "emergency", "emergencia": "emergency", "urgence": "emergency",
    "hehas": "he has", "shehas": "she has", "theyhave": "they have", "hss": "has", "goy": "got", "gon": "going to",
    "ausilio": "auxilio", "auxlio": "auxilio", "ausillo": "auxilio", "nesesito": "necesito", "nesecito": "necesito", "necesto": "necesito", "necito": "necesito", "nececito": "necesito",
    "aiuda": "ayuda", "halluda": "ayuda", "alluda": "ayuda", "ayida": "ayuda", "hayuda": "ayuda", "piztola": "pistola", "bolvio": "volvio", "rregreso": "regreso", "aqi": "aqui", "aki": "aqui",
    "extrangulando": "estrangulando", "extrangula": "estrangula", "k": "que", "xfavor": "por favor", "xfa": "por favor", "porfa": "por favor", "porfavor": "por favor",
    "qqn": "quelquun", "qqun": "quelquun", "kelkun": "quelquun", "quelcun": "quelquun", "quelqun": "quelquun", "ila": "il a", "couto": "couteau", "couteu": "couteau", "poliice": "police",
    "urjent": "urgent", "urgente": "urgent", "hury": "hurry", "followd": "followed", "u": "you", "ur": "your",
}  # fmt: skip

EMOJI: dict[str, str] = {
    "🆘": " sos ",
    "🔫": " gun ",
    "🔪": " knife ",
    "🗡": " knife ",
    "💣": " bomb ",
    "🚑": " ambulance ",
}

LONG_WORDS = _words(
    """
    police ambulance outside breathing bleeding following followed shooting shooter killing hitting beating
    stabbing strangling choking attacking breaking hurting threatening stalking kidnapped suicide suicidal
    unconscious overdose overdosing emergency weapon firearm machete gunshots gunshot intruder burglar
    someone husband boyfriend trapped banging pounding robbing raping hostage ayudame auxilio cuchillo pistola
    """
)
"""Words whose spelling with one letter lost or two swapped is mended."""

REAL_WORDS = _words(
    "braking eating talking sting robin roping rapping raiding hosting flowing fallowing shotting weapons bleeping ringing "
    "stalling tapped tripped raped stabling poling polce chocking"
)
"""Words of their own that such mending must not touch."""

NOUNS = {
    "KIN": "husband|wife|boyfriend|girlfriend|bf|gf|ex|partner|roommate|dad|father|stepdad|stepfather|mom|mother|mum|stepmom|son|daughter|brother|sister|uncle|aunt|nephew|cousin|grandson|grandma|grandmother|grandpa|grandfather|kid|child|baby|friend|toddler|neighbor|neighbour|landlord|fiance|fiancee|coworker|student|teacher|customer|tenant|boss|niece|stepbrother|stepsister|inlaw|roomate|passenger|client|patient",
    "STRANGER": "man|men|woman|guy|guys|dude|dudes|person|people|intruder|burglar|robber|shooter|stranger|stalker|attacker|suspect|driver|kids|teenagers|gang|male|female|lady|boy|girl|thief|thieves|bro|gunman|gunmen|abuser|kidnapper|rapist|teen|teens|teenager|creep|maniac|psycho|individual",
    "WEAPON": "guns?|knife|knives|weapons?|rifles?|shotgun|pistol|handgun|machete|bat|ax|axe|hammer|crowbar|bomb|grenade|sword|hatchet|ar15|ar 15|glock|revolver|blade|screwdriver|pipe bomb|molotov|bow",
    "ADV": "(?: (?:still|now|just|right now|right|currently|actually|literally|here|there|back|again|also|really|very|drunk|high|armed|only|like|so|been|being|up|over|and|outside|inside|coming|in here|out here|always|constantly|currently|fucking|right outside)){0,4}",
    "BE": "(?: (?:is|are|r|be|has been|have been|keeps?|kept|wont stop|started|starts|starting|has started|stays|began))",
    "DET": "(?: (?:a|an|the|his|her|their|my|our|some|two|big|huge|large|little|loaded|real|kitchen|butcher|hand|fucking|out|it|to|at|me|us|him|them|like|what looks|another|hunting|baseball|steak|pocket|long|sharp|of|those|that|and))",
    "PLACE": (
        "(?!\\w+ (?:of )?(?:his|her|the|their|this) (?:car|truck|job|work|school|classroom))(?:in|inside|inside of|at|on|outside|outside of|outside at|by|behind|near|through|in front of|under|into|towards?) (?:of )?(?:my|our|the|her|his|this|moms|parents|mi|kids|childs|sons|daughters|neighbors) "
        "(?:front |back |side |bed ?|kids |living |childs |daughters |sons |neighbors |bathroom |bedroom )?"
        "(?:door|doors|window|windows|house|home|apartment|apt|place|gate|room|bedroom|garage|basement|attic|kitchen|backyard|back yard|yard|closet|car|truck|hallway|porch|roof|balcony|property|bathroom|driveway|building|store|shop|trailer|bed|crawlspace|shed|work|job|school|classroom)"
    ),
}  # fmt: skip

NOUNS["SUBJ"] = rf"(?:he|she|they|someone|(?:{NOUNS['KIN']}|{NOUNS['STRANGER']})s?)"
NOUNS["MENACE"] = (
    rf"(?:he|she|they|someone|(?:husband|boyfriend|bf|ex|partner|roommate|stepdad|neighbor|fiance|landlord|{NOUNS['STRANGER']})s?)"
)
NOUNS["GENS"] = (
    "(?:il|elle|ils|elles|quelquun|on|homme|mari|ex|copain|conjoint|type|gars|voisin|voisine|fils|femme|chum|frere|pere|mec"
    "|inconnu|fille|mere|soeur|papa|maman|cousin|oncle|etudiant|eleve|jeune|monsieur|client|coloc|fiance|agresseur)"
)
NOUNS["ACTING"] = (
    "(?:hitting|beating|punching|kicking|slapping|choking|strangling|suffocating|smothering|hurting|attacking|stabbing|shooting|killing|murdering|raping|"
    "assaulting|threatening|abusing|molesting|chasing|stalking|drowning|kidnapping|abducting|robbing|carjacking|grabbing|dragging|jumping|"
    "burning|torturing|cornering|tying|fondling|groping|holding (?:me|us|her|him|them|my \\w+) (?:hostage|down|against|captive|at|prisoner|here)|"
    "pointing|aiming|pinning|locking (?:me|us)|touching me|pushing|shoving|throwing (?:me|things|stuff)|destroying my)"
    "(?! (?:it|time|on me|hoops|baskets|basketball|pictures|photos|videos?|film|fireworks|pool|records?|out|"
    "the (?:problem|issue|road|ball|drum|process|point|cost)|to (?:sue|report|call|evict|leave|quit|move|get a lawyer|take me to court)|traffic|my (?:time|day|vibe|grass|feelings))\\b)"
)
NOUNS["HARMED"] = (
    "(?:hit|punched|slapped|choked|strangled|stabbed|raped|attacked|beat|kicked|robbed|hurt|threatened|assaulted)"
)
NOUNS["HARM"] = (
    "(?:(?:kick|break|knock|bust|smash|tear) (?:down |in )?(?:my|the|our) (?:\\w+ )?(?:door|doors|window|windows)|burn (?:down )?(?:the|our|it|everything|this)|(?:kill|murder|shoot|stab|rape|strangle|choke|drown|suffocate|kidnap)(?! (?:it|time|the breeze|hoops|pictures|videos?)\\b)|"
    "(?:jump|jump off|die|hang himself|hang herself|od|overdose|blow (?:up|us|me)|set (?:it|my|the|fire|me))|"
    "(?:hurt|hit|beat|attack|punch|slap|harm|grab|take|burn|cut|get|jump|run over) (?:up )?(?:me|us|him|her|them|himself|herself|themselves|myself|someone|everyone|my (?:son|daughter|kids?|baby|child|children|mom|dad|family|wife|husband|brother|sister|dog|house|home|place))(?! (?:to|the help|some help|out of|home|in trouble|back on))|"
    "(?:come|break|get|climb|force (?:his|her|their) way|bust|kick|sneak) (?:back )?(?:in|into|inside|thru|through|down)(?! (?:touch|contact|trouble|shape|the way|line|to (?:my|his|her|their) (?:account|school)|a (?:fight|program|school)|my (?:way|business|head))))"
)

RED_EN: tuple[tuple[str, str], ...] = (
    ("fire", r"^(?:help |please |omg |5 )*(?:fire|smoke|flames|gas leak)(?: is)? (?:in|inside|coming from) (?:my|the|our) (?!city|area|fire)\w+"),
    ("not_breathing", r"fell(?: \w+){0,3} cant get up|water broke|am (?:in labor|having a baby)(?= |$)(?! shower)"),
    ("violence", r"{SUBJ}(?: \w+){1,6} (?:and|who|that|now)(?: he| she| they)? (?:is|are){ADV} (?:{ACTING}|(?:pointing|waving|banging|pounding|kicking|breaking|bleeding|unconscious|not breathing|dying|outside|armed|inside|following me|chasing)(?! (?:new|up))|{PLACE}|(?:going to|trying to|threatening to) {HARM})"),
    ("violence", r"{SUBJ} (?:is|are|gets?){ADV} (?:\w+ )?(?:and|so|now|but){ADV}(?: is| are)? (?:going to|trying to|threatening to|will) {HARM}|has (?:me|us) (?:locked|trapped|tied|cornered|pinned)"),
    ("break_in", r"(?:house|home|car|store|shop|apartment|apt|building|place|door|garage) (?:is|are) (?:being|getting) (?:robbed|broken|burglarized|kicked|ransacked)"),
    ("followed", r"(?:is|are|keeps|keep) following (?:me|us|my \w+)(?! (?:up|on|through|case))|there is(?: \w+){1,4} following (?:me|us)"),
    ("self_harm", r"(?:is|are|keeps|was just|started) (?:cutting|hurting|killing|harming|stabbing|hanging|burning|choking) (?:himself|herself|themselves)|i am going to (?:jump(?! (?:in|on|to|through|back))|overdose|od|shoot myself)"),
    ("outside", r"(?:{STRANGERS})(?: \w+){1,3} (?:is|are) (?:back|outside|outside (?:again|now|my \w+)|inside|here)(?: (?:again|now|please|help|with a \w+|at my \w+))*$|^(?:he|she|someone|(?:my )?ex|(?:my )?(?:husband|boyfriend|ex husband|ex boyfriend|stalker)) (?:came|come) back(?: (?:again|now|please|help|with a \w+|to my \w+))*$"),
    ("needs_help", r"^(?:la |the )?(?:police|ambulance|policia|ambulancia|paramedics|medic)(?: (?:police|please|now|asap|hurry|help|por favor|svp|ahora|ya|ambulance|vite|rapido|sil vous plait|quick|here))+$"),
    ("weapon", r"{SUBJ}(?: is| are)?{ADV} (?:is|are|has|have|got|has got|have got|is got|holding|carrying|waving|swinging|brandishing|pulling|pulling out|pointing|aiming|grabbing|got|threatening \w+|reaching for|loading|cocking|firing|going for){ADV}(?: with| holding| carrying| waving| pointing| swinging)?{DET}{0,5} (?:{WEAPON})(?! (?:permit|safe|license|shop|store|rack|collection|range|lock|rights|control|problem|laws?|mitzvah|house|sign|boxes|day|phone))"),
    ("weapon", r"(?:^|there is |help |please |help me |omg |came back |is back |have |is |are )(?:a |an |the |my |some |two |three |four |this |another )*(?:{SUBJ}|shooter)?{ADV} with(?: a| an| his| the| their| some)* (?:big |huge |loaded |kitchen |hand )?(?:{WEAPON})"),
    ("weapon", r"^(?:help |please |omg |911 )*(?:{WEAPON})(?: please)? (?:in|at|to|on|pointed at) (?:my|me|our|her|his|the) (?:face|head|back|throat|neck|house|door|school|building)"),
    ("weapon", r"(?:gun|knife) (?:is )?(?:pointed at|to|at) (?:me|my|us|her|his) ?(?:head|face|throat|neck|back)?(?= |$)(?<!was pointed at me)"),
    ("weapon", r"{SUBJ} (?:is|are){ADV} armed"),
    ("violence", r"{SUBJ}{BE}{ADV} (?:a )?{ACTING}"),
    ("violence", r"^(?:help |please |omg |oh my god |911 |now |my |the |a |this |some )*{SUBJ}{ADV} {ACTING}"),
    ("violence", r"{SUBJ}(?: is| are| has| have| keeps)?{ADV} (?:going to|trying to|wants to|threatening to|threatens to|threatening 2|threatened he will|said he will|says he will|says he is going to|plans to|planning to|planning on|coming (?:back )?to|attempting to|ready to|will|about to){ADV} (?:come (?:and )?|go |try to |try and )?{HARM}"),
    ("violence", r"{SUBJ} (?:has )?just (?:hit(?! (?:it|my (?:car|truck|mailbox|fence)))|punched|slapped|choked|strangled|stabbed|shot(?! me an? (?:\w+ )?(?:text|email|message|smile|look|note))|attacked|beat|raped|hurt|robbed|grabbed|kicked|jumped|killed|pulled a|pointed a|took my (?:kid|child|son|daughter|baby)\w*|tried to (?:kill|hurt|stab|shoot|choke|break|get in))"),
    ("violence", r"(?:i|we) (?:just )?(?:got |have |have been |am |are |am being |are being |am getting |keep getting )(?:just )?(?:being |getting |been |just )(?:shot|stabbed|attacked|beat|beaten|hit|robbed|raped|assaulted|jumped|choked|followed(?! up)|chased|stalked|watched|threatened|held|kidnapped|abused|hurt|mugged|carjacked|hunted)(?! by how)"),
    ("violence", r"(?:i|we) (?:am|are|have|got|just got|have been) (?:shot|stabbed|kidnapped|beaten|raped|attacked)(?! (?:in 19|in 20|last|before|years))"),
    ("violence", r"{SUBJ} (?:is|are|has been|have been|just got|just|is been|has just been){ADV} (?:shot|stabbed|hit by a)(?! (?:last|years|in 20))"),
    ("violence", r"{HARMED} (?:me|us|him|her|them|my \w+) (?:again )?(?:just|right) now(?! (?:by (?:phone|text)|with (?:a|your|the) (?:text|call)))"),
    ("violence", r"wont let (?:me|us|her|him|them|my \w+) (?:go|leave|out|exit|get out|move)|against my will|(?:held|holding|is holding|taken) (?:me |us )?hostage(?<!was held hostage)|fear(?:ing)? for my life|scared for my life|cant get away from (?:him|her|them)"),
    ("violence", r"{SUBJ} (?:is|are){ADV} (?:killing|hurting|going to hurt) (?:me|us|her|him|my|someone)"),
    ("break_in", r"{SUBJ}{BE}{ADV} (?:trying to |attempting to )?(?:breaking (?:in|into|down|through|my|the|our|glass|windows?)|getting in(?:side|to my)?|climbing (?:in|into|through|over|up)|entering|kicking (?:in|down|my|the|our|at)|busting|bursting|banging|pounding|beating (?:on|down)|knocking|trying (?:my|the|our|to open|to get|to break|to come|all)|messing with my (?:door|window|lock)|picking|prying|smashing|looking (?:in|through|into|inside)|peeking|peeping|watching (?:me|us|my)|prowling|lurking|sneaking|creeping|coming (?:in|inside|after|at me|for me|for us|through|towards?|up|over|to (?:my|the|our) \w+(?! (?:tomorrow|for|later|to (?:check|take|help|talk|fix|look)))|to (?:get|kill|hurt)))(?! (?:new|up with|town|soon|to an end)|(?: on)?(?: the| their| his| some)? (?:pots?|pans?|drums?|music|bass)(?!\w))"),
    ("break_in", r"^(?:help |please |omg |911 |now |a |the |my |some )*{MENACE}{ADV} (?:breaking (?:in|into)|banging on|pounding on|kicking|trying to (?:get|break|come|open)|in my|in the house|inside|at my|at the|outside(?! of the (?:city|county))|following (?:me|us|my)|coming (?:in|after|at))"),
    ("break_in", r"{SUBJ} (?:has )?just (?:broke|broken|came|kicked|walked|got|climbed|forced) (?:in|into|inside|down|through)"),
    ("break_in", r"there is(?: \w+){0,4} {STRANGERS}(?: who is| that is| is)?(?: \w+){0,3} (?:{PLACE}|outside|inside|downstairs|upstairs|trying to|breaking|banging|kicking|pounding|with a (?:{WEAPON})|shooting|following|chasing)"),
    ("break_in", r"there is(?: \w+){0,2} (?:an |a )?(?:intruder|burglar|robber|prowler|home invasion|break in|robbery|burglary|hostage|kidnapping)(?! (?:report|last|problem))"),
    ("break_in", r"(?:is|are) breaking (?:in|into)(?! new)|^(?:home invasion|intruder|break in)(?: in progress| now)?$|^(?:i )?hear(?:ing)? (?:someone|footsteps|noises?|people|a man|voices) (?:\w+ )?(?:in|inside|downstairs|upstairs|outside)"),
    ("outside", r"{MENACE} (?:is|are|keeps coming|is being|stays){ADV} (?:outside(?! (?:of )?(?:the |their |its )?(?:jurisdiction|city|limits|scope|area|norm|box|town|county|hours|normal))(?! (?:playing|mowing|smoking|talking|drinking|working|having|partying|barking|blasting|washing|doing|letting|running (?:his|their|a)))|(?:standing |sitting |waiting |(?<!someone is )(?<!people are )parked |hiding |right |just |still |looking )?{PLACE}|downstairs|upstairs|(?:inside|in here|in the house)(?= |$))"),
    ("outside", r"{MENACE} (?:is|are){ADV} (?:back|coming back|here)(?: (?:again|now|please|help|hurry|at(?! (?:work|school|his (?:desk|job)|her (?:desk|job)|it|the (?:office|station)))|in(?! (?:town|business|school|class|jail|the (?:office|hospital)))|outside|with(?! (?:us|the report|his report))|and|trying|inside|on(?! (?:duty|the (?:job|street|beat))))\b.*)?$(?<!they are here)(?<!they are here now)"),
    ("followed", r"{SUBJ}{BE}{ADV} (?:following|tailing|chasing|stalking|trailing)(?! (?:up|through|the (?!kids|children|girls?)|all|procedures?|protocols?|orders?|instructions?|directions?|rules?|along|our case|my case|his case|her case|it|this|these|what|by|a lead|leads))"),
    ("followed", r"(?:i|we) (?:am|are|think i am|think we are|have been){ADV} (?:being |getting |been )?(?:followed(?! up)|chased|stalked|tailed|tracked)(?<!have followed)"),
    ("not_breathing", r"(?<!was )(?<!were )(?<!wasnt )(?:not|barely|stopped|stop|no longer|isnt|hardly|quit) breathing(?! (?:down|a word))"),
    ("not_breathing", r"(?:cant|can hardly|can barely) (?:breathe|breath|breathing|breth)|trouble breathing(?<!was having trouble breathing)|turning blue|no pulse|wont wake up|is not waking up|doesnt wake up|is not (?:responding|moving|responsive|waking)|wont respond to me"),
    ("not_breathing", r"{SUBJ} (?:is|are|has|might be|looks|may be){ADV} (?:unconscious|unresponsive|overdosing|overdosed|oding|od ing|bleeding|dying|dead|choking|convulsing|seizing|drowning|passed out|collapsed|suicidal|having a (?:heart attack|seizure|stroke|baby)|not conscious|on the (?:ledge|bridge|roof)|in danger|hanging)"),
    ("not_breathing", r"(?:he|she|they|i|son|daughter|husband|wife|kid|child|mom|dad|friend|brother|sister) (?:just )?(?:took|swallowed|has taken|have taken|ate) (?:too many|all (?:the|his|her|my)|a (?:bunch|bottle|lot|handful) of|some|my) ?(?:\w+ )?(?:pills|meds|medication|tylenol|poison|bleach)"),
    ("hurt_or_hiding", r"(?:i|we) (?:am|are|have been){ADV} (?:hiding(?! (?:nothing|anything|something|it|behind that))|hidden|bleeding(?! money)|in danger(?! of (?:miss|los)ing)|trapped|locked in|tied up|kidnapped|held|dying(?! (?:laughing|of|to|with|here lol|lol|over here))|suicidal|overdosing|choking|drowning|injured|having (?:a )?(?:heart attack|seizure|stroke|chest pains?)|under attack|hurt(?= *$| bad| badly| and| please| help| really)|badly hurt|seriously hurt|not safe (?:here|at home|right now|with (?:him|her)))"),
    ("hurt_or_hiding", r"^(?:help |please |omg )*hiding (?:in|under|from|behind)|^(?:help |please |omg )*(?:being followed|bleeding|trapped|kidnapped|in danger)(?: (?:now|help|please|bad|badly))*$"),
    ("hurt_or_hiding", r"(?:son|daughter|child|baby|toddler|kid|grandson|granddaughter|kids) (?:is|are|has been|has gone|still|went){ADV} (?:missing|kidnapped|abducted|taken)(?! (?:school|his|her|out|the|a|to|toys?|class))|{SUBJ} (?:just )?(?:took|kidnapped|abducted|has|stole|is taking) my (?:son|daughter|child|baby|kids?|children)(?! (?:to (?:school|practice)|on a|for a|in (?:class|school)|s ))"),
    ("self_harm", r"(?:kill|hurt|harm|shoot|hang|cut|stab|drown|unalive|off|killing|hurting|harming|cutting|shooting|hanging|unaliving) myself"),
    ("self_harm", r"(?:end|ending|take|taking) my (?:own )?life|end(?:ing)? it all|(?:i|to) wants to die|^wants to die|feel like dying|(?:i )?wish i (?:was|were) dead|better off dead|dont wants to (?:live|be alive|be here anymore|exist|wake up|go on living)|no reason to live|(?:commit|committing) suicide|(?:thinking|thoughts?|think) (?:about|of) (?:suicide|dying|ending)|suicidal thoughts|slit my wrists?|jump(?:ing)? off (?:a|the|this) (?:bridge|roof|building|balcony)|(?:i|am|feel|feeling|i feel)(?: so| really| very)? suicidal|im suicidal|kms|going to (?:end it|die tonight)|goodbye (?:everyone|world)|ready to die"),
    ("fire", r"(?:there is(?! no)|theres(?! no)|see|smell|i see)(?: \w+){0,2} (?:fire|smoke|flames)(?! (?:station|hydrant|trucks?|engine|dept|department|drill|pit|hazard|lane|alarm|extinguisher|escape|fighters?|place|sale|works?|detector|signal|shop))(?<!smell smoke)"),
    ("fire", r"(?:house|home|building|apartment|apt|kitchen|car|garage|room|bed|trailer|roof|truck|shed|bedroom|stove|field|tree|everything|place|he|she) (?:is|are|s|caught|has caught|is all)? ?(?:on fire|burning down)(?<!was on fire)(?! last)|^(?:help |omg |please )*(?:fire|on fire)(?: (?:fire|help|please|now|in (?:my|the|our) \w+|at (?:my|the) \w+))+$"),
    ("shooting", r"(?:there is(?! no)|there has been|theres(?! no))(?: \w+){0,3} (?:shooting|shooter|gunfire|gunshots?|gun shots?|gun fire|shots|stabbing|bomb|explosion|explosions|gas leak|active shooter|dead body|crash with injuries)(?! (?:range|last|star|stars|games?|video|sports))|(?<!were )(?<!was )shots fired|^(?:i |we |just )*(?:hear|heard|hearing|am hearing)(?: \w+){0,3} (?:gunshots?|gun shots?|shots|shooting|gunfire)(?! (?:last|yesterday|on))|^active shooter|^shooting(?: (?:now|at|in|happening|outside|help)\b.*)$|^gunshots?(?: \w+){0,4}$"),
    ("needs_help", r"(?<!you )(?<!they )(?<!dont )(?<!didnt )(?<!not )(?<!never )(?<!longer )(?<!no )(?<!people )(?<!would )(?<!might )(?:need|needs|needing)(?: to get| to call)?(?: the| a| an| some| your)?(?: fucking)? (?:police|ambulance|911|paramedics?|medics?|ems|swat|sheriffs?|fire (?:department|dept|truck)|emergency (?:help|services|assistance))(?: (?:officer|car))?(?! (?:reports?|presence|patrols?|training|reform|like|who|that|clearance|records?|info|check|oversight|accountability|escort to|officers? (?:like|who|that)|on (?:our|this) street more|number|to (?:call me|file|take a report|do their|patrol)))"),
    ("needs_help", r"(?:^|please |pls |someone |somebody |can you |can u |could you |just |now |help |and |or |me |go )(?:send|call|get|dispatch|bring|phone)(?: me| us| for)?(?: the| a| an| some)? (?:police|ambulance|911|paramedics?|medics?|help|swat|sheriffs?|fire (?:department|dept|truck))(?! (?:reports?|records?|with|for (?:my|the) report|station|number|desk|(?:department|dept) (?:number|phone|line)|non emergency|and (?:cancel|tell)|dispatch(?:er)?|operator|to (?:thank|check|fix)|was|were))"),
    ("needs_help", r"^(?:please |hurry |now )*send (?:someone|police|officers?|an officer|a unit|units|anyone|a car|the officers?|somebody|backup)(?: (?:please|now|quick|quickly|fast|asap|hurry|help|right|immediately|over|to my|here|back)\b.*)?$|please send (?:someone|officers?|an officer|anyone|backup)(?! (?:to (?:take|pick up|talk about)|a (?:survey|text|copy)|different|else))"),
    ("needs_help", r"^(?:please )?(?:hurry|hurry up|come quick|come quickly|come now|please come|come back now|come fast|please hurry|get here|get here now|come help|save me|save us|i am in danger|this is an emergency|its an emergency|it is an emergency|i have an emergency|real emergency)(?: (?:please|now|help|hurry|fast|quick|asap))*$|(?:i|we|she|he) (?:need|needs) (?:immediate |urgent |your |some )?help(?: (?:now|please|asap|right now|immediately|hurry|fast|quick|urgent(?:ly)?|bad|badly|me|right away|at|he|she|they|someone))+|^(?:i|we)? ?(?:really |please )?need help$"),
    ("shooting", r"^(?:gun ?shots?|gun shots?|shots fired|shooting|gunfire)(?: \w+){0,2} (?:outside|here|now|next door|inside|nearby)|(?:i|he|she|they|someone|{KIN}|{STRANGER})(?: have| has)? (?:just )?(?:got|been|was just|were just|just got) (?:shot|stabbed)(?! (?:last|years|yesterday|a|in|at) )|(?:he|she|they|someone|{STRANGER}) (?:just )?(?:shot|stabbed) (?:me|him|her|us|my \w+)(?! (?:last|years|yesterday|a \w+ ago|in)|(?: (?:a|an|that|this|the|another|some|over|back|quick|short|nice|kind|friendly|brief|two|few))* (?:texts?|e ?mails?|messages?|msg|smiles?|looks?|glance|note|line|call|wink|thumbs|dm|link|reply|response|updates?|grin|glare|hand)(?!\w))"),
    ("not_breathing", r"(?:he|she|they|someone|{KIN})(?: has| have)? (?:just )?(?:overdosed|od ?ed|odd)(?! (?:last|years|yesterday|in|a|on drugs) )"),
    ("break_in", r"(?:he|she|they|someone|{STRANGER}) (?:\w+ ){1,5}(?:is|are) (?:here|inside|outside) (?:now|right now|with a)"),
    ("self_harm", r"(?:i am|im) ending (?:it|it all|my life|everything)(?! with)(?= |$)"),
    ("not_breathing", r"^(?:i am |am |please |help )*(?:having )?(?:a |bad |severe )*(?:chest pains?|heart attack|stroke|seizure)(?: (?:now|help|please|right now))*$|(?:i|he|she|they|{KIN}) (?:just )?took pills"),
    ("hurt_or_hiding", r"(?:someone|people|{KIN}) (?:is|are) (?:badly |really |bad )?(?:hurt|injured)(?! (?:feelings|by|that))"),
    ("needs_help", r"^(?:please |help )*(?:es|esto es|cest|ceci est) (?:una|une) emergency"),
    ("needs_help", r"(?:need|needs|want) (?:an |the |a )?(?:officers?|cop|deputy|deputies|someone|unit) (?:here )?(?:now|right now|asap|immediately|fast|quick)"),
    ("hurt_or_hiding", r"^(?:i am |help |please |we are )*(?:locked|stuck|trapped) in (?:the|my|a|his) (?:bathroom|bedroom|closet|room|car|trunk|basement|house)"),
    ("needs_help", r"^(?:please |somebody |someone |help )*(?:rescue|save) (?:me|us)(?: please| now| help)*$|^text 911(?: now| please)*$|^(?:please )?help (?:me|us)(?: please)? (?:he|she|they|i am|we are|there is|someone|my \w+ (?:is|has|are)) .*$"),
    ("needs_help", r"need you (?:guys )?to (?:send|come with|call)(?: \w+){0,2} (?:police|ambulance|help|officers?)(?! (?:reports?|presence))|need(?:s)? (?:a |an )?(?:doctor|medic|nurse)(?: (?:now|asap|please|help|right now|fast|quick|here))+|need more (?:police|officers|units|help) (?:here )?(?:now|right now|asap|immediately)"),
    ("needs_help", r"(?:cant|dont) (?:talk|speak|call)(?: \w+){0,3} (?:(?:call|send|text) (?:911|police|help|someone)|help me|(?:he|she|they) (?:is|are|will|can|might|would))|(?:he|she|they) (?:can|will|might) hear me(?! out)|^(?:please |help |somebody |someone )*(?:get|let) (?:me|us) out(?: of (?:here|this (?:house|car|room)))?(?: please| now| help)*$"),
    ("needs_help", r"(?:screaming|yelling|crying|calling|begging|shouting|screams|yells|pleading)(?: out)?(?: for)? help(?! (?:last|yesterday|with|desk))"),
    ("outside", r"(?<!said )(?<!told me )(?:he|she|(?:my )?(?:ex|husband|boyfriend|abuser|stalker|stepdad|{STRANGER})) (?:is|are) (?:coming|on (?:his|her) way)(?: (?:now|back|here|help|please|hurry|for me|for us|over|inside|over here|closer|to (?:get|kill|hurt|find) (?:me|us)))*$"),
    ("outside", r"(?:police|officers?|deput\w+|you|you guys|units?|they) (?:just |already |all )?left (?:and |but |then |now |so )+(?:he|she|they) (?:just )?(?:came back|is back|are back|come back|returned|showed up)|(?:he|she|they|ex) (?:just )?(?:came back|came right back|returned|showed back up|showed up)(?: again| right)? (?:after|when|once|as soon as|right after|since|the (?:minute|second|moment)) (?:you|they|the (?:police|officers?)|police)(?: guys| all)? left|(?:as soon as|once|after|when) (?:you|they|the \w+|police) (?:guys |all )?left (?:he|she|they) (?:came back|was back|were back|is back|are back|returned)|come back (?:he|she|they) (?:came|is|are|has|have)(?: come)? back"),
    ("outside", r"^(?:yes |no |ok |help |now |thanks but |but )*(?:he|she|they|someone|(?:my )?(?:ex|husband|boyfriend|abuser|stalker)|(?:the |that |those )?(?:same )?(?:{STRANGER}))(?: has| have)? (?:just )?(?:came|come|returned)(?: right)? back(?: (?:again|now|please|help|with (?:a|an|his|her|their|more|some|guns?) \w+|to (?:my|the) (?:house|door|home)))*$"),
    ("followed", r"(?:car|truck|van|suv|vehicle|motorcycle) (?:is |keeps |has been |been )?(?:following|chasing|tailing) (?:me|us|my \w+)|^(?:help |please |i am |we are |am )*being (?:raped|chased|robbed|followed|attacked|beaten|beat|stabbed|kidnapped|held|stalked|threatened|hunted|shot at)(?! up)"),
    ("weapon", r"{SUBJ} (?:(?:at|in|from|on|across) (?:my |the |this |our |his )?\w+(?: \w+)?|upstairs|downstairs|next door|who is here) (?:has|have|got|is holding|is carrying|is waving|is pointing|with|has got){DET}{0,4} (?:{WEAPON})(?! (?:permit|safe|license|shop|store|collection|range|was|were))"),
    ("weapon", r"{SUBJ}(?: has| have)? just (?:pulled|pulled out|drew|brought|flashed|showed me|pulled up with|showed up with|came (?:back |here |over )?with|grabbed|got|bought|picked up){DET}{0,4} (?:{WEAPON})|{SUBJ} (?:is|are)(?: just| now)? (?:going to get|getting|grabbing|going for|on (?:his|her|their) way with|coming (?:back |here |over )?with|walking (?:around|up|over|in) with|running (?:around )?with|standing (?:\w+ ){0,2}with|looking for){DET}{0,4} (?:{WEAPON})|went to get (?:his|her|a|the|my) (?:{WEAPON})|(?:i )?(?:can )?see (?:a |an |the |his |someone with a |somebody with a |a (?:man|guy|person|kid) with a )(?:{WEAPON})"),
    ("violence", r"{SUBJ} (?:is|are|keeps)(?: \w+)? (?:touching (?:my (?:daughter|son|child|kids?|sister|brother|baby|privates?|private parts|breasts?|chest|butt)|me(?: (?:inappropriately|sexually|down there|again|now))*$)|shaking (?:the|my|our|her|his) (?:baby|kid|child|daughter|son|infant)|(?:breaking|destroying|smashing|trashing|wrecking|throwing) (?:everything|(?:the|my|our) (?:house|place|apartment|home|stuff|things|furniture|room|windows?|doors?|car|truck)))"),
    ("violence", r"{SUBJ} (?:is|are)(?: now| just| \w+ly)? (?:getting|being) (?:beat|beaten|attacked|jumped|robbed|stabbed|raped|shot|assaulted|choked|strangled|mugged|kidnapped|abducted|hurt|abused|hit (?!by a car last)|held hostage)(?! (?:last|yesterday))|there is(?: \w+){0,3} (?:{SUBJ}|kids?|teens?)(?: \w+)? {ACTING}|trying to rob (?:me|us|him|her|my|the)|threatening (?:suicide|to (?:kill|hurt|shoot) (?:himself|herself))"),
    ("violence", r"(?:am|are|is) (?:so |very |really )?(?:afraid|scared|terrified|in fear) (?:for|of losing) (?:my|our|his|her) (?:life|lives)|(?:my|our|his|her) lif?v?es? (?:is|are) in danger|(?:has|have|is) got my (?:son|daughter|child|baby|kids?|children)(?! (?:to|in|out|back|off|on|into|a|the|home|interested) )"),
    ("break_in", r"{SUBJ}(?: is| are| keeps)?(?: \w+)? (?:turning|jiggling|rattling|messing with|playing with|pulling on|pulling|shaking|unlocking|opening|testing|tugging on|scratching at|tapping on|hitting|beating) (?:my |the |our )(?:front |back |side |car |bedroom )?(?:door ?knobs?|knobs?|door|doors|door handles?|handle|windows?|locks?|gate)|^(?:help |please |there is )*(?:someone|people|a man|man|some guy|strange man|stranger|intruder|burglar)(?: is)? (?:downstairs|upstairs|inside|in here|in the house)(?: \w+){0,2}$|broke in(?: and)?(?: \w+){0,3} (?:i )?(?:can )?(?:hear|see) (?:him|them|someone|her)|^(?:he|she|they|someone) (?:is|are) in(?: now| help| please)*$"),
    ("break_in", r"^(?:carjacking|robbery|home invasion|burglary|kidnapping|stabbing|break in|domestic violence|school shooting|mass shooting|shooting)(?: (?:is|in progress|now|happening|going on|right now|here|outside|help|please|at \w+(?: \w+)?|next door))+$|^(?:school|mass) shooting$"),
    ("not_breathing", r"(?:baby|he|she|son|daughter|kid|child|toddler|lips|face) (?:is |are )?(?:turning |all |going )?blue(?= |$)(?! (?:shirt|car|truck|jacket|eyes?|eyed|hoodie|line|hat|pants))|(?<!was )(?:hard|difficult|struggling|having trouble|having a hard time|difficulty)(?: to| time)? breath(?:e|ing)|(?:is|am|are) (?:struggling|gasping) (?:to|for) (?:breathe|air|breath)"),
    ("not_breathing", r"cant wake (?:him|her|them|my \w+|the \w+)|(?:losing|lost) (?:a lot of |so much |too much |alot of )blood(?! (?:last|but))|there is (?:so much |a lot of |alot of )?blood(?! (?:drive|bank|test|pressure))|my chest (?:hurts|is (?:hurting|tight))|(?:am|is|has|have|having)(?: \w+){0,2} (?:chest pains?|heart attack|stroke|seizure)(?<!gave me a heart attack)"),
    ("not_breathing", r"my (?:car|truck|van) is (?:sinking|in the (?:water|river|lake|canal|pond)|under ?water)|(?:stuck|trapped) in (?:my|the|a) (?:car|truck|elevator|fire|water|river)|(?:wife|girlfriend|daughter|sister|she|friend|mom) (?:is|just went|going)(?: going)? in(?:to)? labor(?! (?:day|law|union))|(?:^|the |my )baby is coming(?= |$)(?! (?:soon|in \w+ (?:weeks|months)|home))|fall?en?(?: \w+){0,5} cant (?:get up|move|stand|walk|reach)|fell(?: \w+){0,5} (?:and )?(?:cant (?:get up|move|stand|walk)|is not moving)|^(?:i )?cant move(?: help| please| my legs)*$"),
    ("hurt_or_hiding", r"(?:i am|we are|me|am) in (?:the |a |his |her |their |someones )?(?:back of (?:his|a|the) )?(?:trunk|(?<=his )van)(?= |$)|^(?:i am |we are |help |please )*hid(?:ing|den)(?: (?:now|help|please|him|her|here))*$"),
    ("self_harm", r"(?:just|really|do|still|i|we|she|he|{KIN}) wants to die(?! (?:of|laughing|from))|(?:i am|we are) going to die(?! (?:of|laughing|from (?:boredom|laughter|embarrassment|heat)|one day|some ?day|alone|waiting|before))|cant go on(?: living| like this| anymore)*$|nothing (?:left )?to live for|life is not worth (?:living|it)|not worth living|tired of (?:living(?! (?:here|like|next|in|with|on))|being alive)|(?:done|finished) with (?:life|living(?! here))|dont see a reason to live"),
    ("self_harm", r"on (?:the|a) (?:bridge|ledge|roof|overpass|edge|building)(?: and)?(?: i am| he is| she is)? (?:about to|going to|ready to|wants to) jump|^(?:i am |he is |she is )(?:standing |sitting |up )?on (?:the|a) (?:bridge|ledge|edge|overpass)(?: (?:and .*|now|help|please|thinking.*|ready.*))?$|going to (?:overdose|od)(?= |$)|(?:everyone|everybody|the world|they|you|family|kids)(?: \w+){0,3} better (?:off )?without me|tell my (?:kids?|mom|mum|mother|dad|father|family|wife|husband|son|daughter|children|parents|girlfriend|boyfriend) (?:that )?i (?:love|loved|am sorry)|^(?:i am |feeling |i feel )?suicidal$"),
    ("fire", r"(?:house|home|building|apartment|apt|kitchen|garage|trailer|car|truck|roof|place) (?:is |are )?(?:burning|in flames|filling (?:up )?with smoke|full of smoke|engulfed)(?! (?:last|was))"),
    ("shooting", r"shots (?:are |is )?being fired|^(?:help |please |omg |5 )*(?:gun ?shots?|gun shots|gunfire|shots|drive by)(?: (?:now|help|please|again|everywhere|shooting|right now))+$|^gun shots?$|(?:is|are) (?:shooting|firing)(?: \w+)? (?:up|at|into) (?:my|our|the|me|us|people|cars|everyone|them|him|her)|(?:i|we) (?:have |was |were )?just (?:got |been |now )?(?:carjacked|robbed|jumped|mugged|attacked|assaulted|beaten|shot at)|{SUBJ} (?:has |have )?just (?:broke|kicked|smashed|busted) (?:the|my|our|a|in|down|through)(?! (?:record|news))|there was just an? (?:\w+ )?(?:shooting|stabbing|explosion|fire|robbery|wreck|crash|accident with injuries)"),
)  # fmt: skip

RED_ES: tuple[tuple[str, str], ...] = (
    ("outside", r"(?:y|ya|todavia|aun|sigue|siguen) (?:esta |estan |siguen )?aqui(?= |$)(?<!ya aqui)(?! (?:la |el |los |un |una )?(?:policia|police|oficial\w*|patrulla|ambulancia|ambulance|agente\w*|ayuda|bomberos))|(?:hay|ay) (?:un|una|unos|alguien) (?!perro|gato|carro|paquete)(?:\w+ ){0,3}(?:en|frente a|dentro de|afuera de|fuera de) mi (?:casa|puerta|ventana|patio|cuarto|techo)"),
    ("followed", r"(?:hombre|alguien|tipo|carro|senor|ex|persona|muchacho) me (?:sigue|siguen|persigue)"),
    ("weapon", r"(?<!\bno )(?:tiene|tienen|trae|traen|lleva|llevan|anda con|andan con|esta con|saca|agarro) (?:(?:un|una|el|la|su|unas|unos|varias) )?(?:arma|armas|pistolas?|cuchillos?|navajas?|machetes?|rifles?|escopetas?|fierro|bomba|martillo|bate|cuete|hacha)"),
    ("weapon", r"(?:hay|ay) (?:un|una|unos|alguien|gente|dos) (?:\w+ ){0,2}(?:con|armad\w+)(?: (?:un|una))? ?(?:arma|armas|pistola|cuchillo|navaja|machete|rifle|escopeta)?|(?<!\bno )(?:esta|estan|anda|andan|viene|vienen) armad[oa]s?|me (?:esta|estan) apuntando"),
    ("violence", r"(?:esta|estan|sigue|siguen|anda|andan)(?: (?:me|nos|la|lo|le))? (?:peg|golpe|mat|persigu|amenaz|ahorc|estrangul|viol|atac|dispar|apunal|rob|asalt|lastim|maltrat|acos|pate|asfixi|secuestr|quem|abus)(?:ando|iendo|endo)(?:me|nos|la|lo|le|les|los|se|a mi)*(?! (?:el tiempo|mi tiempo))"),
    ("violence", r"(?:(?:me|nos|lo|la|le|los|las) )(?:va|van|quiere|quieren|intenta|intentan|trata de|tratan de|esta tratando de|amenaza con|dice que va)(?: a)? (?:matar|pegar|golpear|lastimar|disparar|violar|apunalar|hacer dano|atacar|secuestrar|ahorcar|quemar|agarrar|quitar a mi)"),
    ("violence", r"(?:va a|van a|quiere|quieren|trata de|intenta|amenaza con) (?:matar|pegar|golpear|lastimar|disparar|violar|apunalar|hacer|atacar|secuestrar|ahorcar|quemar)(?:me|nos|la|lo|le|los|se|te| a mi| a el| a ella)(?! (?:justicia|el favor))"),
    ("violence", r"no me deja (?:salir|ir|irme)|(?:me|nos) (?:tiene|tienen) (?:secuestrad|encerrad|amarrad|amenazad)[oa]s?|me (?:mata|pega|golpea|persigue|persiguen|amenaza|ahorca)(?= |$)|acaba de (?:pegarme|golpearme|dispararle?|matar|entrar|apunalar)\w*"),
    ("break_in", r"(?:esta|estan|alguien esta|quiere|quieren|trata de|intenta|tratando de|intentando) (?:\w+ )?(?:entrando|forzando|quebrando|metiendose|brincando(?:se)?|entrar(?! en contacto)|meterse|tumbar|rompiendo|romper) ?(?:a|la|mi|en|por|se)?(?! (?:musica|record))|(?:golpeando|tocando|pateando|forzando|tumbando|rompiendo) (?:mi|la) (?:puerta|ventana)"),
    ("break_in", r"(?:hay|ay) (?:alguien|un (?:hombre|tipo|senor|ladron|extrano|intruso)|una persona|unos hombres|gente|ladrones) (?:\w+ ){0,2}(?:en|dentro de|adentro|afuera|fuera de|tratando|queriendo|entrando)"),
    ("outside", r"(?<!perro )(?<!perros )(?<!gato )(?<!carro )(?<!basura )(?<!policia )(?<!patrulla )(?<!oficial )(?<!ninos )(?<!todo )(?<!\bno )(?:esta|estan) (?:\w+ ){0,2}(?:afuera|fuera de mi (?:casa|puerta|ventana)|(?:en|frente a) (?:mi|la) (?:casa|puerta|ventana|cuarto|patio|techo|entrada)|adentro de (?:mi|la) casa|dentro de (?:mi|la) casa|en el (?:patio|techo|cuarto))"),
    ("outside", r"^(?:el |ella |ellos |mi ex |mi esposo |mi marido |mi novio |ya )*(?:regreso|volvio|regresaron|volvieron|esta de vuelta|esta aqui|esta de regreso|ha vuelto|viene para aca|viene por mi)(?: (?:otra vez|de nuevo|a mi casa|con|ayuda|por favor|ahora)\b.*)?$"),
    ("followed", r"(?:me|nos) (?:esta|estan|anda|andan|viene|vienen|sigue|siguen) ?(?:siguiendo|persiguiendo|vigilando|acosando)|(?:me|nos) (?:siguen|persiguen|persigue|vienen siguiendo)(?= |$)|(?:esta|estan|anda|andan) siguiendo(?:me|nos| a mi)"),
    ("not_breathing", r"no (?:esta |estan |puede |puedo |pueden )?(?:respira|respiran|respirar|respirando)(?= |$)|no (?:despierta|reacciona|se mueve)(?= |$)|(?:esta|estan) (?:inconsciente|sangrando|muriendo|convulsionando|muert[oa]|ahogandose|desmayad[oa])|se (?:esta |estan )(?:muriendo|ahogando|desangrando|asfixiando)|dejo de respirar|sobredosis"),
    ("hurt_or_hiding", r"(?:estoy|estamos|me estoy) (?:\w+ )?(?:escondid[oa]s?|escondiendome|sangrando|herid[oa]s?|atrapad[oa]s?|encerrad[oa]s?|en peligro|muriendo|desangrando|ahogando|secuestrad[oa]s?|amarrad[oa]s?|perdiendo sangre)|me (?:dispararon|apunalaron|balearon)(?! (?:hace|el ano))|se llevo a mi (?:hij[oa]|nin[oa]|bebe)|mi (?:hij[oa]|nin[oa]|bebe) (?:esta (?:perdid[oa]|desaparecid[oa])|no aparece)"),
    ("self_harm", r"me (?:voy a|quiero) (?:matar|morir|suicidar|lastimar|hacer dano|tirar|ahorcar|cortar)|(?:quiero|voy a|pienso|pensando en|ganas de) (?:en )?(?:matarme|suicidarme|morirme(?! de (?:risa|verguenza|hambre|sueno|calor|frio|pena))|morir(?! de (?:risa|verguenza|hambre|sueno|calor|frio|pena))|hacerme dano|lastimarme|quitarme la vida|cortarme|ahorcarme)|ya no quiero (?:vivir|seguir viviendo|estar aqui)|no quiero (?:vivir|seguir viviendo)|(?:se quiere|se va a|quiere|va a) (?:matarse|suicidarse|suicidar|matar$|ahorcar$|quitarse la vida|aventarse)|mejor muert[oa]"),
    ("fire", r"(?:hay|ay) (?:un |mucho |mucha |una )?(?:fuego|incendio|humo|llamas|lumbre|fuga de gas)|se (?:esta quemando|quema|incendia|esta incendiando)|(?:casa|edificio|carro|cocina|apartamento) (?:se )?esta (?:en llamas|quemando|ardiendo)(?:se)?"),
    ("shooting", r"(?:hay|ay) (?:un |una |unos |muchos )?(?:tiroteo|balacera|balazos?|disparos?|tiros|tirador|hombre armado|bomba|explosion|muerto|herido)s?|(?:esta|estan) (?:disparando|tirando balazos|echando balazos)|(?:oigo|escucho|se oyen|se escuchan) (?:\w+ )?(?:disparos|balazos|tiros)"),
    ("needs_help", r"(?<!\bno )(?:necesito|necesitamos|necesita|necesitan|ocupo|manden|mande|mandenme|mandeme|envien|envie|llamen|urge|quiero|pidan|traigan) (?:a |al |que venga )?(?:la |el |una |un |los |ya |urgente )*(?:policia|ambulancia|911|auxilio|patrulla|paramedicos|bomberos|ayuda)(?! (?:con|para (?:llenar|el|entender|un|mi|hacer)|de transito|report\w*)\b)|vengan (?:rapido|pronto|ya|por favor)|por favor vengan|^(?:apurense|vengan|apurese|rapido)(?: por favor)?$|^llame (?:a la policia|al 911)$"),
    ("not_breathing", r"(?:se|me) (?:tomo|tome|trago|trague) (?:muchas|todas las|un monton de|un frasco de|demasiadas) (?:pastillas|pildoras)"),
    ("shooting", r"(?:le|lo|la|me|nos|les) (?:acaban de )?(?:dispar(?:aron|o|ar)|apunalaron|balacearon)(?! (?:ayer|hace|el ano|la semana))"),
    ("not_breathing", r"se (?:me )?desmayo|esta desmayad[oa]|no reacciona|esta inconsciente"),
    ("break_in", r"^(?:el |ella |alguien )*(?:entro|se metio)(?: (?:a|en) (?:la|mi) casa)? (?:ahorita|ahora|ya)$|^ya (?:entro|entraron|se metio|se metieron)(?= |$)|(?:esta|estan) adentro(?: de (?:la|mi) casa)?(?= |$)|(?:saquenme|sacame|saqueme) de aqui"),
    ("needs_help", r"^(?:por favor |alguien |ayuda )*llama(?:r)? (?:a |al )?(?:la |una |el )?(?:policia|police|911|ambulancia)(?= |$)|(?:tengo|tenemos|hay) (?:una )?emergency|^(?:dense prisa|apurate|apurese|apurense|apurensen|corran|salvenme|salveme|salvame|salvanos|rescatenme|saquenme|vengan)(?: (?:por favor|ya|rapido|pronto|de aqui|esta aqui|ayuda))*$"),
    ("weapon", r"(?:hombres?|tipos?|alguien|senor|muchachos?|vecino|persona|mujer|ladron|sujeto|chavo|vato|ex|esposo|novio|marido|papa|hermano|hijo) con (?:un |una |la |su |el )?(?:armas?|pistolas?|cuchillos?|navaja|machete|rifle|escopeta|bate|bomba|hacha)(?! (?:fue|anoche|ayer))|(?:viene|vienen|anda|andan|esta|estan) (?:aqui |otra vez |afuera |caminando )?con (?:un |una |la |su |el |unos |unas )?(?:armas?|pistolas?|cuchillos?|navaja|machete|rifle|escopeta|bate|bomba|hacha)|(?:me|nos|le|lo|la) apuntan?(?= |$)|me (?:puso|tiene|pone) (?:un|una|el|la) (?:cuchillo|pistola|navaja|arma) (?:en|contra)|(?:peleando|peleandose|amenazando) con (?:cuchillos?|armas?|pistolas?|machetes?|navajas?|bates?)"),
    ("violence", r"(?:me|nos|la|lo|le) (?:atacan?|pegan|golpean|amenazan|matan|violan|disparan|asaltan)(?= |$)|acab(?:a|an) de (?:\w+ )?(?:pegar|golpear|matar|disparar|apunalar|robar|asaltar|atacar|violar|amenazar|balear)\w*|(?:viene|vienen|va|van) a (?:matar|pegar|golpear|disparar|lastimar)(?:me|nos|la|lo|le)(?= |$)|no (?:nos|la|lo) dejan? (?:salir|ir)(?= |$)|(?:viene|vienen) por (?:mi|nosotros)(?= |$)"),
    ("break_in", r"se (?:me )?(?:esta|estan|andan?) (?:metiendo(?! con)|brincando)|(?:hay|ay) (?:un |unos |dos )?(?:ladron|ladrones|intrusos?|rateros?)|^(?:ayuda |un |unos )*(?:ladron|ladrones|ratero|rateros|alguien|hombres?) (?:esta |estan )?(?:en|dentro de|adentro de|adentro) (?:mi|la|nuestra) casa"),
    ("outside", r"^(?:5 |1 |pero |y |el |ella |mi ex |mi esposo |todavia |aun )*(?:sigue|siguen) (?:aqui|afuera|adentro|en mi \w+)|^(?:ya |otra vez )*(?:volvio|regreso) (?:mi (?:ex|esposo|marido|novio|agresor|papa|padrastro)|el (?:hombre|tipo|senor|vecino|ladron|muchacho|mismo)|otra vez|borracho)|^(?:ya )?(?:el|mi|ese|aquel) (?:hombre|tipo|senor|ex|esposo|marido|novio|vato|sujeto|ladron|agresor|mismo \w+) (?:ya )?(?:volvio|regreso)(?= ?$| otra| de nuevo| con| a mi)|^(?:ahi |ahi esta |ya )*esta (?:aqui )?(?:otra vez|de nuevo)(?: (?:aqui|afuera|ayuda|por favor))*$|^(?:ya |ahi )+viene(?: por mi| otra vez| para aca)?$|(?:pero|y) (?:ya )?(?:volvio|regreso|regresaron|volvieron)(?: (?:otra vez|de nuevo|con .*|a mi casa.*))?$"),
    ("followed", r"^(?:ayuda |alguien )*(?:me|nos) (?:sigue|siguen|persigue|persiguen)(?: (?:un|una|el|mi|otra|alguien|ayuda|desde|hasta|por)\b.*)?$"),
    ("not_breathing", r"(?:hay|ay) (?:mucha |tanta )?sangre|(?:hay|ay) (?:\w+ ){0,2}herid[oa]s?|(?:choque|accidente) con herid[oa]s|(?:le|me) (?:esta|estan) dando (?:un |una )?(?:infarto|ataque|derrame|convulsi\w+|paro)|^(?:ayuda |un |tiene un )*(?:infarto|ataque al corazon|paro cardiaco|derrame cerebral)(?: ayuda| por favor)*$|no (?:me )?puedo (?:levantar|mover|parar)(?:me)?(?= |$)"),
    ("hurt_or_hiding", r"(?:corro|corremos|corre) peligro|mi vida (?:esta|corre) (?:en )?peligro|^(?:ayuda |por favor |estoy )*escondid[oa]s?(?: (?:en|debajo|bajo|con)\b.*)?$|me (?:estoy )?escond(?:o|iendo)(?= |$)|(?:me|nos) (?:tiene|tienen) (?:\w+ )?encerrad[oa]s?"),
    ("self_harm", r"(?:me|se) (?:voy a|quiero|quiere|va a) (?:quitar la vida|colgar|aventar|lanzar)(?! (?:a la|al) (?:piscina|alberca))|(?:se|me) (?:va|voy|quiere|quiero) (?:a )?(?:tirar|aventar|lanzar) (?:de|del|desde|al tren)|(?:me|se) (?:estoy|esta) cortando|sin ganas de vivir|no tengo ganas de vivir|no vale la pena vivir|diganle? a mis? \w+ que (?:lo|la|los|las) (?:amo|quiero)"),
    ("fire", r"^(?:ayuda |por favor |5 )*(?:fuego|incendio|humo|lumbre|fuga de gas) (?:en|por|adentro) (?:mi|la|el|todo|toda)"),
)  # fmt: skip

RED_FR: tuple[tuple[str, str], ...] = (
    ("weapon", r"(?:il|elle|ils|elles|quelquun|on|homme|mari|ex|copain|conjoint|type|gars|voisin|fils|femme)(?: qui)? (?:a|ont|tient|porte|est avec|avec|sort|pointe|brandit) (?:un |une |des |son |sa |le |la |mon )*(?:couteaux?|armes?|fusil|pistolet|revolver|flingue|gun|hache|machette|bombe|marteau|batte|carabine)"),
    ("weapon", r"(?:est|sont) armee?s?(?= |$)|(?:il y a|ya|y a) (?:un |une |des |quelquun |homme |gars |type )+(?:avec (?:un|une) |armee?s? ?)(?:couteau|arme|fusil|pistolet|gun|hache)?"),
    ("violence", r"(?:il|elle|ils|elles|quelquun|on|mari|ex|copain|conjoint|voisin|pere|fils|mere|homme)(?: est en train de| va| veut| essaie de| essaye de| continue de| narrete pas de| menace de| vont| veulent| est entrain de)? (?:me |nous |la |le |les |lui |se |m ?)?(?:frapper?|battre|bat|tape[r]?|etrangler?|menacer?|poursui(?:vre|t)|attaquer?|agresser?|violer?|tuer?|cogner?|etouffer?|poignarder?|gifler?|frappent|tuent|menacent|attaquent|battent|poursuivent|tirer?|tirent|faire du mal)(?! (?:une balle de|le temps|la sonnette|au sort))(?= |$)"),
    ("violence", r"(?:il|elle) (?:ne )?(?:me )?(?:laisse|veut) pas (?:me laisser )?(?:sortir|partir|me lacher)|retenue? (?:de force|en otage)|jai peur pour ma vie|vient de (?:me )?(?:frapper|tirer|poignarder|entrer|me battre)"),
    ("break_in", r"(?:essaie|essaye|essaient|essayent|tente|tentent|en train|entrain) (?:d|de )(?:entrer|rentrer|forcer|defoncer|casser|entre)|(?:dentrer|de rentrer) (?:chez moi|dans|par)|(?:essaie|essaye|essaient|train|tente) dentrer|(?:defonce|defoncent|force|forcent|casse|cassent|frappe a|cogne a) (?:la|ma|notre|mes) (?:porte|fenetre)s?|quelquun (?:entre|rentre|rentrent)(?= |$)|(?:il y a|ya|y a) quelquun (?:dans|chez|devant|dehors|derriere)|(?:il y a|ya|y a) (?:un|des) (?:intrus|voleurs?|cambrioleurs?|homme dans)"),
    ("outside", r"(?:il|elle|ils|elles|quelquun|mari|ex|copain|conjoint|homme|voisin) (?:est|sont) (?:\w+ ){0,2}(?:dehors|devant (?:chez moi|chez nous|ma porte|la maison|ma maison|la porte)|chez moi|chez nous|dans (?:la|ma|notre) (?:maison|chambre|cour|voiture)|dans (?:mon|l) ?(?:appartement|appart|jardin)|(?:a|derriere) (?:la|ma) (?:porte|fenetre)|revenue?s?|de retour)|(?:il|elle) est (?:encore |toujours )?la$"),
    ("followed", r"(?:on|il|elle|ils|quelquun|homme|voiture|ex|mari)(?: (?:est en train de|narrete pas de))? (?:me|nous) (?:suit|suivent|suivre|poursuit|poursuivent|traque|file)(?! (?:dans mon dossier|sur))|je suis (?:suivie?|poursuivie?|traquee?)"),
    ("not_breathing", r"(?:ne )?respire(?:nt)? (?:pas|plus)|(?:arrive|arrives|arrivent) (?:pas|plus) a respirer|peu[xt] (?:pas|plus) respirer|(?:il|elle|mari|fils|fille|bebe|mere|pere|femme) (?:est|a lair) (?:\w+ )?(?:inconsciente?|morte?|blessee?|en train de mourir|evanouie?|en danger)|(?:il|elle|je) saigne|fait une (?:crise cardiaque|overdose|surdose|crise|avc)|ne se reveille (?:pas|plus)|(?:bouge|reagit) (?:plus|pas)(?= |$)"),
    ("hurt_or_hiding", r"je (?:me cache|me suis cachee?|suis (?:\w+ )?(?:cachee?|en danger|coincee?|enfermee?|blessee?|attaquee?|agressee?|en train de mourir|poignardee?|seule avec lui))|on se cache|nous nous cachons|on ma tire dessus|mon (?:fils|bebe|enfant) a disparu|ma fille a disparu"),
    ("self_harm", r"je (?:vais|veux|pense a|songe a|pense) (?:\w+ )?(?:me |m )?(?:tuer|suicider|mourir|pendre|faire du mal|en finir|couper les veines|jeter)(?= |$)|envie de (?:mourir|me tuer|me suicider)|(?:me suicider|me faire du mal|me tuer)(?= |$)|(?:envie |veux )den finir|en finir avec la vie|veux plus vivre|(?:il|elle) (?:veut|va) se (?:tuer|suicider|pendre|jeter)|plus envie de vivre"),
    ("fire", r"(?:il y a|ya|y a) (?:un |une |le |du |de la )*(?:feu|incendie|fumee|flammes|fuite de gaz)(?! (?:rouge|vert|de circulation|dartifice))|(?:maison|appartement|immeuble|cuisine|voiture|appart) (?:brule|est en feu|prend feu)|^au feu"),
    ("shooting", r"(?:il y a|ya|y a) (?:un |une |des |eu )*(?:fusillade|coups? de feu|tirs|tireur|bombe|explosion|mort|blesse)s?|(?:ils|on|ca|quelquun) tire(?:nt)?(?= |$)|(?:entends|entend) (?:\w+ )?(?:coups de feu|tirs)"),
    ("needs_help", r"(?<!pas )(?:besoin|envoyez|envoie|envoyer|appelez|appelle|faites venir|vite) (?:moi |nous )?(?:vite )?(?:de |d |du |la |le |une |un |les |des |l )*(?:police|dune ambulance|ambulance|lambulance|secours|pompiers|daide|laide|de laide|911|policiers|samu)(?! (?:pour (?:mon|un|le|comprendre|remplir)|avec|et (?:ils|elle)))|^(?:venez|depechez vous|vite|venez vite|faites vite)(?: (?:svp|vite|sil vous plait))*$"),
    ("break_in", r"(?:il|elle|ils|quelquun|mari|ex|homme) (?:veut|veulent|cherche a) (?:r)?entrer(?! (?:en contact|dans la police))"),
    ("break_in", r"^(?:il|elle|quelquun|ils) (?:est|sont|vient d) ?entree?s?(?: chez moi| dans la maison)?$"),
    ("needs_help", r"^(?:vite |svp |au )*(?:sauvez|secourez|sortez) (?:moi|nous)(?= |$)|(?:il (?:me |nous )?faut|faudrait|faut) (?:vite )?(?:la |une |les |l |des |de l )?(?:police|ambulance|secours|pompiers|aide)(?! (?:plus|pour|qui))|^(?:svp |sil vous plait |vite )*(?:envoyez|envoie|envoyer)(?: vite)? (?:quelquun|une (?:patrouille|voiture|unite)|un (?:agent|policier)|des (?:agents|policiers|renforts)|du monde)(?! (?:pour|demain))|(?:jai|on a|nous avons|cest) une emergency"),
    ("weapon", r"{GENS}(?: qui)? (?:a|ont|tient|tiennent|porte|est avec|avec|sort|pointe|brandit) (?:un |une |1 |des |son |sa |le |la |mon )*(?:couteaux?|armee?s?|fusil|pistolet|revolver|flingue|gun|hache|machette|bombe|marteau|batte|carabine)(?= |$)|{GENS} (?:est |sont |vient |arrive |arrivent |revient |revenue? |est la |est dehors )+(?:avec) (?:un|une|des|son|sa) (?:couteaux?|armes?|fusil|pistolet|gun|hache|machette|batte)"),
    ("violence", r"{GENS}(?: est en train de| va| veut| essaie de| essaye de)? (?:me |nous |la |le |les |lui )?(?:frappe|bat|tape|etrangle|menace|attaque|agresse|viole|tue|cogne|etouffe|poignarde|gifle)r?(?= (?:ma|mon|mes|maman|papa|moi|sa|son|une|un|sur|avec|encore|les|le|la|nos)(?!\w)|$)(?! (?:la sonnette|a la porte pour))|{GENS} (?:casse|detruit|brise|defonce|lance) (?:tout|la maison|ma voiture|les vitres|ma porte|les fenetres)|^on (?:me|nous) (?:vole|attaque|agresse|menace|tire dessus)(?= |$)|^on mattaque"),
    ("break_in", r"(?:essaie|essaye|essaient|essayent|tente|tentent|train) douvrir (?:ma|la|notre|mes|les) (?:porte|fenetre|maison|voiture)s?|(?:rentrent?|entrent?) chez (?:moi|nous)|^(?:help |vite |un |une |des |le |il y a |y a )*(?:voleurs?|cambrioleurs?|intrus|inconnus?|quelquun|homme) (?:est |sont )?(?:dans|chez) (?:la |ma |notre )?(?:maison|moi|nous|appartement|chambre|garage)"),
    ("outside", r"(?:^|mais |et |vite |help )(?:il|elle|(?:mon |le |son )?(?:ex|mari|copain|conjoint|chum|agresseur|harceleur)) (?:est |sont )(?:encore |toujours |deja )?(?:la|ici)(?= ?$| avec| et | vite| help| svp)|(?:il y a|ya|y a) (?:un |une |des |deux )?(?:hommes?|gars|types?|inconnus?|individus?|quelquun|gens|personnes?)(?: \w+){0,2} (?:dehors|dans (?:la|ma|mon|notre)|devant (?:chez|la|ma|ma)|derriere (?:la|ma)|a (?:ma|la|notre) (?:porte|fenetre)|chez (?:moi|nous))|(?:il|elle|ils|on|ex|mari) (?:m|nous |m )?attend(?:ent)? (?:dehors|devant|en bas|a la porte)|(?:mattend|nous attend) (?:dehors|devant|en bas|a la porte)|^(?:vite |help |5 mais |1 )*(?:il|elle|mon ex|mon mari|mon copain) (?:revient|arrive|va revenir|vient)(?: (?:vers moi|chez moi|ici|maintenant|vite|avec .*|me chercher|help))*$|^vite (?:il|elle|ils) (?:arrivent?|est|sont|revient|reviennent|vient|viennent)"),
    ("followed", r"^(?:help |vite |svp )*(?:quelquun|un homme|une voiture|on|ils?|des gars|un gars) (?:me|nous) (?:suit|suivent|poursuit|poursuivent)(?! (?:dans mon dossier))"),
    ("hurt_or_hiding", r"(?:on est|nous sommes|sommes) (?:\w+ )?(?:cachee?s?|en danger|coincee?s?|enfermee?s?|blessee?s?|attaquee?s?|suivie?s?)(?= |$)|(?:ma|notre|sa) vie est (?:\w+ )?en danger|je suis (?:\w+ )?(?:sequestree?|retenue?|kidnappee?|ligotee?|attachee? (?:a|au)|prisonniere?)|il (?:me|nous) (?:retient|sequestre|lache pas|tient enfermee?)"),
    ("not_breathing", r"j?n?e?arrive(?:s|nt)? (?:pas|plus) a (?:respirer|bouger|me lever)|peu[xt] (?:pas|plus) (?:me lever|bouger|marcher)|reveille (?:pas|plus)(?= |$)|fai[st] une (?:crise cardiaque|crise|overdose|surdose|avc|attaque)(?! de (?:rire|nerfs))|^(?:help |une )*(?:crise cardiaque|avc|overdose)(?: svp| vite| help)*$|(?:il|elle|bebe|fils|fille|mere|pere|mari|femme) (?:convulse|setouffe|agonise|suffoque|saigne)(?= |$)|(?:quil|quelle) est morte?(?! de (?:rire|fatigue|peur))(?= |$)"),
    ("not_breathing", r"(?:a|ai|jai) (?:pris|avale) (?:des|trop de|plein de|toutes? (?:ses|mes|les)|tous (?:ses|mes|les)|une boite de|beaucoup de|un tas de) (?:pilules?|medicaments?|cachets?|comprimes?|medocs)"),
    ("self_harm", r"je vais sauter(?! (?:de joie|sur|a l|dans))|(?:pense|pensees?|idees?|songe) (?:au |de |a me |au )?suicid\w*|idees suicidaires|je suis suicidaire|(?:fils|fille|frere|soeur|ami|amie|mari|femme|mere|pere|copain|copine|il|elle) (?:veut|va) (?:mourir|se (?:tuer|suicider|pendre|jeter|faire du mal))|dites a (?:ma|mon|mes) \w+ que je (?:l |les |la |le )?(?:l)?aime"),
    ("fire", r"^(?:vite |help |au |le )*(?:feu|incendie|fumee|fuite de gaz) (?:chez|dans|a) (?:moi|nous|ma|la|mon|notre|l)(?= |$)|(?:maison|appartement|immeuble|cuisine|voiture|appart|garage) (?:est en train de bruler|en flammes|est en flammes)"),
    ("shooting", r"j?entend(?:s|ent)? (?:\w+ )?(?:coups? de feu|tirs|fusillade)|^(?:des )?coups? de feu(?: (?:dehors|ici|vite|dans \w+ \w+|a cote))*$|^fusillade(?: \w+){0,3}$"),
)  # fmt: skip

HARMLESS: tuple[tuple[str, str], ...] = (
    ("en", r"shot (?:me|us|him|her|them|over) (?:back )?(?:an? )?(?:\w+ )?(?:text|e ?mail|message|note|look|smile|link|line)s?|shot up a"),
    ("en", r"look(?:ing)? in ?to (?:my|our|the|this|his|her|it|that|what|how|who)(?: (?:case|report|complaint|matter|file|incident|claim|theft|issue|problem))?(?! (?:window|house|home|car|room|door|bedroom|yard|kids?)\w*)"),
    ("en", r"picking (?:up|(?:me|us|her|him|them|my \w+) up)|entering (?:the |my |our )?(?:data|info\w*|report|number|details?)|kicking (?:a |the |his |their )?(?:balls?|butt|ass|around|back|himself|herself|in my belly)|smashing (?:pumpkins?|it)"),
    ("en", r"breaking (?:the |my |our |every |all the )?(?:\w+ )?(?:rules?|laws?|ordinances?|curfew|lease|speed limit|news)"),
    ("en", r"coming (?:in|over|up|through|out|to (?:my|the|our) \w+)(?: (?:now|tomorrow|today|later|soon))*(?: and| to) (?:fix|repair|check|apologi[sz]e|help|talk|look at|pick|clean|measure|quote|visit|collect)|coming (?:up|through) with"),
    ("en", r"dying to (?!get (?:out|away))\w+|killing (?:me|us|him|her) with (?:work|kindness|questions|texts|this)|taken (?:care|out to|home safe)|(?:in danger of )?missing (?:you|school|class|my|his|her|practice|out|work|appointments?)(?!\w)|cut(?:ting)? myself (?:shaving|cooking|some slack|a break|off)|breathe through my nose|hammer drill|bow and arrow"),
    ("en", r"(?:has|have|had|took|takes?) my (?:son|daughter|kids?|child|children|baby) (?:on|for|over|this|every|during) (?:the )?(?:weekends?|weekdays?|week|summer|holidays?|break|vacation|night)"),
    ("en", r"(?:man|guy|person|people|men|kids?) (?:who was |that was )?outside (?:was|were|had|is gone|left)(?! (?:a |an )?(?:knife|gun|weapon)s?)|(?:man|guy|person|someone|neighbor) (?:is|was) here to (?:fix|repair|help|see|talk|take)"),
    ("es", r"(?:policia|patrulla|oficial|oficiales|agente|ambulancia|ayuda|bomberos) (?:ya )?(?:esta|estan|llego|llegaron)(?: ya)? (?:aqui|afuera|en camino)|afuera de (?:la ciudad|el condado|el pais|horario|servicio)|morir(?:me|se)? de (?:la )?(?:risa|verguenza|hambre|sueno|pena|calor|frio)|me encerro el trafico|rifle registrado|diganle? a mis? (?:oficial|oficiales|agente|agentes) que"),
    ("fr", r"revient avec (?:le|un|mon|son|des) (?:rapport|papiers?|documents?|nouvelles|reponse|collegue)|armes? de service|crise de (?:rire|nerfs|foie)|devant le (?:bureau|poste|commissariat|magasin|tribunal)|dites a (?:mon|mes|votre|vos) (?:agents?|policiers?|collegues?)"),
)  # fmt: skip
"""What only sounds like danger, by language: taken out before a red phrase is looked for."""

RED_UNLESS_OVER: tuple[tuple[str, str], ...] = (
    ("weapon", r"{SUBJ}(?: has| have)? (?:brought|came (?:back |here |over |in |at me |to my \w+ )?with|showed up with|walked in with|pulled up with|(?:has |is )?put){DET}{0,4} (?:{WEAPON})(?! (?:report|permit))"),
    ("weapon", r"(?:llego|llegaron|volvio|volvieron|regreso|regresaron|aparecio|entro|entraron) (?:\w+ )?con (?:un |una |su |la |unos |unas )?(?:armas?|pistolas?|cuchillos?|navaja|machete|rifle|escopeta|bate|hacha)"),
    ("violence", r"(?:me|nos|lo|la|le) (?:apunalo|apunalaron|acuchillo|acuchillaron|balearon|secuestro|secuestraron|encerro|encerraron|amarro|amarraron)(?= |$)|se (?:llevo|llevaron|robo|robaron) a (?:mi|mis|nuestr[oa]) (?:hij[oa]|nin[oa]|bebe|herman[oa]|niet[oa]|sobrin[oa])s?"),
    ("violence", r"(?:il|elle|ils|on|quelquun|mari|ex|copain|homme|chum) (?:ma|nous a|nous ont|lui a|la|mont) (?:tire dessus|poignardee?s?|kidnappee?s?|enlevee?s?|enfermee?s?|sequestree?s?|attachee?s?)(?= |$)|me suis (?:fait|faite) (?:tirer dessus|poignarder|kidnapper)|(?:pris|enleve|kidnappe|emmene) (?:ma|mon|mes|notre|nos) (?:fille|fils|enfants?|bebe|fillette)(?! (?:a l|au))"),
    ("hurt_or_hiding", r"(?:he|she|they|ex|husband|boyfriend|dad|mom|stepdad)(?: has| have| just| is)* (?:locked|trapped|tied|chained|barricaded) (?:me|us|my (?:kids?|son|daughter|mom|sister))(?: \w+)?(?: in| up| inside| down)(?!\w)|(?:i|we)(?: have| am| just)* (?:locked|barricaded|hid) (?:myself|ourselves|me|us|my kids|me and my \w+|myself and my \w+)(?: up)? in (?:the|my|a|our) (?:\w+ )?(?:bathroom|bedroom|closet|room|basement|attic|car|house|office)"),
    ("outside", r"^(?:help |omg |please )*(?:he|she|they|(?:my )?(?:ex|husband|stalker|abuser)) (?:has |just )*found (?:me|us)(?: (?:again|help|please|here|now|hiding))*$|(?:he|she|they|my ex|ex|husband|stalker|abuser) (?:knows?|found out) where i (?:am|live|am hiding|am at)"),
    ("break_in", r"^(?:help |omg |please |i think )*(?:he|she|they|someone|{STRANGER}|(?:my )?(?:ex|husband|boyfriend)) (?:just |has |have )*got (?:in|inside|into my (?:house|home|room|apartment))(?: (?:the|my) house| now| help| please)*$"),
    ("not_breathing", r"(?:he|she|they|{KIN}|someone|man|woman|i|guy|lady)(?: has| have| just)* (?:collapsed|passed out(?! (?:flyers|cards|candy|stickers|food|water|info\w*|tickets|drunk))|fainted|overdosed|od ?ed|odd|fell unconscious|stopped responding)(?= |$)|(?:{KIN})(?: just| has)* (?:fell|jumped|fallen) (?:in|into|through|from|off|out)(?: of)? (?:the|a|my|our) (?:\w+ )?(?:pool|water|river|lake|ice|well|roof|balcony|window|bridge)"),
    ("not_breathing", r"(?:le|me) dio (?:un |una )?(?:infarto|ataque al corazon|derrame|paro cardiaco)|(?:sest|cest) (?:effondree?|evanouie?)(?= |$)|a perdu connaissance|a fait un malaise|(?:elle|il|fils|fille|mari|femme|ami|amie) a fait une (?:overdose|surdose)"),
    ("self_harm", r"(?:cut|slit|cutting|slitting) (?:my|her|his) (?:own )?(?:wrists?|arms?|veins|throat)|(?:he|she|{KIN}|someone)(?: has| have| just)* (?:tried|attempted) (?:to )?(?:kill|hang|shoot) (?:himself|herself)|(?:me|se) (?:corte|corto) (?:las venas|las munecas|los brazos)|(?:coupee?|ouvert|coupe) les veines"),
    ("shooting", r"(?:someone|they|he|she|somebody|people|{STRANGER}|ex) (?:just |has |have )*(?:shot (?:up|at)|shooting up|fired (?:at|on|into)) (?:my|our|the|me|us|his|her)"),
)  # fmt: skip
"""What was done and lasts: red, unless the text says when that was, thanks for it, or tells of its end."""

UNITS = _words("police cops policia ambulance ambulancia paramedics pompiers policiers")
"""Whom a text may call by nothing but their name."""

NO_PART_OF_A_CALL = _words("1 2 3 4 5 q1 stop yes ok okay hey hi hello sir maam")
"""What may stand beside a call for help without making it anything else."""

CALLS_FOR_HELP = _words(
    "help 911 sos emergency mayday socorro auxilio ayuda ayudame secours aide laide aidez"
)
"""A text of these and `URGENT` alone calls for help."""

KEYWORD_HELP = _words("help ayuda aide info")
"""The service word of texting: alone it is amber, called out or pressed it is red."""

PRESSING = _words(
    "me us please now asap hurry quick quickly fast someone omg god need send urgent sos 911 police immediately call "
    "moi nous vite svp por favor rapido ahora necesito mande manden ya nos emergency ambulance policia"
)
URGENT = PRESSING | _words(
    "oh my i we can could you a an the au a l sil vous plait right to is this it hay have un una dios mio mon dieu dear"
)

AMBER: tuple[tuple[str, str], ...] = (
    ("cancel", r"cancel (?:\w+ ){0,2}(?:call|officers?|police|request|report|dispatch|911|unit|units|visit|deput\w+|everything|complaint|case|ticket)|(?:dont|do not) (?:send|need) (?:\w+ ){0,2}(?:officers?|police|someone|units?|cops?|them|help)(?: anymore| any more)?|no longer need|(?:call|turn) (?:them|the officers?|police) (?:off|back|around)|nevermind|never mind|cancel(?:a|e|en|ar) (?:\w+ ){0,2}(?:llamada|reporte|oficial|policia|solicitud|caso)|ya no (?:necesito|ocupo|hace falta)|no (?:manden|envien|mande) (?:a )?(?:la |nadie|al )?|annule[rz]? (?:\w+ ){0,2}(?:appel|police|demande|agent|intervention|dossier)|plus besoin (?:de|d\w+)|pas besoin (?:de la police|de lagent|dun agent|dune patrouille)"),
    ("danger_word", r"guns?|knife|knives|weapons?|rifle|shotgun|pistol|machete|bomb|(?<!flu )(?<!a )(?<!best )(?<!long )(?<!good )shot(?! of| for| up)|shots|shooting|shooter|gunshots?|gunfire|stab\w*|kill(?:s|ed|ing|er)?(?! (?:it|time|service|job|work|response|team)(?!\w))|murder\w*|strangl\w+|chok(?:ed|ing)|suffocat\w+|unconscious|unresponsive|overdos\w+|bleed\w*|blood|hostage|kidnap\w*|abduct\w+|suicid\w+|die|dying|died|dead(?! end| battery| line)|hurt\w*|injur\w+|attack\w*|assault\w*|rap(?:e|ed|ing|ist)|molest(?:s|ed|ing|er|ers|ation)?|abus\w+|violen\w+|threat\w*|stalk\w+|beat (?:me|him|her|us|up|my)|beaten|beating|(?:hit|hits|hitting|punch\w*|slap\w*|kick\w*|chok\w*|grab\w*) (?:me|him|her|us|my|them|someone|himself|herself)|punched|slapped|jumped me"),
    ("danger_word", r"br[eo]a?ke? in(?:to|s)?|broken in(?:to)?|breaking in(?:to)?|break ins?|broke down my|kicked in (?:my|the)|burglar\w*|intruder\w*|robb\w+|mugg(?:ed|ing)|carjack\w*|home invasion|prowler|trespass(?:ing|er) (?:again|now)|(?:following|followed|follows|chasing|chased) (?:me|us|my|her|him)|fight(?:ing)? (?:now|outside|again)|on fire|house fire|smoke everywhere|(?:lots|lot) of smoke|a fire(?! (?:truck|station|hydrant|engine|drill|pit))|gas leak|smell gas|explosion|carbon monoxide|not breathing|wasnt breathing|cant breathe|ambulance|(?<!non )(?<!not an )(?<!isnt an )(?<!no )(?<!no es )(?<!no es una )(?<!pas une )(?<!wasnt an )(?<!not a )(?<!no fue )(?<!no fue una )(?<!in case of )emergency(?! (?:line|number|room|contact|dispatch|operator|lights|exit))|(?<!no )(?<!any )danger\w*|unsafe|not safe|dont feel safe|scared|terrified|afraid|frightened|fear(?:ed|ing|s|ful)? (?:for|of|that|my)|in fear|panic\w*|cant talk|come back (?:again )?(?:to|and) (?:hurt|kill|get)|missing (?:child|person|son|daughter)|cry for help|screaming|drunk (?:driv\w+|and)|restraining order"),
    ("danger_word", r"^(?:omg |and )*(?:he|she) is here now"),
    ("danger_word", r"(?:i will|i am going to|going to|i am gonna) (?:shoot|kill|stab|hurt|beat) (?:him|her|them|you|my|the|someone)|(?:can|could|will) (?:you|u|someone|somebody) (?:please )?send (?:an officer|someone|a unit|somebody|a deputy|a cop)"),
    ("danger_word", r"^fire$|(?:is|are) (?:stealing|robbing|taking) my|cant find my (?:son|daughter|child|baby|kids?|mom|dad|wife|husband)|^(?:its |es |cest )?urgent(?: please)?$|gas smell"),
    ("danger_word", r"touch(?:ed|es|ing) (?:me|my (?:son|daughter|child))|being (?:followed|chased|watched|stalked)|hiding|hid from|hurt myself|kill yourself|die|harm|self harm|ending it|lost my (?:son|daughter|child)|took my (?:son|daughter|child|kids?)|missing (?:kid|baby)"),
    ("danger_word", r"pistolas?|cuchillos?|navaja|armas?|armad[oa]s?|disparo\w*|disparar\w*|balazos?|tiroteo|balacera|mata(?:r|ron|do|ndo)\w*|muert[oa]s?|murio|sangre|sangrando|herid[oa]s?|golpe(?:o|aron|ar|ando|a)\w*|peg(?:o|aron|ar|ando)\w*|viol(?:o|aron|ar|ada|ado|encia|ento|acion)\w*|amenaz\w+|secuestr\w+|suicid\w+|robaron|robo|asalt\w+|entraron a (?:mi|la)|se metieron|peligro\w*|(?:tengo|tenia|da|tuve) (?:mucho )?miedo|asustad[oa]s?|incendio|fuego|ambulancia|emergencia|me (?:siguio|siguieron(?! (?:ayudando|atendiendo))|seguia|seguian|persiguio)|abus[oa]\w*|ataco|atacaron|lastim\w+|estrangul\w+|ahorc\w+"),
    ("danger_word", r"couteaux?|armes?(?= |$)|armee?s?|fusil|pistolet|tir(?:s|e|er|a) (?:sur|dessus)|coups? de feu|fusillade|tue[rszx]?e?s?(?= |$)|mort(?:e|s)?(?= |$)|sang|saign\w+|blesse\w*|frapp\w+|batt(?:u|ue)|viol(?:e|ee|er|ence|ent|ente)s?|menac\w+|agress\w+|suicid\w+|enlev(?:e|ee|ement)|cambriol\w+|vol(?:e|ee) (?:mon|ma|chez)|entres? par effraction|effraction|en danger|dangereu\w+|jai (?:eu |tres )?peur|peur|incendie|feu(?! (?:rouge|vert))|ambulance|(?:ma|nous a|mont) suivie?|etrangl\w+"),
    ("danger_word", r"smell(?:s|ing)? (?:of )?(?:smoke|burning)|gas leak|(?:^|he |she |they |ex |husband |boyfriend )(?:wont|refuses? to|will not) leave(?! (?:a|me a|any) (?:message|voicemail|note))|(?:yall|you|officers?|police|please|to) (?:need to |have to |must )?come back (?:now|please|here|quick)|^(?:you|yall|they|officers|police) (?:guys )?(?:need to|have to|gotta|must) come back|^i fell$|^fell down$|^(?:please |pls )+help(?: me| us)?$|^kys$|cant (?:do|take) (?:this|it|life) anymore|cant live like this|^(?:he|she) took (?:her|him)$|^(?:goodbye|good bye|bye)(?: (?:forever|everyone|world|all))+$|^(?:omg |please )*(?:police|policia|ambulance)$"),
    ("danger_word", r"(?:kick|kicked|broke|smashed|knocked) (?:down |in |out )?(?:my|the|our) (?:\w+ )?(?:door|window)s?(?: in| down)?|(?:is|are|was|were) (?:yelling|screaming|threatening|swinging)(?: \w+)? (?:at|me|us)|^(?:followed|being watched|stalked)$|cant call|i am next|watching my (?:house|kids|window)|drive by(?= |$)|shots? (?:were|was) fired|locked me (?:in|out)|(?:he|she|they|i) (?:collapsed|passed out(?! flyers)|fainted)|felt (?:very |so )?(?:threatened|unsafe)|jumped (?:by|my)|knocked (?:me|him|her) out|black eye|bruises?"),
    ("danger_word", r"fuga de gas|huele a (?:gas|humo|quemado)|(?:alguien|ladron\w*|hombre) (?:entro|se metio) (?:a|en) (?:mi|la)|no encuentro a mi (?:hij[oa]|nin[oa]|bebe|esposa|esposo|mama)|apunal\w+|acuchill\w+|infarto|(?:me|nos) (?:sigue|siguen|roban|insulta|grita)(?= |$)|atac(?:a|an|aron)|no se (?:quiere ir|va)|se metio|ladron(?:es)?|desaparecid[oa]|me escondi|borracho y"),
    ("danger_word", r"fuite de gaz|(?:sent|odeur de) (?:le )?(?:gaz|fumee|brule)|poignard\w*|kidnapp\w*|sequestr\w*|viole(?:e|r)|ne veut pas (?:partir|sen aller)|voleurs?|cambriol\w*|intrus|me (?:suit|suivait|suivaient|menace|menacait)|il (?:est|etait) (?:violent|soul|ivre|bourre|fou)|malaise|evanoui\w*|jai (?:trouve|vu) (?:un )?(?:sang|corps)|tire dessus|disparue?s?"),
    ("never_called", r"(?:i|we) (?:have )?(?:never|didnt|did not|havent|have not) (?:even |ever )?(?:called?|call(?:ed)?|phoned?)(?! back| them back| her back| him back| me| again| off| my| your)|(?:nobody|no one)(?: here)? (?:ever )?called|(?<!si )(?:no|nunca|jamas) (?:los |les |he )?(?:llame|llamado|llamamos)(?= |$)|nadie (?:aqui )?(?:llamo|ha llamado)|(?:jai|je nai|nai|nous navons|je) (?:jamais|pas) appele"),
    ("wrong_number", r"wrong (?:number|person)|numero equivocado|(?:mauvais|faux) numero|persona equivocada|mauvaise personne"),
)  # fmt: skip
