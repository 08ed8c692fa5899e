"""
Words that may deny, or take a denial back, and were not read: a person reads what they stand by.

Wider than what is read. A denial taken for its opposite is the worst that can be read, so where a
sentence holds more such words than its reading accounts for, nothing is asserted.

Long for one reason: it lists what denies in four languages.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from encircle.claims.words.context import IDLE_NOT
from encircle.claims.words.lexicon import compile_any, fold

if TYPE_CHECKING:
    from encircle.claims.words.context import Assertion
    from encircle.claims.words.lexicon import Language, Use
    from encircle.claims.words.sentences import Sentence

WEAK = re.compile(
    r"(?<!\w)(?:not|never|nobody|no\s+one|none|nowhere|nicht|niemand|nie|niemals|keine?[nmrs]?|keinerlei|"
    r"keineswegs|не|ни|нет|никто|никогда|нельзя|ні|немає|нема|ніхто|ніколи)(?!\w)|n't(?!\w)"
)
"""*Not* in the same clause as a phrase, and not read; folded."""
PARTED = re.compile(
    r"[.,;:!?()«»“”„\"]|\s[—–]\s|(?<!\w)(?:and|but|or|und|aber|oder|и|но|а|или|і|й|та|але|або|"
    r"which|who|that|until|till|bis|пока|поки|доки|что|що|dass)(?!\w)"
)
"""Where a clause ends, folded."""
TURNS = re.compile(
    r"[;!?]|[.](?!\d)|(?<!\w)(?:but|yet|while|whereas|aber|doch|sondern|während|но|однако|а|але|проте|"
    r"однак)(?!\w)"
)
"""Where another thing is said than before, folded."""
REPORTED = re.compile(
    r"(?<!\w)(?:reports?|claims?|rumou?rs?|allegations?|assertions?|suggestions?|talk|stor(?:y|ies)|"
    r"news|berichte?n?|meldung(?:en)?|angaben|behauptung(?:en)?|gerüchten?|сообщени[еяй]\w*|"
    r"утверждени[еяй]\w*|слух\w*|информаци\w*|повідомлення\w*|твердження\w*|чутк\w*|інформаці\w*)"
    r"\s+(?:that|of|about|dass|wonach|über|von|о|об|про|что|що|будто)(?!\w)"
)
"""What is spoken of as a report, folded: what is said of the report decides."""
JUDGED = re.compile(
    r"(?:\s+[\w'’-]+){0,8}?\s*(?:,\s*)?\s(?P<verb>(?:is|are|was|were|has|have|had|turned|proved|remains?|sind|"
    r"ist|war|waren|haben|—|–|являются|является|оказал\w+|є|виявил\w+)(?!\w)(?:\s+[\w'’-]+){0,2})"
)
"""A verb behind the phrase: something is said of the report, folded."""
COUNTED = re.compile(
    r"(?<!\w)(?:(?:no|not|nicht|не)\s+(?:fewer|less|weniger|менее|меньше|менше|одн[аи])|"
    r"none\s+other|no\s+sooner|never\s+(?:has|have|before)|stopped\s+short|neither\s+confirm\w*|"
    r"как\s+ни|як\s+не|ohne(?!\s+erfolg))(?!\w)"
)
"""What counts or compares and denies nothing, folded."""
SLAVIC_NOT = frozenset({"не", "нет", "немає", "нема"})
CONCORD = re.compile(r"н[иі]\w*|жодн\w*")
"""What goes along with *не* and denies nothing more."""
OTHER_CLAUSE = re.compile(
    r"(?<!\w)(?:because|until|till|unless|who|whom|whose|hide|hidden|know|knows|verif\w+|confirm\w*|"
    r"report|tells?|admit\w*|doubt\w*|flee|escape\w*|zugeben|leugnen|entgehen|weil|bis|"
    r"verschweig\w*|verhehl\w*|weiß|gesagt|потому|пока|котор\w+|скрыва\w*|знает|"
    r"подтверди\w*|отриц\w*|заперечува\w*|бо|поки|приховув\w*|знає|підтверди\w*)(?!\w)"
)
"""What stands between a *not* and a phrase where the *not* denies something else, folded."""
DENIED_CHARACTERS = 24
"""*Not* stands so near before what it takes back; characters."""
IS_NOT_SO = re.compile(
    r"(?:(?<!\w)(?:not|no|never|nobody|no\s+one|cannot|can't|nicht|niemand|kein\w*|не|никто|ніхто)|n't)"
    r"(?:\s+\w+){0,2}\s+$"
)
"""What takes a denial back, right before it."""
MAY_DENY = re.compile(
    r"(?<!\w)(?:"
    r"den(?:y|ie[sd]|ying|ials?)|dismiss\w*|reject\w*|refut\w*|debunk\w*|rebut\w*|disput\w*|"
    r"fals(?:e|ely|ehoods?)|untrue|not\s+(?:true|so(?=\s*[.,;!])|the\s+case)|a\s+lie|lied|"
    r"(?:are|of|pure|all|just|more|russian|kremlin)\s+lies|legenden?|legends?|fakes?|faked|"
    r"hoax\w*|myths?|"
    r"mythical|fabricat\w*|fiction\w*|invent(?:ed|ions?)|propaganda|disinformation|"
    r"misinformation|nonsense|rubbish\w*|premature\w*|too\s+(?:early|soon)|exaggerat\w*|"
    r"baseless|unfounded|groundless|no\s+(?:truth|basis|such|question|talk)|on\s+paper|"
    r"imagination|imagin\w+|fantas\w+|inaccurate\w*|erroneous\w*|laughable|ridiculous|absurd\w*|"
    r"no\s+(?:evidence|proof|signs?|indications?|reasons?|grounds?|confirmation|ukrainian|russian|"
    r"troops?|units?|soldiers?|forces?|men|brigades?|garrisons?)|"
    r"(?:nobody|no\s+one)\s+(?:believes?|thinks?|says?)|glaubt\s+(?:niemand|kaum)|"
    r"(?:никто|ніхто)\s+не\s+(?:вер|вір|дума|говор|каж)\w*|until\s+\w+day|bis\s+\w+tag|"
    r"до\s+(?:понедельника|вторника|среды|четверга|пятницы|субботы|воскресенья|понеділка|вівторка|"
    r"середи|п['’]ятниці|суботи|неділі)|"
    r"collapsed|fail\w*|avoided|avert\w*|abandon\w*|prevented|lack(?:ed|s)?|missed|struggl\w*|"
    r"yet\s+to|still\s+to|ordered|hoped|supposed\s+to|(?:could|should|might|would)\s+have|few|"
    r"little|hardly|barely|scarcely|liars?|lying|lie\s+to|going\s+too\s+far|whoever|anyone\s+who|"
    r"except|apart\s+from|but\s+for|lasted|or\s+is\s+it|slam\w*|scoff\w*|"
    r"mitnichten|abgewendet|verhindert|bevor|versucht\w*|fehlt\w*|wenig\w*|kaum|lügner\w*|wer|"
    r"außer|ausgenommen|abgesehen|dauerte|auf\s+dem\s+papier|"
    r"избежа\w*|сорвал\w*|рассыпал\w*|миновал\w*|не\s+захлопнул\w*|мало\s+кто|кто\s+говорит|"
    r"далеко|шутк\w*|кроме|за\s+исключением|длил\w*|не\s+верьте|забрало|"
    r"уникнути|зірвал\w*|минула|не\s+закри\w*|мало\s+хто|хто\s+каже|жарт\w*|крім|окрім|"
    r"за\s+винятком|тривал[оаи]|забракло|не\s+вірте|"
    r"doubtful|figment|unconfirmed|made\s+up|wrong(?:ly)?|mock(?:ed|s)|laughed\s+off|"
    r"accus\w+|invents?|inventing|pretend\w*|parrot\w*|at\s+odds|nothing\s+to\s+suggest|"
    r"zero\s+evidence|says?\s+no|retract\w*|averted|ruled\s+out|unlikely|psy-?op\w*|"
    r"wunschdenken|einbildung|lächerlich\w*|gescheitert|entging\w*|entkam\w*|entkommen|fantasie\w*|"
    r"соврал\w*|чуш[ьи]\w*|бред\w*|ипсо|иписо|пропаганд\w*|воображени\w*|фантази\w*|телевизор\w*|"
    r"уяв[аиіу]\w*|збреха\w*|маячн\w*|іпсо|фантазі\w*|телевізор\w*|"
    r"misinformed|would\s+have\s+been|would\s+like|wants?\s+you|lest|repeat\s+not|nobody\s+but|"
    r"verdict:|rating:|doubt(?:ed|s)?|мол|мовляв|дескать|прежде,?\s+чем|перш\s+ніж|wären|log|"
    r"wishful|contrary\s+to|far\s+from|anything\s+but|"
    r"bestr(?:eit|itt)\w*|dementi\w*|widersprich\w*|widersprach\w*|widerspruch|zurückgewiesen|"
    r"zurückweis\w*|zurück|falsch\w*|unwahr\w*|gelogen|lügen?|erfunden\w*|erfindung|märchen|"
    r"verfrüht\w*|voreilig\w*|zu\s+früh|übertrieb\w*|haltlos\w*|unbegründet\w*|unsinn|"
    r"nicht\s+so(?=\s*[.,;!])|keine\s+rede|nicht\s+die\s+rede|entgegen|anders\s+als|"
    r"опров\w*|отриц\w*|отверг\w*|отверж\w*|лож[ьн]\w*|лжив\w*|лгут|врут|врет|лжет|фейк\w*|"
    r"выдум\w*|вымы\w*|сфабрик\w*|вброс\w*|неправд\w*|недостоверн\w*|преждевремен\w*|"
    r"рано\s+\w+ть|преувелич\w*|не\s+соответств\w*|вопреки|безосновател\w*|голословн\w*|"
    r"не\s+так(?=\s*[.,;!])|речи\s+(?:не|нет)|не\s+идет\s+речь|"
    r"спрост\w*|запереч\w*|відкида\w*|відкину\w*|брех\w*|вигад\w*|вкид\w*|маніпул\w*|"
    r"передчасн\w*|рано\s+\w+ти|перебільш\w*|не\s+відповіда\w*|всупереч|безпідстав\w*|"
    r"мови\s+(?:не|немає)|не\s+йдеться|неправдив\w*"
    r")(?!\w)"
)
"""Words that deny, call false or call too early, wherever they stand; folded, of four languages.
Wider than what is read: a denial taken for its opposite is the worst that can be read."""

_LEAD = (
    r"(?:in\s+fact|in\s+reality|actually|but|however|and|no|yet|nein|doch|aber|tatsächlich|"
    r"in\s+wirklichkeit|на\s+самом\s+деле|в\s+действительности|однако|но|нет|насправді|але|проте|ні)"
)
_IT = (
    r"(?:that|this|it|they|these|those|both|all\s+of\s+(?:this|that)|das|dies|es|sie|alles|это|"
    r"все\s+это|они|це|все\s+це|вони|(?:the|this|these|that|diese|die|эт[аои]|ц[яеі])\s+"
    r"(?:claims?|reports?|statements?|news|behauptung(?:en)?|meldung(?:en)?|заявлени\w|сообщени\w|"
    r"информация|заяв[аи]|повідомлення|інформація))"
)
_FALSE = (
    r"(?:not|n't|nicht|no|nein|нет|ні|не\s+так|не\s*правда|ложь|вранье|фейк|выдумка|вымысел|брехня|"
    r"вигадка|false|untrue|wrong|lies?|nonsense|incorrect|fake|propaganda|rubbish|falsch|unwahr|"
    r"gelogen|lüge|unsinn|erfunden|не\s+соответству\w+\s+действительности|"
    r"не\s+відповіда\w+\s+дійсності)"
)
EXCEPTED = re.compile(
    r"(?<!\w)(?:(?<!anything\s)(?<!everything\s)(?<!nothing\s)(?<!without\s)except\w*|besides(?!\s*,)|apart\s+from|aside(?=\s+from|\s*,)|"
    r"other\s+than\s+(?:the|an?|one)|save\s+(?:for|the)|bar(?:ring)?\s+(?:the|one|an?)|minus|excluding|"
    r"leaving\s+(?:out|aside)|not\s+counting|(?:none|nobody|no\s+one)\s+but|"
    r"(?:no|none|nobody|not\s+an?|not\s+one)(?!\w)[^.;!?]*\sbut\s+(?:for\s+)?(?:the\s+)?(?:\d+\w*|one|an?|two|three|few)"
    r"(?:\s+[\w-]+){0,2}(?=\s*[.,;!?]|\s*\Z)|außer(?!\s+(?:gefahr|kontrolle))|bis\s+auf(?!\s+weiteres)|(?<!ohne\s)ausnahme|ausgenommen|"
    r"abgesehen|кроме(?!\s+того)|(?<!без\s)исключени\w+|не\s+считая|исключая|помимо(?!\s+(?:того|этого))|вычетом|разве\s+что|о?крім(?!\s+того)|(?<!без\s)винят\w+|"
    r"виняток|вирахуванням|niemand\s+als|"
    r"but\s+(?:the\s+)?(?:\d+\w*|one|another)(?:\s+[\w-]+)?\s+(?:is|are|was|were)(?=\W*\Z)|хіба\s+що|(?:якщо\s+)?не\s+рах\w+|"
    r"(?<!not\s)(?<!nicht\s)(?<!не\s)(?:only|nur|lediglich|только|лишь|лише|тільки)\s+(?:[\w.-]+\s+){1,5}"
    r"(?:not|nicht|не))(?!\w)"
)
"""Who is excepted, folded: of whom it is denied that any is cut off, one may be."""
PARTICIPLE = re.compile(
    r"(?:ed|cut\s+off)$|(?:ge\w+|umzingelt|umstellt|umschlossen|isoliert|blockiert|belagert)e[nrms]?$|"
    r"(?:[еа]нн?|т)(?:ый|ая|ое|ые|ого|ому|ым|ом|ой|ую|ых|ыми|ий|а|е|і|ого|ому|им|ій|у|ої|их|ими)$"
)
"""Phrases that stand beside a noun: *the encircled troops*; folded."""
TO_NOUN = r"(?:\s+(?!(?:is|are|was|were|be|been|by|in|at|near|and|or)(?!\w))[\w'’-]+){0,3}?\s+"
THE = re.compile(
    r"(?<!\w)(?:the|its|their|his|her|our|your|these|those|any|no|some|all|each|every|an?|of|to|with|from|for|that|"
    r"if|when|\d[\d,]*|hundreds|thousands|several|ukrainian|russian)\s+(?:\w+ly\s+|already\s+)?$"
)
"""What leads to a noun in English, folded; *they encircled troops* has nothing of it."""
EXISTS = re.compile(
    r"(?<!\w)(?:there\s+(?:is|are|was|were|(?:has|have)\s+been)|gibt\s+es|es\s+(?:gibt|gebe)|gab\s+es)(?!\w)"
    r"(?:\s+[\w'’-]+){0,4}\s*$"
)
"""*There are no encircled troops*: what is denied is that there are any; folded."""
BECAUSE = re.compile(
    r"[^.;!?]*?(?<!\w)(?:because|due\s+to|owing\s+to|thanks\s+to|weil|wegen|из-за|потому\s+что|через\s+те|тому\s+що)(?!\w)"
)
"""Why it is so, behind a phrase: a denial may be one of the cause; folded."""
DENIED_DEED = re.compile(
    r"(?<!\w)(?:den(?:y|ie[sd])|reject\w*|dismiss\w*)\s+(?!being|having\s+been|anything|everything|during)"
    r"\w+ing(?!\w)[^,;:]*\Z"
)
"""*Denies having shelled the men trapped there*: a deed is denied, folded."""
HAS = re.compile(
    r"[^.;!?]*?(?<!\w)(?:has|have|had|is|are|was|were|will|would|do|does|did|can|could|must|may)(?!\w)"
)
TAKEN_BACK = re.compile(
    rf"\W*(?:{_LEAD}[\s,:—–-]+)*(?:{_IT}[\s—–-]*)?(?:\s*(?:is|are|was|were|ist|sind|war|waren|"
    r"stimmte?|trifft|do|does|did|have|has|является|есть|є))?"
    r"(?:\s*(?:simply|just|all|completely|plainly|utterly|an?|pure|einfach|schlicht|frei|eine?|reine|"
    r"просто|полная|чистая|повна|чиста|суцільна))*"
    rf"(?:\s+es)?\s*{_FALSE}"
    r"(?:\s+(?:true|so|correct|right|the\s+case|wahr|richtig|at\s+all|zu))?\W*|"
    rf"\W*(?:{_LEAD}[\s,:—–-]+)*(?:nothing\s+of\s+the\s+(?:sort|kind)|far\s+from\s+it|"
    r"by\s+no\s+means|mitnichten|keineswegs|dem\s+ist\s+nicht\s+so|davon\s+kann\s+keine\s+rede\s+sein|"
    r"отнюдь(?:\s+нет)?|(?:ничего|нічого)\s+под[оі]бного|аж\s+ніяк|"
    r"(?:такого|этого|цього)\s+(?:нет|немає|не\s+бы?у?ло))\W*"
)
"""A sentence that denies the one before, and says no more, folded: *They are not.*"""
IS_IT = re.compile(
    r"\W*(?:or|oder|или|чи|або)\s+(?:is|are|was|were|ist|sind|нет|ні|это|це)(?!\w).*\?\W*"
)
"""A sentence that asks whether the one before is so: *Or is it?*"""
SAID_SO = re.compile(
    r"\W*(?:(?:at\s+least\s+)?(?:so|that\s+is\s+what|this\s+is\s+what)\s+\w+|so\s+(?:jedenfalls|zumindest)|"
    r"(?:по\s+крайней\s+мере,?\s+)?так\s+(?:утверждают|утверждает|говорят|говорит|заявляют|заявляет|"
    r"считают)|(?:принаймні,?\s+)?так\s+(?:стверджують|стверджує|кажуть|каже|заявляють|вважають)|"
    r"не\s+верьте|не\s+вірте|don['’]t\s+believe|glauben\s+sie\s+es\s+nicht)(?!\w)"
)
"""A sentence that makes the one before somebody's word: *So says Moscow*; folded."""
OF_IT = re.compile(r"\W*(?:that|this|it|das|dies|es|это|це)(?!\w)")
"""How a sentence begins that may judge the one before."""
TRUTH = re.compile(
    r"(?<!\w)(?:true|truth|hold\w*\s+(?:up|water)|stands?\s+up|claims?|reports?|wahr\w*|"
    r"behauptung\w*|meldung\w*|правд\w*|заявлени\w*|сообщени\w*|утверждени\w*|заяв\w*|повідомлен\w*|"
    r"тверджен\w*)(?!\w)"
)
"""What a sentence may say *not* of that judges the one before, folded."""
ANSWERS_NO = re.compile(r"\W*(?:no|nein|нет|ні)\s*[,.!—–-]")
LONGEST_JUDGEMENT = 12


