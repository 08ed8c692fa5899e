"""
What turns a phrase round: negation, reserve, doubt, tense; and is it about forces.

Long for one reason: what stands round a word is read by rules that rest on each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from encircle.claims.words.joining import find_own_clause
from encircle.claims.words.lexicon import compile_any, fold
from encircle.claims.words.lexicon.reserve import UNDECIDED
from encircle.claims.words.sentences import Span

if TYPE_CHECKING:
    from encircle.claims.words.attribution import Mark
    from encircle.claims.words.lexicon import Definition, Language, Tense, Use
    from encircle.claims.words.sentences import Sentence

NEGATION_WORDS, HEDGE_WORDS, NEAR_WORDS, FUTURE_WORDS = 9, 8, 3, 7
"""How far before a phrase each kind of word can stand and still turn it; words."""
EVIDENCE_WORDS = 18
"""*No evidence that* reaches further than *not*; words."""
REFUTATION_WORDS = 10
MENTION_CHARACTERS = 60
"""*Reports of* and what they are of stand so near each other; characters."""
DOUBTS = re.compile("doubt|сомнев|сумнів|bezweif")
"""Denials that leave room."""
UNTRUE = (
    r"(?<!\w)(?:false|untrue|wrong|not true|not the case|no truth|a lie|неправда|ложь|брехня|"
    r"не правда|nicht wahr|stimmt nicht|falsch|unwahr|nicht richtig|"
    r"a myth|a fake|fake news|миф|міф|eine lüge|ein mythos),?\s+(?:(?:to say|in it)\s+)?"
    r"(?:that|что|будто|що|ніби|dass|daß)(?!\w)"
)
"""What denies a whole sentence that follows, folded."""
TWICE = re.compile(
    rf"(?:{UNTRUE}"
    r"|(?<!\w)(?:no|none|nobody|no-one|kein|keine|keiner|niemand)(?![\w,-])).*"
    r"(?:(?<!\w)(?:not(?!\s+only)|no|none|nobody|no-one|never|nicht(?!\s+nur)|kein\w*|niemand|"
    r"не(?!\s+(?:только|лише))|ніхто|никто)|n't)(?!\w)"
)
"""What is denied and denied again: *it is not true that they are not*, *no man is not*."""
IDLE_NOT = re.compile(
    r"(?<!\w)(?:not\s+(?:only|just|merely)|nothing\s+short\s+of|не\s+(?:лише|тільки|просто|только)|"
    r"nicht\s+(?:nur|bloß)|не\s+раз(?!\w)|не\s+(?:сегодня|сьогодні)[\s-]+завтра|(?:no|without|not\s+in|little)\s+(?:a\s+)?(?:doubts?|question|denying)|"
    r"(?:kein\w*|ohne)\s+(?:zweifel|frage)|(?:нет|без|никаких|нет\s+никаких)\s+сомнени[йя]|"
    r"(?:немає|без|жодних|немає\s+жодних)\s+сумнів\w*|не\s+(?:вызывает|викликає)\s+\w+|"
    r"no\s+(?:secret|accident|coincidence|wonder)|not\s+by\s+(?:chance|accident)|"
    r"never\s+(?:before|have\s+so\s+many|were\s+so\s+many)|не\s+(?:секрет|случайн\w+|тайна|"
    r"випадков\w+|таємниця|дарма|зря)|никогда\s+(?:еще|раньше|прежде)|ніколи\s+(?:ще|раніше)|"
    r"nicht\s+(?:zufällig|umsonst|ohne\s+grund)|kein\s+(?:geheimnis|zufall|wunder)|"
    r"(?:nie|niemals)\s+zuvor|noch\s+nie)(?!\w)"
)
"""A *not* that denies nothing: *not only*, *no doubt*, *no secret*."""
OPEN_CHARACTERS = 120
"""How far before a phrase it may be left open; characters."""
TRIED = re.compile(r"(?<!\w)(?:attempt\w*|tr(?:y|ies|ied|ying))(?:\s+[\w'’-]+){1,8}\s+out\s+of$")
"""Whoever only tries to get out of a ring is in it: *attempts to break out of*."""
WAS = re.compile(r"(?<!\w)(?:was|were|been|waren?|wurden?|worden|был[аио]?|був|бул[аио])(?!\w)")
"""A past tense."""
UNTIL = (
    r"until|till|bis\s+(?:sie|gestern|vorgestern|der|die|das)|"
    r"пока\s+(?:\w+\s+){0,2}не|(?:поки|доки)\s+(?:\w+\s+){0,2}не"
)
"""What ends a past state: *were encircled until ...*."""
WERE = (
    r"(?:was|were|(?:has|have|had)\s+been)(?:\s+(?:later|then|since|finally))?|wurden?|"
    r"был[аио]?|був|бул[аио]"
)
JOINT = (
    r"\s*(?:,\s*|—\s*|–\s*|\s)(?:but|yet|and|then|before|until|und|aber|doch|bevor|dann|но|и|а|"
    r"однако|пока\s+не|але|та|і|й|проте|однак|поки\s+не)\s+"
)
"""What leads from being inside to how it ended."""
INFINITIVE = re.compile(
    r"(?:ться|тись|тися|йти|ausbrechen|befreien|freikämpfen|durchbrechen|entkommen)$"
)
MANAGED = re.compile(r"смог|сумел|удалось|змогл|зміг|зумі|вдалося|konnte|gelang")
"""What turns an infinitive into what was done."""
STOPS = "and|where|which|who|whose|that|und|wo|и|где|которы[ейх]|і|та|де|які|яких"
"""Words past which another thing is told."""
NO_LONGER = (
    r"(?:no\s+longer|not\s+any\s*more|nicht\s+mehr|(?:больше|уже|більше|вже)\s+не)\s*(?=[.!?,;]|\Z)"
)
BY_NOBODY = re.compile(r"\s+(?:by|from)\s+(?:no[ -]?one|nobody|none)(?!\w)")
GENITIVE = re.compile(r"(?:ения|ады|ьца|тла)$")
"""What is said not to be: *окружения … нет*."""
IN_VAIN = re.compile(
    r"(?:\s+[\w'’-]+){0,6}?(?:,[^,.;]{0,60},\s+[\w'’-]+)?\s+не\s+(?:удал|вдал|получил)\w+(?!\s+(?:[\w'’-]+\s+){0,3}?\w+(?:ть|ти|тися|ться)(?!\w))"
)
"""*Окружить … не удалось*, and not *не удалось прорвать*."""
ASIDE = re.compile(
    r",\s*(?:as|contrary\s+to|despite|according\s+to|wie|entgegen|как|вопреки|як|всупереч|"
    r"(?:and|nor|und|и|і|та)\s+(?:\w+\s+){0,2}?(?:never|nie|niemals|никогда|ніколи)|"
    r"nor\s+(?:has|have|had|was|were|is|are))(?!\w)[^,]{0,60},"
)
"""What is said between two commas and parts nothing: *are not, as claimed, encircled*;
*are not, and never were, encircled*."""
FAR = re.compile(r"(?:\s+\w+){0,3}\s+(?:еще\s+|ще\s+)?далек\w*")
"""*До окружения далеко*: a long way to it."""
FALSELY = (
    r"(?:is|are|was|were|remains?|stays?|это|—|–|являет\w*|остает\w*|є|це|лишаєть\w*|ist|sind|war|"
    r"waren|bleibt)"
)
"""What leads to calling a thing false, folded."""
NO_FALSEHOOD = r"(?:no|not|never|n't|не|ні|kein\w*|nicht)"
IS_NOT = re.compile(rf"(?<!\w){NO_FALSEHOOD}(?!\w)")
RING = re.compile(
    r"ment$|siege|pocket|ring|cauldron|blockad|kessel|ung$|окружени|оточенн|кольц|кільц|коте?л|"
    r"осад|облог|блокад"
)
"""Phrases that name the ring, not those inside."""
NEXT_CHARACTERS = 80
"""How far into the next sentence it may stand that they got out: *They broke out*; characters."""
PART_WORDS = 8
"""How far from a phrase stand the words that make it one of a part; words."""
COUNTS = re.compile(r"\s*(?:\d|hundred|thousand|dozen|hundert|tausend|сот|тысяч|тисяч)")
"""A number after *some* or *a few*: *some 2,000*."""
SHARE = re.compile(
    r"(?<![\w.,])(?!100\s*(?:%|p))\d[\d.,]*\s*(?:%|per\s?cent|prozent|процент\w*|відсотк\w*)|"
    r"(?<![\w.,])\d[\d.,]*\s+(?:(?:out\s+)?of|von|из|з|із)\s+(?:(?:the|den|its|their)\s+)?\d[\d,]*"
)
"""A share in digits: *40 per cent*, *200 of the 5,000*."""
THREE_SIDES = re.compile(
    r"(?<!\w)(?:(?:on|from)\s+three\s+sides|(?:auf|von|an)\s+drei\s+seiten|"
    r"с\s+трех\s+сторон|[зі]з?\s+трьох\s+(?:боків|сторін))(?!\w)"
)
"""Whoever is said to be shut in on three sides is not said to be cut off; folded."""
LAND_AND_AIR = re.compile(
    r"(?<!\w)(?:land|road|landweg|lande|земле|суше|суши|землі|суші|суходолом)(?!\w)[^.;!?]{0,40}?"
    r"(?<!\w)(?:air|luft\w*|воздух\w*|повітр\w*)(?!\w)"
)
"""Cut off by land and by air is isolated; folded."""
REFUSED = re.compile(
    r"(?<!\w)(?:(?:declin|refus)\w+\s+(?:to\s+)?(?:comment|say|discuss|confirm|answer)|"
    r"(?:would|did)\s+not\s+(?:comment|discuss)|no\s+comment|"
    r"nicht\s+(?:dazu\s+)?(?:äußern|kommentieren)|(?:lehnte\w*|ohne)\s+(?:einen|jeden)\s+kommentar|"
    r"nicht\s+stellung\s+nehmen|"
    r"отказал\w*\s+(?:от\s+комм|комм|говорить|отвеч|обсужд)\w*|комментировать\s+не\s+стал\w*|"
    r"не\s+стал\w*\s+комментировать|воздержал\w*|"
    r"відмови\w+\s+(?:від\s+ком|ком|говорити|відпов)\w*|коментувати\s+не\s+(?:став|стал)\w*|"
    r"не\s+(?:став|стал[аи])\s+коментувати|говорити\s+не\s+(?:буду|став|стал[аи])|утрима\w+)(?!\w)"
)
"""Who will not speak of it, folded: nothing is claimed."""
PURPOSE = re.compile(
    r"\W*(?:(?:the|their|its|his|das|der|das)\s+)?(?:[\w'’-]+\s+)?"
    r"(?:goal|aim|plan|objective|intention|purpose|ziel|absicht|plan|vorhaben|мета|план|задум|цель|"
    r"замысел|задача)(?!\w)"
)
"""A sentence that begins with a purpose tells what is meant to come, folded."""
LATE_NOT = re.compile(
    r"(?:\s+(?!(?:что|щоб|чтобы|який|яка|які|котор\w+)(?!\w))[\w'’-]+){0,3}?\s+не\s+"
    r"(?:попа\w+|потрапля\w+|потрапи\w+|оказа\w+|оказыва\w+|опини\w+|находи\w+|перебува\w+|"
    r"сомкн\w+|замкн\w+|зімкн\w+|закры\w+|закри\w+|захлопн\w+)"
)
"""*В окружение не попали*: what denies a phrase stands behind it; folded."""
FRONTED_NOT = re.compile(
    r"\s+(?:ist|sind|sei|seien|war|waren|wurde|wurden|gibt|sitzt|sitzen)(?:\s+(?!und|oder|aber)[\w'’-]+)"
    r"{0,8}?\s+(?P<not>nicht|niemand|keine[rs]?|nirgends)(?=\s*[.,;:!?]|\s*\Z|\s+[A-Z])"
)
"""*Abgeschnitten ist hier niemand*: a phrase that opens its clause is denied at the end; folded."""
STIMMT_NICHT = re.compile(
    r"[^.;!?]{0,60},\s*(?:ist|sei)\s+(?:\w+\s+){0,3}?(?:legende|mythos|märchen|lüge|falsch|unwahr|"
    r"erfunden|unsinn|propaganda)(?!\w)|"
    r"[^.;!?]{0,80},\s*(?:stimmt|trifft)\s+(?:[\w'’-]+\s+){0,6}?nicht(?!\w)|"
    r"[^.;!?]{0,100}\s(?:keine|keinerlei)\s+(?:\w+\s+)?(?:belege?|beweise?|hinweise?|anzeichen|"
    r"anhaltspunkte)(?!\w)"
)
"""*Dass sie eingekesselt seien, stimmt nicht*: denied behind the clause; folded."""
ASKED = re.compile(
    r"[^.;!?]*\?|[^.;!?:]*:\s*(?:what|why|how|who|where|was|wie|warum|wer|что|как|почему|кто|що|як|"
    r"чому|хто)(?!\w)|[^.;:!?]{0,40}?[,»”“\"]\s*(?:[—–-]\s*)?(?:(?!said|says|when|as)[\w'’-]+\s+){0,3}?"
    r"(?:asked(?!\s+(?:for|to|that|about))|gefragt|fragte[nt]?|fragt|спрос\w+|спрашив\w+|запита\w+|запиту\w+|спита\w+)(?!\w)"
)
"""What makes a question of what stands before it: *are they cut off, he was asked*; folded."""
ASKS = re.compile(
    r"(?<!\w)(?:asked|question(?:\s+(?:is|was))?|gefragt|fragten?|frage|спрос\w+|вопрос|запита\w+|спита\w+|питання)"
    r"\s*:[^.;!?]*\Z"
)
WORD = re.compile(r"[\w'’.-]*\w")


@dataclass(frozen=True, slots=True)
class Clause:
    """The words that bear on one phrase."""

    whole: Span
    """What is attributed to one speaker, or the sentence."""
    near: Span
    """The clause itself, between commas and contrasts."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a phrase asserts where it stands."""

    definition: Definition
    value: str
    tense: Tense
    hedged: bool
    """Some of the degree is taken back: *almost*."""
    doubt: str | None
    """The word that doubts it and takes nothing back, if any: *reportedly*."""
    part: str | None
    """The words that say it of a part of the force, if any: *some of the*."""
    ended: str | None
    """The words that say it was so and is no longer, if any: *but broke out*."""
    because: tuple[str, ...]


