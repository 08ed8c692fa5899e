"""By which words a claim names the force that is cut off, where they are no side's of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from encircle.claims.asking.whose.whose import (
    BY,
    FORCES,
    OTHER,
    SLAVIC_STATE,
    does_it,
    find_mentions,
    is_done_to,
    is_side,
)
from encircle.claims.words.lexicon import LANGUAGES, compile_any
from encircle.places import find_known, find_places
from encircle.places.letters import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from encircle.claims.words.lexicon.entry import Code

Relation = Literal["own", "enemy", "name"]

_ENEMY = (
    r"enem(?:y|ies)|foe|foes|occupiers?|invaders?|aggressors?|adversar(?:y|ies)"
    r"|(?:су)?противник\w{0,3}|враг\w{0,3}|вражеск\w+|ворог\w{0,3}|ворож\w+|окупант\w{0,3}"
    r"|оккупант\w{0,3}|окупаційн\w+|оккупационн\w+|загарбник\w{0,3}|захватчик\w{0,3}"
    r"|feind\w{0,3}|feindlich\w*|gegner\w{0,2}|besatzer\w{0,1}|invasoren|okkupanten|eindringling\w*"
)
"""Words for the other side, whoever speaks, folded."""
_MEN = rf"(?:{FORCES}|guys|boys|lads|хлопц\w*|ребят\w*|пацан\w*|jungs|leute)"
_OWN = (
    rf"(?:our|unser\w{{0,2}}|наш\w{{0,3}})\s+(?:[\w'-]+\s+){{0,2}}?{_MEN}"
    r"|наш[иі](?=\s+(?:под|під|в|у|на|біля|возле|окруж|оточ|попал|потрап))"
)
"""Words for the speaker's own, folded."""
_WE = r"us|we|uns|wir|нас|мы|ми|нами"
"""The speaker's own too, where it is known whose they are; else whoever is quoted."""
_ACTORS = (
    r"red army|rote[nr]? armee|красн\w+ арми\w+|червон\w+ армі\w+|mercenar(?:y|ies)|söldner\w*|"
    r"наемник\w*|найман(?:ц|ец)\w*|terrorists|terroristen|террорист\w+|терорист\w+|nazis|нацист\w*|"
    r"nationalists|националист\w*|націоналіст\w*|"
    r"wagner\w*|islamic state|daesh|hamas\w*|hezbollah|taliban|viet\s?minh|viet\s?cong|houthi\w*|"
    r"al[- ]qaeda|chechen\w*|kadyrov\w*|azov\w*|chetnik\w*|ustash\w*|kurds?|north koreans?|"
    r"nordkorean\w*|tschetschen\w*|"
    r"(?:пвк\s+|чвк\s+)?вагнер\w*|хамас\w*|хезбол\w*|талиб\w*|вьетмин\w*|в'єтмін\w*|"
    r"чечен\w*|кадыров\w*|кадирів\w*|азовц\w*|азовець|курд\w*|північнокоре\w*|северокоре\w*|"
    r"корейц\w*|ополчен\w*|[\w'-]{3,}(?:івц|овц)(?:і|ів|ям|ями|ях|ы|ев|ам|ами|ах)"
)
"""Those who fight under a name of their own, folded; a war on these maps may know them or not."""
_ROLES = r"government|regime|rebels?|insurgents?|separatists?|loyalists?|opposition|partisans?"
"""What a side is to a state: each map has its own, folded."""
_ORDINARY = frozenset(
    "the a an all both some most many more few several other those these such any no none not only"
    " about around over under almost nearly least up to of and or our their his her its my your "
    "thousands hundreds dozens scores tens one two three four five six seven eight nine ten twelve "
    "twenty thirty forty fifty hundred thousand first second third fourth fifth sixth seventh "
    "eighth ninth tenth eleventh twelfth fifteenth sixteenth "
    "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xx "
    "ground land armed special assault elite reserve main whole entire large small big strong own "
    "infantry tank armoured armored airborne marine marines parachute paratroop mechanised "
    "mechanized motorised motorized rifle guards guard naval border territorial volunteer "
    "mobilised regular local defence defense joint task rapid frontline front south north east "
    "west southern northern eastern western central allied allies coalition friendly fellow young "
    "troops soldiers forces men units brigade battalion division regiment army corps garrison "
    "group fortress city town breaking update new latest exclusive urgent now today yesterday "
    "currently reportedly again still also meanwhile military field combat foreign expeditionary "
    "die der das den dem des alle viele einige mehrere tausende hunderte die erste zweite dritte "
    "heute jetzt auch unsere seine ihre eigene starke große ganze letzte".split()
)
"""Words beside a force that say nothing of whose it is, folded."""
_PLAIN_ADJECTIVE = re.compile(
    r"морськ|морск|воїнськ|воинск|армійськ|армейск|гвардійськ|гвардейск|офіцерськ|офицерск|"
    r"союзн|партизанськ|партизанск|козацьк|казацк|казачь|сухопутн|городск|міськ|цілодобов|женск|"
    r"жіноцьк|мужск|людськ|людск"
)
_CAPITAL = r"[^\W\d_a-zа-яіїєґёäöüßñçéèáíóúřžšč]"
_RUN = rf"{_CAPITAL}[\w'’.-]*(?:\s+(?:of\s+|al\s+)?{_CAPITAL}[\w'’.-]*){{0,4}}"
_NAMED_FORCE = re.compile(rf"(?<![\w'’.-])({_RUN})(?:[\s-]+[^\W\d_]+)?[\s-]+(?i:{_MEN})(?!\w)")
"""Words with a capital before a force: *the Wagner fighters*."""
_HERE = r"(?:at|in|near|around|outside|inside|from|bei|im|um|nahe|vor|nördlich|südlich)"
_AT = re.compile(
    rf"(?<!\w)(?:{_HERE}|to|into|в|во|у|на|під|под|біля|возле|около|из|з|із)\s+(?:(?:the|der|dem|den)\s+)?$",
    re.IGNORECASE,
)
"""What makes a place of the next word: *in the Donbas*."""
_IS = r"(?:is|are|was|were|has|have|had|remains?|ist|sind|war|waren|wurden?|sitzen|sitzt)"
_BARE = re.compile(
    rf"(?<![\w'’.-])(?P<the>(?:[Tt]he|[Dd]ie|[Dd]er)\s+)?(?P<run>{_RUN})\s+"
    rf"(?P<at>{_HERE}\s+(?:the\s+)?{_CAPITAL}[\w'’-]*(?:\s+{_CAPITAL}[\w'’-]*)*\s+)?(?P<is>{_IS})(?!\w)"
)
"""A name that something is said of: *the RSF in El Fasher is*."""
_ACRONYM = re.compile(r"(?<![\w'’.-])[^\W\d_a-zа-яіїєґё]{3,6}s?(?![\w'’])")
_SLAVIC_ADJECTIVE = re.compile(
    rf"(?<!\w)((?:[\w'-]+-)?[\w']{{2,}}(?:ськ|ск|цьк|цк)(?:і|ий|их|им|ими|ого|ому|а|ої|ою|у|ие|ий|ая|ой|"
    rf"ую))(?:\s+[\w'-]+)?\s+(?:{FORCES})(?!\w)"
)
_GERMAN_ADJECTIVE = re.compile(
    rf"(?<!\w)((?:[\w'-]+)?(?:isch|deutsch)(?:e|en|er|es|em)?)(?:\s+[\w'-]+)?\s+(?:{FORCES})(?!\w)"
)
_AFTER_NOUN = re.compile(
    r"\s*(?:(?:of|der|des|von|about)\s+)?(?:(?:the|all|die|den|der|das|des|dem|all\s+of)\s+)*"
    r"(?:[\w'-]+\s+){0,2}?"
)
_RING_NOUN = re.compile(
    r"(?:encirclements?|envelopment|cauldron|ung|окружени[еяюи]\w?|оточення|оточенні)"
    r"(?:\s+of)?$|encirclement of$"
)
_PERFECT = re.compile(r"(?<!\w)(?:have|has|had|haben|hat|hatten)(?!\w)(?!.*(?:been|worden|become))")
"""What is done, and not had done to oneself: *have practically surrounded*."""
_HEADLINE = re.compile(r"(?:\s+[\w'’-]+){0,3}\s*[:—–]\s+(?:(?:the|die|der)\s+)?")
"""*Surrounded at Sudzha: the enemy*."""
_WITHIN = re.compile(r"(?<!\w)(?:в|у|from|из|з|із|im|in)\s+(?:\w+\s+)?$")
_ACTIVE_FORM = re.compile(
    r"(?<!\w)(?:surrounds?|encircles?|besieges?|blocks|traps|cuts off|surrounding|encircling|"
    r"(?:окруж|оточ)(?:ил|ив|ают|ують|ает|ує|ить|или|ила)\w*|umzingeln|einkesseln|einzukesseln)(?!\w)"
)
_INSTRUMENTAL = re.compile(r"(?:ами|ями|ом|ем|ем|им|ими|ою)$")
_NOMINATIVE = re.compile(
    r"(?:(?:су)?противник[иі]?|враг[и]?|ворог[и]?|ок?купант[иы]?|загарбник[иі]?|захватчик[иі]?)$"
)
PEOPLES = tuple(
    frozenset(line.split()) for line in (
        "germany german deutsch немец німец wehrmacht prussia prussian prussen пруссак",
        "soviet sowjet совет радян red rote russia russian russ русск росій russland красн червон",
        "france french franz франц",
        "britain british kingdom english brit commonwealth англи британ",
        "states american amerika america американ usa сша",
        "japan japanese япон", "china chinese kitajsk китай chines",
        "poland polish poln польск польськ",
        "romania romanian rumän румын румун", "italy italian italien итальян італій",
        "ottoman turkey turkish turk türk турец турк", "egypt egyptian ägypt египет єгипет",
        "israel israeli israel израил ізраїл", "iraq iraqi irak ирак ірак",
        "syria syrian syrisch сири сирій", "government regime loyalist правительств урядов",
        "opposition rebel insurgent rebels insurgents оппозиц опозиц повстан",
        "islamic isis isil daesh игил іділ даиш", "kurd kurdish kurdistan peshmerga курд ypg",
        "bosnia bosnian herzegovina bosniak bosnisch боснийск боснійськ",
        "serb srpska serbian серб",
        "croat croatian croatia kroat хорват", "sudanese sudan saf судан", "rapid rsf",
        "wagner вагнер", "dpr lpr separatist separatists", "union unionist federal",
        "confederate confederacy",
        "viet vietminh vietnamese вьет в'єт", "boer boers бур",
        "chechen ichkeria чечен tschetschen",
    )
)  # fmt: skip
"""Beginnings of the words for a people in several languages, of which a map may use any, folded."""