def find_unread_denial(
    sentence: Sentence, use: Use, assertion: Assertion, language: Language
) -> str | None:
    """
    Find words that may deny what was read as not denied, or take back what was read as denied.

    Parameters
    ----------
    sentence, use
        Where the phrase stands, and the phrase; its places are those of the text.
    assertion
        How the phrase was read.
    language
        Whose words of mere doubt are no denial.

    Returns
    -------
    words
        None where the reading accounts for all such words.
    """
    folded = fold(sentence.text)
    own = range(use.start - sentence.start, use.end - sentence.start)
    if quoted := _find_scare_quotes(sentence.text, own):
        return quoted
    if assertion.value != use.term.value:
        place = None if assertion.ended else find_presupposed(folded, own, language)
        if found := place is None and EXCEPTED.search(folded):
            place = found.span()
        place = place or _find_doubtful_turn(folded, own.start, language)
        place = place or _find_second_denial(folded, assertion)
        return sentence.text[slice(*place)] if place else None
    doubts = []
    if assertion.doubt:  # a doubt that was not read may be a denial as well
        doubts = [m.span() for m in compile_any(language.hearsay).finditer(folded)]
    reported = REPORTED.search(folded, 0, own.start)
    judged = JUDGED.match(folded, own.stop) if reported else None
    if judged:
        return sentence.text[slice(*judged.span("verb"))]
    clause = _find_reach(folded, own.start, own.stop)
    weak = (m for m in WEAK.finditer(folded, *clause) if not IDLE_NOT.match(folded, m.start()))
    for found in sorted([*MAY_DENY.finditer(folded), *weak], key=lambda m: m.start()):
        is_doubt = any(start <= found.start() < end for start, end in doubts)
        if found.start() not in own and not is_doubt and not _is_denied(folded, found):
            return sentence.text[found.start() : found.end()]
    return None