def find_clause(  # noqa: PLR0913 - each bounds the clause in its own way
    text: str,
    sentence: Sentence,
    use: Use,
    quote: Span | None,
    mark: Mark | None,
    language: Language,
    since: int = 0,
) -> Clause:
    """
    Find the clause a phrase stands in: within its quotation, its speaker's words, its commas.

    What stands before another phrase, which ends at `since`, belongs to that one.
    """
    start, end = sentence.start, sentence.end
    if quote is not None:
        start, end = max(start, quote.start), min(end, quote.end)
    if mark is not None and mark.reach.holds(use.start):
        start, end = max(start, mark.reach.start), min(end, mark.reach.end)
    folded = fold(text[start:end])
    before, after = folded[: use.start - start], folded[use.end - start :]
    cut = max((m.end() for m in _contrasts(before, language)), default=0)
    stop = min((m.start() for m in _contrasts(after, language)), default=len(after))
    whole = Span(start + cut, use.end + stop)
    comma = _find_last_break(folded[cut : use.start - start], language)
    following = re.search(r",(?!\d)|;|\s[—–]\s|\(", after)
    return Clause(
        whole,
        Span(
            max(whole.start + comma, since),
            min(whole.end, use.end + following.start() if following else whole.end),
        ),
    )


def _contrasts(folded: str, language: Language) -> list[re.Match[str]]:
    words = "|".join(re.escape(w) for w in language.contrasts)
    whole = r"(?<!not)(?<!n't)(?<!never)"  # *not yet*
    cut = rf"{whole}(?:[,;—–]\s*|\s)(?:{words})(?!\w)(?!\s+(?:than|of|to\s+be)(?!\w))|[;]|\s[—–]\s"
    said = (*language.except_for, *language.negations)  # *all but*, *anything but* part no clauses
    idle = [m.span() for m in compile_any(said).finditer(folded)]
    found = re.finditer(cut, folded)
    return [m for m in found if not any(a < m.end() <= b for a, b in idle)]