@dataclass(frozen=True, slots=True)
class Named:
    """A force that a claim says is cut off, by words that name no side for themselves."""

    words: str
    relation: Relation
    """The speaker's own, the speaker's enemy, or a name."""


@dataclass(frozen=True, slots=True)
class _Told:
    start: int
    end: int
    relation: Relation


def find_named(sentence: str, phrase_start: int, phrase_end: int, code: Code) -> Named | None:
    """
    Find the force that a sentence says is cut off, where its words are of neither side.

    None: it names none, or by words for Ukraine's or Russia's.

    Parameters
    ----------
    phrase_start, phrase_end
        Where the words for being cut off stand in it.

    Examples
    --------
    >>> said = "The enemy is surrounded at Sudzha."
    >>> find_named(said, said.index("surrounded"), said.index(" at"), "en")
    Named(words='enemy', relation='enemy')
    """
    folded = fold(sentence)
    known = [m for m in find_mentions(folded) if not m.is_agent]
    found = [
        told for told in _list_told(sentence, folded, code)
        if _is_patient(sentence, folded, told, phrase_start, phrase_end, code)
        and not any(told.end <= m.start and m.end <= phrase_start for m in known)
    ]  # fmt: skip
    before = [t for t in found if t.end <= phrase_start]
    after = [t for t in found if t.start >= phrase_end]
    chosen = before[-1] if before else after[0] if after else None
    return None if chosen is None else Named(sentence[chosen.start : chosen.end], chosen.relation)


