"""Who is speaking, whatever the language and the case: people and bodies much quoted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from encircle.places.letters import fold


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody quoted often, with the side spoken for; None for those who speak for none."""

    name: str
    side: str | None
    patterns: tuple[str, ...]
    """Regular expressions over folded text."""


def _speaker(name: str, side: str | None, patterns: str) -> Speaker:
    return Speaker(name, side, tuple(p.replace("_", r"[\s-]+") for p in patterns.split()))


SPEAKERS: tuple[Speaker, ...] = (
    _speaker("Vladimir Putin", "RU", "putin putins путін(а|у|ом|им|)? путин(а|у|ым|)?"),
    _speaker("Valery Gerasimov", "RU", "gerasimov gerassimow герасимов(а|у|им|ым|)?"),
    _speaker("Donald Trump", "US", "trump trumps трамп(а|у|ом|)?"),
    _speaker("Volodymyr Zelensky", "UA", "zelensky+y? zelenskiy selenskyj зеленськ(ий|ого|ому|им) "
             "зеленск(ий|ого|ому|им)"),
    _speaker("Oleksandr Syrskyi", "UA", "syrsk(yi|y|yj|ij) сирськ(ий|ого|ому|им) "
             "сырск(ий|ого|ому|им)"),
    _speaker("General Staff of Ukraine", "UA",
             "general_staff_of_ukraine general_staff_of_the_armed_forces_of_ukraine "
             "ukraine's_general_staff ukrainian_general_staff ukrainischer?_generalstab "
             "(ukrainische_|)generalstab_der_ukraine генштаб(у|і|ом|)?_зсу генштаб(а|е|ом|)?_всу "
             "генеральн(ий|ого|ому)_штаб(у|і|)?(_зсу|_збройних_сил_україни|) генштаб_україни "
             "генштаб(а|е|)?_украины"),
    _speaker("Ministry of Defence of Russia", "RU",
             "russia(n|'s)_(defen[cs]e_ministry|ministry_of_defen[cs]e) "
             "міноборони_(рф|росії) минобороны_(рф|россии) "
             "(russische_|)verteidigungsministerium_(russlands|in_moskau) "
             "russischen?_verteidigungsministeriums?"),
    _speaker("Institute for the Study of War", None,
             "institute_for_the_study_of_war isw інститут(у|)?_вивчення_війни "
             "институт(а|у|)?_изучения_войны"),
    _speaker("CIA", "US", "cia цру"),
    _speaker("DeepState", "UA", "deepstate deep_state"),
    _speaker("Yevgeny Prigozhin", "RU", "prigozhin prigoschin пригожин(а|у|им|ым|)?"),
    _speaker("Ramzan Kadyrov", "RU", "kadyrov kadyrow кадиров(а|у|)? кадыров(а|у|)?"),
    _speaker("Denis Pushilin", "RU", "pushilin puschilin пушилін(а|)? пушилин(а|)?"),
    _speaker("Dmitry Peskov", "RU", "peskov peskow пєсков(а|)? песков(а|)?"),
    _speaker("Sergei Shoigu", "RU", "shoigu schoigu шойгу"),
    _speaker("Andrei Belousov", "RU", "belousov belousow бєлоусов(а|)? белоусов(а|)?"),
    _speaker("Igor Konashenkov", "RU", "konashenkov конашенков(а|)?"),
    _speaker("Andrei Marochko", "RU", "marochko марочко"),
    _speaker("Yurii Butusov", "UA", "butusov бутусов(а|)?"),
    _speaker("Marco Rubio", "US", "rubio рубіо рубио"),
    _speaker("Alexander Lukashenko", "BY", "lukashenko lukaschenko лукашенк(о|а|ом|у)"),
)  # fmt: skip
"""Those whose claims are rated in the library of history, and the Kursk chronology."""


@lru_cache(maxsize=1)
def _compile() -> tuple[tuple[re.Pattern[str], Speaker], ...]:
    return tuple(
        (re.compile("|".join(rf"(?<!\w)(?:{p})(?!\w)" for p in s.patterns)), s) for s in SPEAKERS
    )


def find_speakers(text: str) -> list[tuple[int, int, Speaker]]:
    """
    Find the well-known speakers a text names: start, end and who, in the text's order.

    Examples
    --------
    >>> [who.name for _, _, who in find_speakers("слова Путина и Герасимова")]
    ['Vladimir Putin', 'Valery Gerasimov']
    """
    folded = fold(text)
    found = [
        (m.start(), m.end(), speaker)
        for pattern, speaker in _compile()
        for m in pattern.finditer(folded)
    ]
    return sorted(found, key=lambda f: (f[0], -f[1]))


AIDES = re.compile(
    r"(?<!\w)(?:source|sources|official|officials|spokes\w*|advis\w*|ally|allies|office|officer\w*|"
    r"analyst\w*|аналітик\w*|аналитик\w*|commander\w*|soldier\w*|aide\w*|речни\w*|радни\w*|"
    r"джерел\w*|офицер\w*|офіцер\w*|командир\w*|представител\w*|представни\w*|источник\w*|"
    r"советни\w*|пресс-секретар\w*|sprecher\w*|berater\w*|offizier\w*|kommandeur\w*|quelle\w*|"
    r"солдат\w*|боєць|боец)(?!\w)"
)
"""Those who speak near somebody well known, and are not him."""
SIDES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("UA", re.compile(r"(?<!\w)(?:ukrain\w*|kyiv\w*|kiew\w*|україн\w*|украин\w*|зсу|всу|київ\w*)")),
    ("RU", re.compile(r"(?<!\w)(?:russia\w*|russ(?:isch|land)\w*|kreml\w*|moscow\w*|moskau\w*"
                      r"|росі\w*|росси\w*|российск\w*|кремл\w*|москв\w*|ria|tass|тасс|рф|риа)")),
    ("US", re.compile(r"(?<!\w)(?:us|u\.s\.?|american\w*|amerikanisch\w*|us-\w+|америк\w*|сша|"
                      r"white house|weiße haus|pentagon\w*|пентагон\w*)(?!\w)")),
)  # fmt: skip
"""Words that give away for which side an unnamed speaker speaks; two of them give nothing away."""