def _find_last_break(before: str, language: Language) -> int:
    """Find the last comma that parts clauses: not the one before *that*."""
    that = "|".join(language.that)
    before = ASIDE.sub(lambda m: " " * len(m[0]), before)
    found = [
        m.end()
        for m in re.finditer(
            rf"(?:(?<!nicht)(?<!entfernt),(?!\d)|[;:])(?!\s*(?:{that})(?!\w))", before
        )
    ]
    return found[-1] if found else 0


def read_assertion(  # noqa: C901, PLR0913 - a phrase, where it stands, and who says it
    text: str,
    sentence: Sentence,
    use: Use,
    clause: Clause,
    mark: Mark | None,
    language: Language,
    *,
    asking: bool = False,
    goes_on: bool = False,
) -> Assertion | None:
    """
    Read what a phrase asserts where it stands; None where it asserts nothing.

    Where *not* may or may not go on behind *and* (*not defeated and encircled*) nothing is read,
    unless the phrase `goes_on` with another one just before it. A question asserts nothing, and
    neither does the mention of a claim nobody makes here. Where one is `asking`, a question is read
    as what it asks about, whichever way round it is put.
    """
    folded = fold(text)
    before = folded[clause.near.start : use.start]
    wide = folded[clause.whole.start : use.start]
    after = folded[use.end : clause.whole.end]
    rest = folded[use.end : sentence.end]
    whole = folded[sentence.start : sentence.end]
    told = folded[sentence.start : use.start]
    asks = _asks(sentence, wide, rest, language) or ASKS.search(told) is not None
    if asks != asking or (not asking and (_leaves_open(wide, rest) or REFUSED.search(whole))):
        return None
    inside = _remove_phrase(folded[use.start : use.end], use.term.phrase)
    called = _find_called_false(before, language)
    own = find_own_clause(before, folded[use.start : use.end], language)
    if (called and not called[1]) or (own is None and not goes_on):
        return None
    before = before[own or 0 :]
    turned, why = _find_negations(before, wide, inside, after, language)
    absent = called[0] if called and TWICE.search(before) is None else None
    if use.term.value == "yes":
        absent = absent or _find_absent(folded[use.start : use.end], rest, language)
    if absent and not turned:  # *никакого окружения нет* denies once
        turned, why = True, [*why, absent]
    if mark is not None and mark.kind == "denies":
        turned, why = not turned, [*why, "denied"]
    mentioned = compile_any(language.mentions).search(before[-MENTION_CHARACTERS:]) is not None
    refuted = _find_refuted(after, rest, language)
    if refuted and not (mark is not None and mark.kind == "claim"):
        turned, why = not turned, [*why, refuted]
    ended = (
        None
        if why or asking
        else _find_ending(
            folded[use.start : use.end],
            before,
            folded[use.end : sentence.end + NEXT_CHARACTERS],
            language,
        )
    )
    ended = ended if use.term.value == "yes" else None
    if ended:
        turned, why = True, [ended]
    if asking:
        turned, why = False, []
    if mentioned and not refuted and (mark is None or mark.kind not in ("claim", "denies")):
        return None
    near = _find_near(before, language) or _find_near(inside, language)
    doubt = _find_last(language.hearsay, before, HEDGE_WORDS) or _find_last(
        language.no_evidence, before, EVIDENCE_WORDS
    )
    if mark is not None and mark.kind == "denies" and DOUBTS.match(folded, mark.start):
        doubt = doubt or "doubt"
    tense, cue = _find_tense(use, wide, before, inside, after, language)
    if asking and (
        compile_any(language.opening_conditions).match(wide.lstrip())
        or _find_last(language.questions, wide, NEGATION_WORDS)
    ):
        tense, cue = "present", None  # *had they been surrounded?*, *asked if they were*
    definition, near = _define(use, near, folded[clause.whole.start : clause.whole.end])
    value = use.term.value if not turned else {"yes": "no", "no": "yes"}[use.term.value]
    part = _find_part(before, wide, after, language)
    part = None if part == near else part  # *all but encircled* excepts nobody
    because = (*why, *(word for word in (near, doubt, cue, part) if word))
    hedged = bool(near or use.term.hedged or part)
    return Assertion(definition, value, tense, hedged, doubt, part, ended, because)


