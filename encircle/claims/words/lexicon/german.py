"""What German calls it."""

from __future__ import annotations

from encircle.claims.words.lexicon.entry import Language, Term
from encircle.claims.words.lexicon.sources import (
    AIR,
    DOCTRINE,
    FIRE,
    GLOC,
    OPEN,
    OPERATIONAL,
    POCKET,
    POPULAR,
    SEALED,
    SEMI,
    SIEGE,
    THREAT,
)

TERMS = (
    Term("eingekesselt*", "land_cut", POCKET, also=("surrounded",)),
    Term("(einkesseln|einkesselt|einzukesseln)", "land_cut", POCKET),
    Term("(kesseln|kesselt|kesselte|kesselten) … ein", "land_cut", POCKET),
    Term("einkesselung", "land_cut", POCKET),
    Term("(im|in einem|in einen|in den) kessel", "land_cut", POCKET),
    Term("kessel … (geschlossen|zu|dicht)", "land_cut", POCKET),
    Term("(kessel|ring) … wird … (schließen|geschlossen|zuschnappen)",
         "land_cut", POCKET, tense="future"),
    Term("(ein|einen|einem|der|vom|den) kessel (bei|von|um)", "land_cut", POCKET),
    Term("(eingekreist*|einkreisen|einzukreisen|einkreisung)",
         "land_cut", DOCTRINE, also=("surrounded",)),
    Term("(umzingelt*|umzingeln|umzingelte*|umzingelung)",
         "land_cut", POPULAR, also=("surrounded",)),
    Term("(eingeschlossen*|umschlossen*|umschließen|einzuschließen|einschließen|einschließung)",
         "land_cut", POPULAR),
    Term("umstellt", "land_cut", POPULAR),
    Term("(abgeschnitten*|abzuschneiden)", "land_cut", GLOC),
    Term("(blockiert*|abgeriegelt*)", "land_cut", SEALED, also=("isolation",)),
    Term("(belagert*|belagerung|unter belagerung)", "land_cut", SIEGE),
    Term("in der falle", "land_cut", POPULAR),
    Term("kommen … nicht mehr (raus|heraus|hinaus)", "land_cut", POPULAR),
    Term("(ring|kreis|zange|falle) … (geschlossen|zugeschnappt)",
         "land_cut", POCKET, also=("surrounded",)),
    Term("(niemand|keiner) … (hinaus|herauskommen|heraus|raus)", "land_cut", GLOC),
    Term("(letzte|einzige) … (straße|weg|route|versorgungsstraße|nachschubstraße|verbindung) … "
         "(unterbrochen|"
         "abgeschnitten|gekappt|gesperrt)",
         "land_cut", GLOC, also=("vehicle_cut",)),
    Term("alle … (straßen|wege|routen|zufahrten) … (unterbrochen|abgeschnitten|gekappt|blockiert)",
         "land_cut", GLOC, also=("vehicle_cut",)),
    Term("(straße|weg|route|korridor|rückweg) … offen", "land_cut", OPEN, value="no"),
    Term("korridor … hält", "land_cut", OPEN, value="no"),
    Term("nur [noch] eine … (straße|route)", "land_cut", OPEN, value="no"),
    Term("(nachschubweg|nachschubwege|versorgungsweg|versorgungswege|versorgungsstraße|"
         "nachschublinie*|versorgungsrouten) … (unterbrochen|abgeschnitten|gekappt)",
         "vehicle_cut", GLOC, also=("land_cut",)),
    Term("[unter] [voller|vollständiger|die|volle] (feuerkontrolle|artilleriekontrolle)",
         "fire_control", FIRE, sure=True),
    Term("(operativ*|operativen) (eingekesselt|eingekreist|umzingelt|eingeschlossen|einkesselung|"
         "einkreisung|umfassung|umzingelung)",
         "fire_control", OPERATIONAL, sure=True, also=("land_cut",)),
    Term("taktisch* (eingekesselt|eingekreist|umzingelt|einkesselung|einkreisung|umzingelung)",
         "fire_control", SEMI, sure=True, also=("land_cut", "surrounded")),
    Term("in die zange genommen", "fire_control", SEMI),
    Term("in der zange", "fire_control", SEMI),
    Term("(straße|route|weg) … unter … (beschuss|feuer)", "fire_control", FIRE),
    Term("isoliert*", "isolation", SEALED, also=("land_cut",)),
    Term("(vollständige|völlige|vollständiger|völliger) isolation",
         "isolation", SEALED, also=("land_cut",)),
    Term("nur (aus der|durch die|noch aus der) luft", "isolation", AIR),
    Term("weder (über land|auf dem landweg) noch … (luft|luftweg|wasser) … (erreichen|erreichbar)",
         "isolation", AIR),
    Term("von allen seiten", "surrounded", POPULAR),
    Term("von drei seiten", "surrounded", SEMI, hedged=True),
    Term("(halb|teilweise) (eingekesselt|eingekreist|umzingelt|eingeschlossen)",
         "surrounded", SEMI, sure=True, hedged=True, also=("fire_control",)),
    Term("(halbkessel|halbeinkesselung|halbeingekesselt|halbumzingelt)",
         "surrounded", SEMI, sure=True, hedged=True, also=("fire_control",)),
    Term("(keine|keinerlei) … gefahr … (einkesselung|einkreisung|umzingelung|einschließung)",
         "land_cut", THREAT, value="no", tense="future", also=("fire_control",)),
    Term("droht … kein … kessel",
         "land_cut", THREAT, value="no", tense="future", also=("fire_control",)),
    Term("droht … (keine|nicht) … (einkesselung|einkreisung|umzingelung|einschließung)",
         "land_cut", THREAT, value="no", tense="future", also=("fire_control",)),
)  # fmt: skip