def find_presupposed(folded: str, own: range, language: Language) -> tuple[int, int] | None:
    """
    Find a phrase that only says of whom something is told: *Kyiv denies that the cut-off men fled*.

    What is denied of them is not that they are cut off.

    Parameters
    ----------
    folded, own
        The folded sentence, and where the phrase stands in it.
    """
    before, after = folded[: own.start], folded[own.stop :]
    if deed := DENIED_DEED.search(before):
        return deed.start(), own.start
    if because := BECAUSE.match(after):
        return own.start, own.stop + because.end()
    if not PARTICIPLE.search(folded[own.start : own.stop]) or EXISTS.search(before):
        return None
    armed = compile_any((*language.military, *language.people)).pattern
    noun = re.match(rf"{TO_NOUN}(?:{armed})(?!\w)", after)
    if noun and language.code == "en":
        noun = noun if THE.search(before) else None
    elif noun and re.search(r"(?<!\w)не\s+$", before):
        noun = None
    if noun:
        return own.start, own.stop + noun.end()
    led = re.search(rf"(?<!\w)(?:{armed}),?\s+$", before)
    if language.code == "en" and led and (HAS.match(after) or THE.search(before[: led.start()])):
        return led.start(), own.stop
    return None


def _find_scare_quotes(text: str, own: range) -> str | None:
    """Find a phrase that stands in quotation marks by itself: *the "encircled" troops*."""
    before, after = text[: own.start], text[own.stop :]
    opened = re.search(r"(?:[\"“«„»‘]|(?<!\w)')\s?(?:[\w'’-]+\s+){0,1}$", before)
    closed = re.match(r"(?:\s+[\w'’-]+){0,1}\s?[\"”“»«’']", after)
    if not opened or not closed:
        return None
    return text[opened.start() : own.stop + closed.end()].strip()