def _find_refuted(after: str, rest: str, language: Language) -> str | None:
    """Find what refutes a phrase behind it: *is untrue*, *stimmt nicht*."""
    refuted = _find_within(language.refutations, after, REFUTATION_WORDS)
    refuted = refuted or _find_false(rest, language)
    if language.code == "de" and not refuted and (far := STIMMT_NICHT.match(rest)):
        refuted = far[0].strip()
    return refuted


def _define(use: Use, near: str | None, clause: str) -> tuple[Definition, str | None]:
    """Say by which definition a phrase speaks in its clause, and what takes back of its degree."""
    definition = use.term.definition
    if near and "surrounded" in use.term.also:
        definition = "surrounded"
    if definition == "land_cut" and THREE_SIDES.search(clause):
        return "surrounded", near or "three sides"
    if definition == "land_cut" and LAND_AND_AIR.search(clause):
        return "isolation", near
    return definition, near


def _find_part(before: str, wide: str, after: str, language: Language) -> str | None:
    """Find the words that make it a part of a force: *some of the*, *all except*."""
    found = [
        m[0]
        for m in last_words(language.parts, before, PART_WORDS)
        if not COUNTS.match(before, m.end())
    ]
    found += [m[0] for m in last_words(language.except_for, wide, PART_WORDS)]
    share = SHARE.search(before)
    if found or share:
        return found[-1] if found else share and share[0]
    return _find_within((*language.parts, *language.except_for), after, 1)