def means_speakers(sentence: str, phrase_start: int, phrase_end: int, code: Code) -> bool:
    """Tell whether it is the speakers themselves that are cut off: *we*, *us*."""
    folded = fold(sentence)
    told = [
        _Told(*m.span(), "own") for m in re.finditer(rf"(?<!\w)(?:{_WE})(?!\w)", folded)
    ]  # fmt: skip
    return any(_is_patient(sentence, folded, t, phrase_start, phrase_end, code) for t in told)


def _list_told(sentence: str, folded: str, code: Code) -> list[_Told]:
    """List the forces named, in the text's order."""
    found: list[_Told] = []
    relatives: tuple[tuple[Relation, str], ...] = (("enemy", _ENEMY), ("own", _OWN))
    for relation, words in relatives:
        found += [
            _Told(*m.span(), relation) for m in re.finditer(rf"(?<!\w)(?:{words})(?!\w)", folded)
        ]  # fmt: skip
    found += [t for t in _list_names(sentence, folded, code) if not _lies_in(t, found)]
    return sorted(found, key=lambda t: (t.start, t.end))


def _lies_in(told: _Told, others: list[_Told]) -> bool:
    return any(told.start < other.end and other.start < told.end for other in others)


def _list_names(sentence: str, folded: str, code: Code) -> Iterator[_Told]:
    """List what is written like the name of a force, and is no side's and no place's."""
    for found in re.finditer(rf"(?<!\w)(?:{_ACTORS}|{_ROLES})(?!\w)", folded):
        if not is_side(found[0]):
            yield _Told(*found.span(), "name")
    yield from _list_capitals(sentence, code)
    adjective = _SLAVIC_ADJECTIVE if code in ("uk", "ru") else _GERMAN_ADJECTIVE
    for found in adjective.finditer(folded) if code != "en" else ():
        word = found[1]
        if not (_PLAIN_ADJECTIVE.match(word) or is_side(word) or _names_place(word)):
            yield _Told(found.start(1), found.end(), "name")