def _find_second_denial(folded: str, assertion: Assertion) -> tuple[int, int] | None:
    """Find what may take a bare *not* back: *falsely claims that they are not*."""
    if not any(WEAK.fullmatch(word) for word in assertion.because):
        return None
    for found in MAY_DENY.finditer(folded):
        if not any(found[0] in word or word in found[0] for word in assertion.because):
            return found.span()
    return None


def is_taken_back(sentence: str) -> str | None:
    """
    Tell whether a sentence that claims nothing calls the one before it untrue.

    Examples
    --------
    >>> is_taken_back("They are not."), is_taken_back("This was soon debunked.")
    ('plainly', 'perhaps')
    >>> is_taken_back("They are not afraid.")
    """
    folded = fold(sentence)
    if IS_IT.fullmatch(folded) or SAID_SO.match(folded):
        return "perhaps"
    if len(folded.split()) > LONGEST_JUDGEMENT or folded.rstrip("\"”»“' ").endswith("?"):
        return None
    if TAKEN_BACK.fullmatch(folded):
        return "plainly"
    last = re.split(r"[,;:—–]", folded.rstrip(".!»”\"' "))[-1]
    if TAKEN_BACK.fullmatch(last) or ANSWERS_NO.match(folded):
        return "perhaps"
    denied = (not _is_denied(folded, found) for found in MAY_DENY.finditer(folded))
    is_judged = (OF_IT.match(folded) and any(denied)) or (
        TRUTH.search(folded) and WEAK.search(folded)
    )
    return "perhaps" if is_judged else None