def _find_ending(phrase: str, before: str, rest: str, language: Language) -> str | None:
    """Find the words that end what a phrase says, after which it is so no longer."""
    formerly = _find_last(language.formerly, before, 0)
    opens = compile_any(language.formerly).match(before.lstrip()) if WAS.search(before) else None
    if formerly or opens:
        return formerly or (opens and opens[0])
    stops = compile_any((*language.subordinators, *language.negations, *language.contrasts)).pattern
    words = rf"(?:\s+(?!(?:{STOPS})(?!\w)|\d|{stops})[\w'’-]+){{0,6}}?"
    ended, left, between = (
        compile_any(said).pattern for said in (language.ended, language.left, language.meanwhile)
    )
    ways = [
        rf"{words}\s+(?:{WERE})\s+(?P<out>{left})",
        rf"{words}{JOINT}(?:(?:{between})\s+){{0,4}}(?P<out>{left})",
        rf"{words}\s*,\s*(?:(?:{between})\s+){{1,4}}(?P<out>{left}|{NO_LONGER})",
        rf"{words}{JOINT}(?:(?:{between})\s+){{0,4}}(?P<out>{NO_LONGER})",
    ]
    if RING.search(phrase):
        ways.append(rf"{words}\s+(?P<out>{ended})")
    if WAS.search(before):
        ways.append(rf"{words}\s*,?\s+(?P<out>{UNTIL})(?!\w)")
        ways.append(rf"[^.!?\n]*[.!]\s+(?:(?:{between})\s+){{1,4}}(?P<out>{left})")
    if language.code != "en":  # *die eingekesselten Truppen sind ausgebrochen*
        ways.append(rf"{words}\s+(?P<out>{left})(?!\s+werden)")
    found = (re.match(way, rest) for way in ways)
    return next((m["out"] for m in found if m and _has_come(m)), None)