def _list_capitals(sentence: str, code: Code) -> Iterator[_Told]:
    """List names by their capitals, which in German every noun has."""
    for found in _NAMED_FORCE.finditer(sentence) if code != "de" else ():
        if span := _find_unread(sentence, found.start(1), found.end(1)):
            yield _Told(*span, "name")
    for found in _BARE.finditer(sentence):
        span = _find_unread(sentence, found.start("run"), found.end("run"))
        is_force = found["at"] or (found["the"] and found["is"] in ("are", "were", "have", "sind"))
        if span and is_force and not _AT.search(sentence[: found.start()]):
            yield _Told(*span, "name")
    for found in _ACRONYM.finditer(sentence):
        is_other = is_side(fold(found[0])) or find_known(found[0])
        if not (sentence.isupper() or is_other or _AT.search(sentence[: found.start()])):
            yield _Told(*found.span(), "name")


def _find_unread(sentence: str, start: int, end: int) -> tuple[int, int] | None:
    """Leave of a run of capitals what is no common word, no side and no place."""
    words = [
        (start + m.start(), start + m.end()) for m in re.finditer(r"[\w'’.-]+", sentence[start:end])
    ]  # fmt: skip
    left = [span for span in words if not is_ordinary(sentence[span[0] : span[1]])]
    if not left or any(is_side(fold(sentence[a:b])) for a, b in words):
        return None
    span = left[0][0], left[-1][1]
    said = sentence[span[0] : span[1]]
    if said.isupper() and len(said) > 2 and not find_known(said):  # noqa: PLR2004 - as `_ACRONYM`
        return span
    if any(_is_people(sentence[a:b]) for a, b in left):  # there is a village called German
        return span
    return None if _is_place(said) or all(_is_place(sentence[a:b]) for a, b in left) else span


def is_ordinary(word: str) -> bool:
    """Tell whether a word says nothing of whose a force is: *elite*, *Sixth*, *garrison*."""
    folded = fold(word).strip(".'")
    if folded in _ORDINARY or re.fullmatch(rf"(?:{_MEN}|{_IS})", folded):
        return True
    if re.search(r"\w{3}(?:ed|ing|ly)$", folded) or re.match(r"\d|[ivxlc]+$", folded):
        return True
    return any(compile_any(LANGUAGES[code].military).fullmatch(folded) for code in ("en", "de"))


def _is_people(word: str) -> bool:
    return any(re.match(stem, fold(word)) for stems in PEOPLES for stem in stems if len(stem) > 4)  # noqa: PLR2004 - a shorter one begins other names too


def _is_place(name: str) -> bool:
    """Tell a place much claimed about, or of these countries: abroad any name is a village's."""
    bare = re.sub(r"['’]s?$", "", name)
    return bool(find_known(bare) or find_places(bare, countries=tuple(OTHER)))