def find_any_denial(statement: str) -> str | None:
    """
    Find words that may deny in a statement of which nothing is read.

    Examples
    --------
    >>> find_any_denial("They are not surrounded.")
    'not'
    """
    folded = fold(statement)
    idle = [m.span() for m in IDLE_NOT.finditer(folded)]
    for found in (*WEAK.finditer(folded), *MAY_DENY.finditer(folded)):
        if not any(start <= found.start() < end for start, end in idle):
            return statement[found.start() : found.end()]
    return None


def _find_doubtful_turn(folded: str, phrase: int, language: Language) -> tuple[int, int] | None:
    """
    Find what makes it doubtful that a phrase is denied where it was read so.

    Two words that deny may take each other back (*did not escape*), one may deny something else
    (*do not leave because they are*), or nothing (*no fewer than two thousand*).
    """
    stops = [m.end() for m in re.finditer(r"[;:!?]|[.](?!\d)", folded[:phrase])]
    start = stops[-1] if stops else 0
    idle = [m.span() for m in IDLE_NOT.finditer(folded, start, phrase)]
    counted = COUNTED.search(folded, start, phrase)
    if counted:
        return counted.span()
    said = (*language.avoids, *language.negations)
    denying = re.compile(f"{WEAK.pattern}|{compile_any(said).pattern}")
    found = [
        m for m in denying.finditer(folded, start, phrase)
        if not any(a <= m.start() < b for a, b in idle)
    ]  # fmt: skip
    if language.code in ("ru", "uk") and any(m[0] in SLAVIC_NOT for m in found):
        found = [m for m in found if not CONCORD.match(m[0])]  # *никто никого не окружил*
    for one, other in pairwise(found):
        if not re.search(
            r",|(?<!\w)(?:and|nor|und|noch|и|та|й|і)(?!\w)", folded[one.end() : other.start()]
        ):
            return one.span()
    apart = OTHER_CLAUSE.search(folded, found[-1].end(), phrase) if found else None
    if apart:
        return found[-1].start(), apart.end()
    return None


def _find_reach(folded: str, start: int, end: int) -> tuple[int, int]:
    """
    Find where a bare *not* may deny a phrase: before it from the last *but* or full stop on.

    Commas, dashes, lists and the marks of a quotation part no *not* from what it denies: *they are
    not, he insists, encircled*; *"We are not," he said, "encircled"*. Behind it a clause ends it.
    """
    before = [m.end() for m in TURNS.finditer(folded, 0, start)]
    after = PARTED.search(folded, end)
    return (before[-1] if before else 0), (after.start() if after else len(folded))


def _is_denied(folded: str, found: re.Match[str]) -> bool:
    """Tell *nobody denies*, *it is not a lie*: what is said not to be denied."""
    before = folded[max(0, found.start() - DENIED_CHARACTERS) : found.start()]
    return IS_NOT_SO.search(before) is not None