def _has_come(found: re.Match[str]) -> bool:
    """Tell what was done from what is only wished: an infinitive with no word of success."""
    after = found.string[found.end("out") :]
    if INFINITIVE.search(found["out"]) and not MANAGED.search(found[0]):
        return False
    return not re.match(r"\s+(?:of|(?:\w+\s+){0,3}(?:не|nicht))(?!\w)", after)


def _leaves_open(wide: str, rest: str) -> bool:
    """Tell what is left open: before a phrase, or after it as far as the same clause."""
    before, after = wide[-OPEN_CHARACTERS:], re.split(r"[.,;:!?—–]", rest, maxsplit=1)[0]
    led = (
        match
        for match in UNDECIDED.finditer(before)
        if not re.search(r"[.;!?]", before[match.end() :])
    )
    return any(led) or UNDECIDED.search(after) is not None


def _asks(sentence: Sentence, wide: str, rest: str, language: Language) -> bool:
    if sentence.text.rstrip("\"”»“') ").endswith("?") or ASKED.match(rest):
        return True
    asked = _find_last(language.questions, wide, NEGATION_WORDS)
    return bool(asked or (language.code == "ru" and re.match(r"\s*ли(?!\w)", rest)))


def _find_negations(
    before: str, wide: str, inside: str, after: str, language: Language
) -> tuple[bool, list[str]]:
    phrases = (*language.negations, *language.avoids)
    before = IDLE_NOT.sub(" ", before)
    false = compile_any(language.falsehoods).pattern
    before = re.sub(rf"(?<!\w){NO_FALSEHOOD}\s+(?:an?\s+)?(?:{false})", " ", before)
    found = last_words(phrases, before, NEGATION_WORDS)
    words = [m[0] for m in found if not TRIED.search(before[: m.end()])]
    words += [m[0] for m in compile_any(language.negations).finditer(inside)]
    words += [
        w for w in ("without success", "ohne erfolg", "безуспешно", "безуспішно") if w in wide[-60:]
    ]
    words += [m[0] for m in last_words(language.no_evidence, before, EVIDENCE_WORDS)]
    untrue = [] if words else re.finditer(rf"(?<!not ){UNTRUE}", before)
    words += [m[0] for m in untrue if len(WORD.findall(before[m.end() :])) <= EVIDENCE_WORDS]
    why = list(words[-1:])
    turned = bool(words) and TWICE.search(before) is None
    if WAS.search(before) and re.match(r"(?:\s+[\w'-]+){0,4}\s+until(?!\w)", after):
        turned = False  # *was not encircled until Tuesday*: since then it is
    trailing = {"ru": r"\s*(?:[\w]+\s+){0,2}нет(?!\w)", "uk": r"\s*(?:[\w]+\s+){0,2}немає(?!\w)"}
    late = re.match(trailing.get(language.code, r"(?!)"), after)
    late = late or re.match(r"\s+(?:is|are|was|were)\s+not(?!\w)|\s+nicht(?!\w)", after)
    late = late or (LATE_NOT.match(after) if language.code in ("ru", "uk") else None)
    if language.code == "de" and not WORD.search(before):
        late = late or FRONTED_NOT.match(after)
    if late and not turned:
        turned, why = True, [*why, late[0].strip()]
    if not late and (nobody := BY_NOBODY.match(after)):
        turned, why = not turned, [*why, nobody[0].strip()]
    if re.search(r"(?<!\w)до\s+$", before) and (far := FAR.match(after)):
        turned, why = not turned, [*why, far[0].strip()]
    return turned, why