GERMAN = Language(
    code="de",
    name="German",
    terms=TERMS,
    stop_words=(
        "der die das und ist sind nicht von mit den dem ein eine wurde wurden haben hat zu im "
        "auf sich für dass auch nach"
    ),
    letters="äöüß",
    negations=(
        "nicht", "kein", "keine", "keinen", "keiner", "keinerlei", "nie", "niemals", "weder",
        "noch nicht", "ohne", "unwahr", "niemand", "keines", "keinem",
        "niemandem", "niemanden", "kaum",
        "alles andere als", "alles außer", "weit davon entfernt", "weit entfernt",
        "das gegenteil von", "keineswegs", "keinesfalls", "mitnichten", "nirgends", "nirgendwo",
        "statt", "anstatt", "weit von", "(verfrüht|voreilig|zu früh) [,|um] (von|über)",
        "(verfrüht|voreilig|zu früh)",
    ),
    avoids=(
        "vermeid*", "entgangen", "entkommen", "entgehen", "verhinder*", "ausgebrochen",
        "ausbrechen", "aus dem kessel",
    ),
    no_evidence=("(keine|keinerlei) … (beleg*|beweis*|hinweis*|anzeichen)",),
    refutations=(
        ("(ist|sind|seien|sei|als) [eine|völlig|frei] (falsch*|unwahr*|erfunden*|lüge*|fake*|"
         "desinformation|propaganda|unzutreffend|frei erfunden)"),
        "(entsprechen|entspricht|entspreche) nicht", "treffen nicht zu", "keine rede",
        "nicht die rede", "trifft nicht zu", "(ist|sei|sind|seien|wäre) [noch] (verfrüht|voreilig)",
        "(entbehren|entbehrt) jeder", "(ist|sind|seien|sei) (haltlos|unbegründet)",
    ),
    falsehoods=(
        ("(mythos|mythen|lüge|lügen|propaganda|märchen|fake|fakes|fake news|falschmeldung*|"
         "desinformation|erfindung|ente|unwahrheit|fälschung|unsinn|legende)"),
    ),
    unborn=(
        "gibt es [dort|derzeit|aktuell|noch] nicht", "wird es [dort|auch] nicht geben",
        "nicht (stattgefunden|bestätigt*|vollendet|erfolgt|zustande gekommen)",
        "(fand|findet) nicht statt",
        "(bestätigt|bestätigte) sich nicht",
        "(existiert|existierte|besteht|bestand) nicht",
        "(blieb|bleibt) aus", "(ist|war) (unmöglich|ausgeblieben)",
    ),
    near=("fast", "nahezu", "praktisch", "beinahe", "so gut wie", "teilweise", "annähernd",
          "faktisch"),
    hearsay=(
        "angeblich*", "wohl", "möglicherweise", "wahrscheinlich", "mutmaßlich*", "offenbar",
        "vermutlich", "anscheinend", "soll", "sollen", "dürfte", "dürften",
    ),
    futures=(
        "droh*", "gefahr", "könnte", "könnten", "würde", "würden", "versuch*", "plan*", "will",
        "wollen", "wollte", "wollten", "risiko", "bald", "bevorsteh*", "einzukesseln",
        "einzukreisen", "einzuschließen", "abzuschneiden", "um nicht", "kurz vor",
        "wird eingekesselt werden",
        "ziel", "befürcht*", "werde",
    ),
    looming=("droh*", "zu werden drohen", "bevorsteh*"),
    conditions=("wenn", "falls", "sofern", "im falle", "sobald", "sonst"),
    opening_conditions=("sollte", "sollten"),
    questions=("ob",),
    formerly=(
        "(früher|ehemals|einst|vormals)", "bis (gestern|vorgestern|vor kurzem|dahin)",
        "(durchbrachen|durchbrach|sprengten|sprengte) [den|die]",
    ),
    ended=(
        ("(ist|wurde|sind|wurden|war|worden) [nun|jetzt|inzwischen|bereits|wieder] (aufgebrochen|"
         "durchbrochen|gesprengt|aufgehoben|gebrochen|aufgelöst|beendet)"),
        "(aufgebrochen|durchbrochen|gesprengt|aufgehoben|gebrochen|aufgelöst|beendet) (ist|wurde)",
    ),
    left=(
        ("(ausgebrochen|ausbrechen|entkamen|entkam|entkommen|befreit|entsetzt|freigekämpft|befreien|"
         "durchgebrochen|freikämpfen|durchbrechen)"),
        "brachen [dann|aber|später] (aus|durch)",
    ),
    meanwhile=(
        "sie", "sich", "aber", "jedoch", "dann", "später", "inzwischen", "konnten", "konnte",
        "haben", "hat", "sind", "ist", "wurden", "wurde", "waren", "es", "nun", "jetzt", "wieder",
        "erfolgreich", "doch", "schließlich",
    ),
    parts=(
        "[ein|einem|einen] teil (der|des|von)", "teile (der|des|von)",
        "[die|der] hälfte [der|des|von]", "(einige|manche|wenige|etliche|ein paar)",
        "(die meisten|der meisten|die mehrheit|ein drittel|ein viertel|ein bruchteil)",
        "(eine|zwei|drei|vier|fünf) (von|der)", "nicht alle",
    ),
    except_for=("bis auf", "außer", "ausgenommen", "mit ausnahme von", "abgesehen von"),
    mentions=(
        ("(behauptung*|bericht*|meldung*|gerücht*|angaben|aussage*|frage*|gerede) … (über|von|"
         "zu|einer|der)"),
    ),
    contrasts=("aber", "jedoch", "doch", "sondern", "obwohl", "während", "allerdings", "hingegen"),
    says=(
        "lügt", "lügen", "log",
        "sagte", "sagt", "sagen", "sagten", "erklärte", "erklärt", "erklärten", "behauptete",
        "behauptet", "behaupten", "behaupteten", "schrieb", "schreibt", "meldete", "meldet",
        "melden", "meldeten", "berichtete", "berichtet", "berichten", "berichteten", "betonte",
        "teilte", "fügte", "warnte", "warnt", "wiederholte", "bestätigte", "versicherte", "meinte",
        "kündigte", "räumte", "nannte", "gab an", "hieß es", "erläuterte", "urteilte", "schätzt",
        "befürchtet", "befürchtete", "unterstrich", "versprach", "prahlte", "vermutete",
        "antwortete", "entgegnete", "mitteilte", "mitgeteilt", "glaubt", "glaubte", "sprach von",
        "verkündete", "beteuerte", "stellte fest", "notierte", "gab zu",
    ),
    denies=(
        "bestritt", "bestreitet", "bestritten", "bestreiten", "dementierte", "dementiert",
        "dementierten", "dementieren", "widersprach", "widerspricht", "verneinte",
        "(wies|weist|wiesen) … zurück", "bezweifelt", "bezweifelte", "bezweifeln", "schloss aus",
    ),
    according=(
        "laut", "nach angaben von", "nach angaben des", "nach angaben der", "zufolge",
        "nach einschätzung von", "nach einschätzung des", "nach einschätzung der",
        "nach worten von", "nach darstellung",
    ),
    claims=("(behauptung|behauptungen|aussage|aussagen|erklärung|meldung|meldungen|darstellung)",),
    that=("dass", "daß", "wonach"),
    articles=("der", "die", "das", "dem", "den", "des", "ein", "eine", "einem", "einer"),
    prepositions=("am", "im", "in", "an", "von", "zu", "bei", "aus", "auf", "mit"),
    pronouns=("er", "sie", "es", "der präsident", "der general", "der minister", "das ministerium"),
    boundaries=(
        "dass", "aber", "während", "als", "wenn", "weil", "nachdem", "obwohl", "welche", "welcher",
        "doch", "ob", "wie", "am", "im", "in", "auf", "mit", "bei", "wurde", "wurden", "ist",
        "sind", "seien", "sei", "gegenüber",
    ),
    adverbs=(
        "auch", "später", "erneut", "zuvor", "wiederholt", "bereits", "zudem", "hingegen",
        "gestern", "heute", "dagegen", "mit", "hinzu", "hat", "haben", "hatte", "noch", "tag",
        "selben", "am",
    ),
    subordinators=("obwohl", "nachdem", "während", "trotz", "als", "da"),
    military=(
        "truppe*", "soldat*", "streitkräft*", "brigade*", "bataillon*", "regiment*", "division*",
        "korps", "garnison*", "gruppierung*", "armee*", "einheit*", "kämpfer*", "verteidiger*",
        "marineinfant*", "verbände*", "verband", "front*", "gegner*", "feind*", "fallschirmj*",
        "kompanie*", "militär*", "besatzung*", "wehrmacht*", "generalstab*", "offizier*",
        "brückenkopf", "aufständisch*", "rebellen", "milizen", "ukrainer", "russen", "invasoren",
        "stellungen", "kontingent*", "kampfgruppe*", "heeresgruppe", "panzer*",
    ),
    people=(
        "soldat*", "mann", "kämpfer*", "truppe*", "militärs", "verteidiger*", "menschen",
        "ukrainer", "russen", "personen", "militärangehörige*", "invasoren",
    ),
    others=(
        "famili*", "freund*", "fans", "verwandt*", "angehörige*", "kinder*", "enkel*", "kollegen",
        "journalist*", "reporter*", "leibwächter*", "anhänger*", "ärzt*", "pfleger*", "bücher*",
        "blumen", "bäume*", "wald*", "wäldern", "berg*", "wasser*", "meer", "see", "garten*",
        "mauer*", "schnee*", "eis", "lawine*", "erdrutsch*", "hochwasser", "baum", "lkw",
        "unfall*", "stau", "verkehr*", "demonstrant*", "polizei*", "polizist*", "strom*", "gas",
        "internet*", "telefon*", "konto", "konten", "karte*", "seite", "webseite*", "website",
        "nutzer*", "rechner*", "computer*", "server", "schuss", "elfmeter*", "tor*", "torwart",
        "stürmer*", "spieler*", "mannschaft*", "ball", "spiel", "gesetz*", "veto", "abstimmung",
        "abbildung*", "bild", "tabelle*", "ehering*", "trauring*", "braut", "finger*", "suppe*",
        "heiz*", "dampf*", "haare", "stück", "scheibe", "brot", "arterie*", "gefäß*", "nase",
        "rohr*", "aufzug*", "fahrstuhl*", "bergleute", "wanderer*", "touristen", "außenwelt",
        "trauernde*", "geheimnis*", "stille", "liebe", "patient*", "station", "virus", "nachbarn",
        "fußgänger*", "traktor*", "bauern", "zug", "reisende*", "tumor*", "kosten", "preis*",
        "frühstück", "festival*", "lkw-fahrer", "autobahn*", "partei*", "berater*", "stadtmauer",
        "brücke*", "grenze*", "altstadt", "insel*", "beute",
    ),
    backward=(
        "straße", "konto", "karte", "seite", "webseite", "website", "rechner", "computer",
        "server", "nummer", "abbildung", "arterie", "ball", "torwart", "spieler*", "braut",
        "ehering", "suppe*", "patient*", "bergleute", "wanderer", "touristen", "aufzug", "polizei",
        "demonstrant*", "kinder*", "oma", "opa", "großvater", "großmutter", "sänger*", "haus",
        "schloss", "see", "pass", "telefon", "strom", "tumor*", "zug", "reisende*", "frühstück",
        "dorf im schnee", "insel", "festival*", "stürmer", "lastwagen", "baum", "mauer*",
        "stadtmauer", "wölfe", "schnee", "fluss", "wassergraben",
    ),
    terrain=(
        "straße", "haus", "schloss", "see", "pass", "baum", "mauer*", "stadtmauer", "fluss",
        "insel", "wassergraben",
    ),
    places=(
        "an", "am", "auf", "in", "im", "bei", "beim", "hinter", "jenseits", "entlang", "um", "vor",
        "aus", "zwischen", "unter",
    ),
    collectives=("[ganze|gesamte] (gruppe|kampfgruppe|männer|jungs)",),
    copulas=(
        ("(ist|sind|war|waren|wurde|wurden|sitzt|sitzen|steckt|nun|jetzt|bereits|schon|fast|völlig|"
         "vollständig|komplett|nicht|von der außenwelt)"),
    ),
    they=(
        "sie", "ihnen", "uns", "wir", "stadt", "ort", "dorf", "siedlung", "tausende", "hunderte",
        "männer",
    ),
    months=(
        "januar", "februar", "märz", "april", "mai", "juni", "juli", "august", "september",
        "oktober", "november", "dezember",
    ),
    weekdays=(
        "montag*", "dienstag*", "mittwoch*", "donnerstag*", "freitag*", "samstag*", "sonntag*",
    ),
    numerals={
        "ein": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "zehn": 10, "zwanzig": 20,
        "dreißig": 30, "vierzig": 40, "fünfzig": 50, "dutzend": 12, "dutzende": 24, "hundert": 100,
        "mehrere": 2, "hunderte": 200, "zweihundert": 200, "dreihundert": 300, "fünfhundert": 500,
        "tausend": 1000, "tausende": 2000, "zweitausend": 2000, "zehntausend": 10000,
    },
    days={"gestern": -1, "heute": 0},
    later_days={
        "am selben tag": 0, "am gleichen tag": 0, "am nächsten tag": 1, "am tag darauf": 1,
        "einen tag später": 1, "tags darauf": 1,
    },
)  # fmt: skip
"""German, as war reports write it."""
