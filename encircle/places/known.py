"""Which places are spoken of most, and by which names: old and new, in four languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from encircle.places.letters import fold

ENDING, LATIN_ENDING = r"[\w'-]{0,4}", r"[\w']{0,2}"
"""Case endings are at most so long; in Latin letters it is an -e, an -s or an apostrophe and s."""


@dataclass(frozen=True, slots=True)
class Known:
    """One place under its present name, with every stem it is called by."""

    name: str
    stems: tuple[str, ...]
    """Folded beginnings of words; a space joins words of one name."""
    region: bool = False
    """An oblast or a country district: says less about where than a town does."""


def _place(name: str, stems: str, *, region: bool = False) -> Known:
    return Known(name, tuple(stem.replace("_", " ") for stem in stems.split()), region)


KNOWN: tuple[Known, ...] = (
    # Renamed in 2016 or 2024, and called by the old names on the Russian side.
    _place("Bakhmut", "bakhmut bachmut artyomovsk artemovsk artemivsk artjomowsk бахмут артемовськ "
           "артемівськ артемовск"),
    _place("Myrnohrad", "myrnohrad mirnograd dimitrov dymytrov dimitrow мирноград димитров димитров"
           " димитрів димитрова"),
    _place("Pokrovsk", "pokrovsk pokrowsk krasnoarmeysk krasnoarmeisk krasnoarmiisk krasnoarmejsk "
           "покровськ покровск красноармійськ красноармейск"),
    _place("Vuhledar", "vuhledar ugledar wuhledar вугледар угледар"),
    _place("Kupiansk", "kupiansk kupyansk kupjansk куп'янськ куп'янск купянск"),
    _place("Chasiv Yar", "chasiv_yar chasov_yar tschassiw_jar часів_яр часового_яр часовом_яр "
           "часовому_яр часов_яр часового_яру"),
    _place("Toretsk", "toretsk dzerzhinsk dzerzhynsk torezk торецьк торецк дзержинськ дзержинск"),
    _place("Velyka Novosilka", "velyka_novosilka velikaya_novosyolka velykanovosilka "
           "велика_новосілк великої_новосілк великій_новосілк велику_новосілк "
           "великая_новоселк великой_новоселк"),
    _place("Kurakhove", "kurakhov kurachow курахов курахівськ"),
    _place("Lyman", "lyman krasny_liman красный_лиман лиман"),
    _place("Avdiivka", "avdiivka avdeyevka avdeevka awdijiwka авдіївк авдеевк"),
    _place("Lysychansk", "lysychansk lisichansk lyssytschansk лисичанськ лисичанск"),
    _place("Sievierodonetsk", "sievierodonetsk severodonetsk sjewjerodonezk сєвєродонецьк "
           "сіверськодонецьк северодонецк"),
    _place("Zolote", "zolote zolotoe solote золоте золотого золотом золотое"),
    _place("Hirske", "hirske gorskoye horske гірськ горское горском"),
    _place("Izium", "izium izyum isjum ізюм изюм"),
    _place("Balakliia", "balakliia balakliya balakleya balaklija балакл"),
    _place("Vovchansk", "vovchansk volchansk wowtschansk вовчанськ волчанск"),
    _place("Selydove", "selydove selidovo selydowe селидов"),
    _place("Huliaipole", "huliaipole gulyaipole huljajpole гуляйпол"),
    _place("Siversk", "siversk seversk siwersk сіверськ северск"),
    _place("Dobropillia", "dobropillia dobropolye dobropillja добропілл добропол"),
    _place("Kostiantynivka", "kostiantynivka konstantinovka kostjantyniwka костянтинівк "
           "константиновк"),
    _place("Debaltseve", "debaltsev debalzew дебальцев"),
    _place("Ilovaisk", "ilovaisk ilowajsk іловайськ иловайск"),
    _place("Donetsk airport", "donetsk_airport донецького_аеропорт донецькому_аеропорт "
           "донецкого_аэропорт донецком_аэропорт flughafen_donezk"),
    _place("Mariupol", "mariupol маріупол мариупол"),
    _place("Azovstal", "azovstal asowstal азовстал"),
    _place("Kherson", "kherson cherson херсон"),
    _place("Chernihiv", "chernihiv chernigov tschernihiw чернігів чернігов чернигов"),
    _place("Kharkiv", "kharkiv kharkov charkiw харків харков харьков"),
    _place("Kyiv", "kyiv kiev kiew київ києв києв киев"),
    _place("Sumy", "sumy суми сумах сумы"),
    _place("Mykolaiv", "mykolaiv nikolaev mykolajiw микола(є|ї)в николаев"),
    _place("Sudzha", "sudzha sudja sudscha суджа суджі суджу суджею суджи суджей судже"),
    _place("Malaya Loknya", "malaya_loknya мала_локн малая_локн малої_локн малой_локн"),
    _place("Hornal", "hornal gornal горнал"),
    _place("Guevo", "guevo huievo гуєв гуев"),
    _place("Kursk", "kursk курськ курск курщин", region=True),
    _place("Donetsk", "donetsk donezk донецьк донецк донеччин", region=True),
    _place("Luhansk", "luhansk lugansk луганськ луганск луганщин", region=True),
    _place("Stalingrad", "stalingrad сталінград сталинград"),
    _place("Bastogne", "bastogne бастон"),
    _place("Tobruk", "tobruk тобрук"),
    _place("Dunkirk", "dunkirk dunkerque dünkirchen дюнкерк"),
    _place("Aleppo", "aleppo алеппо"),
    _place("Raqqa", "raqqa rakka ракка ракку"),
    _place("Mosul", "mosul mossul мосул"),
    _place("Sarajevo", "sarajevo сараєв сараев"),
    _place("Srebrenica", "srebrenica сребрениц сребрениц"),
    _place("Deir ez-Zor", "deir_ez-zor deir_al-zor дейр-ез-зор дейр-эз-зор"),
    _place("Demyansk", "demyansk demjansk дем'янськ демянск"),
    _place("Kholm", "cholm kholm"),
    _place("Khe Sanh", "khe_sanh кхесань"),
    _place("Dien Bien Phu", "dien_bien_phu дьєнб'єнф дьенбьенф"),
    _place("Korsun", "korsun корсун"),
    _place("Vitebsk", "vitebsk witebsk вітебськ витебск"),
    _place("Minsk", "minsk мінськ минск"),
    _place("Imphal", "imphal імфал импхал"),
    _place("Arnhem", "arnhem арнем"),
    _place("Goražde", "gorazde goražde"),
    _place("Žepa", "zepa žepa"),
    _place("Lille", "lille"),
    _place("Ruhr", "ruhr"),
    _place("Kut", "kut kut-el-amara kut-al-amara кут-ель-амара кут-эль-амара"),
    _place("Leningrad", "leningrad ленінград ленинград"),
    _place("Vicksburg", "vicksburg віксбург виксбург"),
    _place("Metz", "metz мец"),
    _place("Plevna", "plevna pleven плевн плевен"),
    _place("Khartoum", "khartoum khartum chartum хартум"),
    _place("Ladysmith", "ladysmith ледісміт ледисмит"),
    _place("Port Arthur", "port_arthur порт-артур"),
    _place("Xuzhou", "xuzhou suchow hsuchow süchow сюйчжоу"),
    _place("Sevastopol", "sevastopol sebastopol sewastopol севастопол"),
    _place("Chosin", "chosin changjin чосін чосин чосинськ"),
    _place("Vukovar", "vukovar вуковар"),
    _place("Grozny", "grozny groznyi grosny грозний грозный грозного грозном"),
    _place("Kobani", "kobani kobane кобані кобани"),
    _place("El Fasher", "el_fasher al_fasher el-fasher al-fasher ель-фашер эль-фашер"),
)  # fmt: skip
"""Places much claimed about. Source: the scenarios of `fixtures/`, and the renamings of 2016-2024
by the parliament of Ukraine. Not Suez: what is blocked there is mostly the canal."""


@lru_cache(maxsize=1)
def compile_known() -> tuple[tuple[re.Pattern[str], Known], ...]:
    """Compile every known place's names, in any case, into a pattern over folded text."""
    return tuple(
        (re.compile("|".join(rf"(?<!\w){_write(stem)}(?!\w)" for stem in p.stems)), p)
        for p in KNOWN
    )


def _write(stem: str) -> str:
    folded = fold(stem)
    ending = LATIN_ENDING if folded[0] < "\u0250" else ENDING
    return "".join((rf"{ending}\s+".join(folded.split()), ending))


def find_known(name: str) -> list[Known]:
    """
    Find the known places that a name, and nothing but the name, stands for.

    Examples
    --------
    >>> [place.name for place in find_known("Димитрова")]
    ['Myrnohrad']
    """
    folded = fold(name.strip())
    return [place for pattern, place in compile_known() if pattern.fullmatch(folded)]