def _find_false(rest: str, language: Language) -> str | None:
    """Find what calls a thing false after it, past a dash too: *— миф*, *is Kremlin propaganda*."""
    false = compile_any(language.falsehoods).pattern
    found = re.match(
        rf"(?:\s+(?!{FALSELY}\s)[\w'’-]+){{0,{REFUTATION_WORDS}}}?\s+{FALSELY}(?P<said>(?:\s+[\w'’-]+){{0,3}}?"
        rf"\s+(?P<false>{false}))",
        rest,
    )
    return found["false"] if found and not IS_NOT.search(found["said"]) else None


def _find_called_false(before: str, language: Language) -> tuple[str, bool] | None:
    """
    Find what calls false what follows, and whether it says so of a whole sentence.

    *It is a myth that* denies; *the myth of* only mentions.
    """
    false = compile_any(language.falsehoods).pattern
    whole = "|".join(language.that)
    found = re.search(
        rf"(?P<no>(?<!\w){NO_FALSEHOOD}\s+(?:an?\s+)?)?(?P<false>{false}),?\s+"
        rf"(?:(?P<that>that|что|будто|що|ніби|нібито|dass|daß)|(?:of|about|об?|про|von|über|{whole}))(?!\w)",
        before,
    )
    if not found or found["no"] or len(WORD.findall(before[found.end() :])) > EVIDENCE_WORDS:
        return None
    return found["false"], bool(found["that"])