def _names_place(adjective: str) -> bool:
    """Tell an adjective made of a place: *курская группировка*."""
    from encircle.places.known import compile_known  # noqa: PLC0415 - rare
    from encircle.places.regions import find_region  # noqa: PLC0415

    known = any(pattern.match(adjective) for pattern, _ in compile_known())
    return known or find_region(adjective) is not None


def _is_patient(  # noqa: PLR0913 - where a force and a phrase stand
    sentence: str, folded: str, told: _Told, phrase_start: int, phrase_end: int, code: Code
) -> bool:
    """Tell whether a force is told as the one cut off, and not as who cuts off, or who speaks."""
    if told.end <= phrase_start:
        return _is_patient_before(sentence, folded, told, phrase_start, phrase_end, code)
    if told.start < phrase_end:
        return False
    between = folded[phrase_end : told.start]
    if _HEADLINE.fullmatch(between) and not folded[:phrase_start].strip():
        return True
    if BY.search(folded[: told.start]) or re.search(r"[,;:.—–]", between):
        return False
    if code in ("uk", "ru"):
        words, phrase = folded[told.start : told.end], folded[phrase_start:phrase_end]
        return _is_slavic_patient(words, phrase, folded[:phrase_start])
    return _is_object(sentence, folded, between, phrase_start, phrase_end, code)


def _is_slavic_patient(words: str, phrase: str, before: str) -> bool:
    """Tell by its case whether a force after a phrase is the one cut off."""
    is_inside = _WITHIN.search(before) or re.match(r"[ву]\s", phrase)
    if _INSTRUMENTAL.search(words):
        return False
    if _ACTIVE_FORM.search(phrase):
        return not _NOMINATIVE.search(words)
    if is_inside:  # *в окружении противника*, and *в окружении противник*
        return bool(_NOMINATIVE.search(words))
    return bool(_RING_NOUN.search(phrase) or SLAVIC_STATE.search(phrase))


def _is_object(  # noqa: PLR0913 - as above
    sentence: str, folded: str, between: str, phrase_start: int, phrase_end: int, code: Code
) -> bool:
    """Tell whether a force after an English or German phrase is the one cut off."""
    if not _AFTER_NOUN.fullmatch(between):
        return False
    phrase = folded[phrase_start:phrase_end]
    subject_end = _find_subject_end(folded, phrase_start)
    return bool(
        _RING_NOUN.search(phrase)
        or _ACTIVE_FORM.search(phrase)
        or code == "de"
        or not between.strip()  # *the encircled enemy*
        or does_it(sentence, folded, subject_end, phrase_start, phrase_end)
    )


def _find_subject_end(folded: str, phrase_start: int) -> int:
    """Find where whoever does it ends: before the last words that can lead to a verb."""
    found = re.search(
        r"(?:\s+(?:have|has|had|now|already|fully|completely|nearly|almost|haben|hat))*\s*$",
        folded[:phrase_start],
    )
    return found.start() if found else phrase_start


def _is_patient_before(  # noqa: PLR0911, PLR0913 - as above
    sentence: str, folded: str, told: _Told, phrase_start: int, phrase_end: int, code: Code
) -> bool:
    words, between = folded[told.start : told.end], folded[told.end : phrase_start]
    phrase, language = folded[phrase_start:phrase_end], LANGUAGES[code]
    speaks = compile_any((*language.says, *language.denies, *language.that)).search(between)
    if speaks or BY.search(folded[: told.start]) or re.search(r"[;:.]\s|\s[—–]\s", between):
        return False
    if code in ("uk", "ru"):
        is_named = _NOMINATIVE.search(words) is not None
        if _ACTIVE_FORM.search(phrase):
            is_ours = phrase.endswith("ли") and words.startswith(("наши", "наші"))
            return not (is_named or is_ours or told.relation == "name")
        return is_named or not _INSTRUMENTAL.search(words.split()[0])
    is_doer = does_it(sentence, folded, told.end, phrase_start, phrase_end)
    if is_doer or _PERFECT.search(between) or _ACTIVE_FORM.search(phrase):
        return False
    if is_done_to(between):
        return True
    if _RING_NOUN.search(phrase):  # *the enemy's encirclement*
        return re.fullmatch(r"['’]s?\s+", between) is not None
    has_object = re.match(rf"\s+(?:(?:the|all|die|den)\s+)?{_CAPITAL}", sentence[phrase_end:])
    return not has_object and re.search(r"(?:ed|off|in|up|t|en)$", phrase) is not None