def _find_absent(phrase: str, rest: str, language: Language) -> str | None:
    """Find what says that there is no ring, right after it: *did not happen*, *не удалось*."""
    is_ring = RING.search(phrase) is not None
    done = re.match(r"\w+(?:ть|ти)(?!\w)", phrase)
    vain = IN_VAIN.match(rest) if is_ring or done or phrase.endswith(("ить", "ити")) else None
    if vain or not is_ring:
        return vain[0].strip() if vain else None
    unborn = (*language.unborn, *(("нет", "не было") if GENITIVE.search(phrase) else ()))
    words = r"(?:\s+(?!which|who|that|который|которые|які|що)[\w'’-]+)"
    found = re.match(
        rf"{words}{{0,{REFUTATION_WORDS}}}?\s+(?P<not>{compile_any(unborn).pattern})", rest
    )
    ended = compile_any((*language.ended, *language.formerly)).pattern
    return found["not"] if found and not re.match(rf"\s+(?:{ended})", rest[found.end() :]) else None


def _remove_phrase(said: str, phrase: str) -> str:
    """Leave of the words of a phrase what its gaps were filled with."""
    own = set(re.findall(r"[\w']+", phrase)) if "…" in phrase else None
    return " ".join(w for w in WORD.findall(said) if own is not None and w not in own)


def _find_near(before: str, language: Language) -> str | None:
    found = list(compile_any(language.near).finditer(before))
    if not found:
        return None
    tail = before[found[-1].end() :]
    if len(WORD.findall(tail)) > NEAR_WORDS or re.match(r"\s*\d", tail):
        return None
    return found[-1][0]


def _find_tense(  # noqa: PLR0913 - before, inside and after the phrase
    use: Use, wide: str, before: str, inside: str, after: str, language: Language
) -> tuple[Tense, str | None]:
    condition = compile_any(language.conditions).search(wide)
    opening = compile_any(language.opening_conditions).match(wide.lstrip(" :«“\"„'—-"))
    follows = re.match(
        r"\s*,?\s*(?:\w+\s+){0,3}?(?:" + compile_any(language.conditions).pattern + ")", after
    )
    if condition or opening or follows:
        found = condition or opening
        return "conditional", found[0] if found else "if"
    if use.term.tense != "present":
        return use.term.tense, use.term.phrase
    if _find_last(language.avoids, before, NEGATION_WORDS):
        return "present", None
    future = _find_last(language.futures, before, FUTURE_WORDS) or _find_last(
        language.futures, inside, FUTURE_WORDS
    )
    future = future or _find_within(language.looming, after, 3)
    purpose = PURPOSE.match(wide)
    future = future or (purpose[0].strip() if purpose else None)
    if language.code == "de" and re.match(r"\s+werden(?!\w)", after):
        verb = re.search(r"(?<!\w)(?:wird|werden|würden?)(?!\w)", before)
        future = future or (verb[0] if verb else None)
    return ("future", future) if future else ("present", None)


def last_words(phrases: tuple[str, ...], before: str, most: int) -> list[re.Match[str]]:
    """Find phrases that at most so many words stand after."""
    return [
        m
        for m in compile_any(phrases).finditer(before)
        if len(WORD.findall(before[m.end() :])) <= most
    ]


def _find_last(phrases: tuple[str, ...], before: str, most: int) -> str | None:
    found = last_words(phrases, before, most)
    return found[-1][0] if found else None


def _find_within(phrases: tuple[str, ...], after: str, most: int) -> str | None:
    found = compile_any(phrases).search(after)
    if found is None or len(WORD.findall(after[: found.start()])) > most:
        return None
    return found[0]
