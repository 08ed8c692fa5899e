"""What denies that there is a ring is no claim of one, and what affirms it is no denial."""

import pytest

from encircle.claims.words.extraction import propose_claims

DENIED = (
    "Окружения под Суджей нет.",
    "Окружения украинских войск под Суджей нет.",
    "Никакого окружения войск под Суджей нет.",
    "Окружение войск под Суджей не подтверждается.",
    "Окружение войск под Суджей не подтвердилось.",
    "Окружение войск под Суджей — миф.",
    "Окружение войск под Суджей — это пропаганда.",
    "Окружение войск под Суджей — ложь.",
    "Окружение войск под Суджей выдумано.",
    "Окружение войск под Суджей не состоялось.",
    "Окружение войск под Суджей отсутствует.",
    "Войска под Суджей никем не окружены.",
    "Войскам под Суджей до окружения далеко.",
    "Войска под Суджей ещё не окружены.",
    "Об окружении войск под Суджей речи нет.",
    "Говорить об окружении войск под Суджей рано.",
    "Кольцо вокруг войск под Суджей не замкнуто.",
    "Говорити про оточення військ під Суджею зарано.",
    "Информация об окружении войск под Суджей — фейк.",
    "Информация об окружении войск под Суджей не соответствует действительности.",
    "Оточення військ під Суджею не відбулося.",
    "Оточення військ під Суджею немає.",
    "Оточення під Суджею нема.",
    "Жодного оточення військ під Суджею немає.",
    "Оточення військ під Суджею не підтверджується.",
    "Оточення військ під Суджею — міф.",
    "Оточення військ під Суджею — це брехня.",
    "Оточення військ під Суджею є пропагандою.",
    "Оточення військ під Суджею відсутнє.",
    "Війська під Суджею ніким не оточені.",
    "Про оточення військ під Суджею не йдеться.",
    "Інформація про оточення військ під Суджею не відповідає дійсності.",
    "Ніхто під Суджею не оточений, наші солдати тримаються.",
    "Eine Einkesselung der Truppen bei Sudscha gibt es nicht.",
    "Die Einkesselung der Truppen bei Sudscha ist eine Lüge.",
    "Die Einkesselung der Truppen bei Sudscha ist ein Mythos.",
    "Die Einkesselung der Truppen bei Sudscha ist Propaganda.",
    "Die Einkesselung der Truppen bei Sudscha hat nicht stattgefunden.",
    "Die Einkesselung der Truppen bei Sudscha fand nicht statt.",
    "Die Einkesselung der Truppen bei Sudscha bestätigt sich nicht.",
    "Die Truppen bei Sudscha sind kaum eingekesselt.",
    "Die Truppen bei Sudscha sind von niemandem eingekesselt.",
    "Die Truppen bei Sudscha sind längst nicht eingekesselt.",
    "Von einer Einkesselung der Truppen bei Sudscha kann keine Rede sein.",
    "Es gibt keine Einkesselung der Truppen bei Sudscha.",
    "Bei Sudscha gibt es keinen Kessel für die Truppen.",
    "Die Berichte über eine Einkesselung der Truppen bei Sudscha sind falsch.",
    "The troops at Sudzha are encircled by no one.",
    "The troops at Sudzha are surrounded by nobody.",
    "The troops at Sudzha have yet to be encircled.",
    "The troops at Sudzha are yet to be surrounded.",
    "The encirclement of the troops at Sudzha is propaganda.",
    "The encirclement of the troops at Sudzha is a myth.",
    "The encirclement of the troops at Sudzha is a fake.",
    "The encirclement of the troops at Sudzha is a lie.",
    "The encirclement of the troops at Sudzha is Russian propaganda.",
    "The encirclement of the troops at Sudzha is pure fantasy.",
    "The encirclement of the troops at Sudzha never happened.",
    "The encirclement of the troops at Sudzha did not happen.",
    "The encirclement of the troops at Sudzha has not been confirmed.",
    "The encirclement of the troops at Sudzha does not exist.",
    "The troops at Sudzha are far from surrounded.",
    "The troops at Sudzha are far from being encircled.",
    "Nobody is surrounded at Sudzha, the soldiers say.",
    "No troops are surrounded at Sudzha.",
    "Claims that the troops at Sudzha are surrounded are false.",
    "It is a myth that the troops at Sudzha are surrounded.",
    "It is a lie that the troops at Sudzha are surrounded.",
    "It is fake news that the troops at Sudzha are surrounded.",
    "The claim that troops at Sudzha are encircled is Kremlin propaganda.",
    "Reports that the troops at Sudzha are encircled are untrue.",
    "The supposed encirclement of troops at Sudzha is a hoax.",
    "Это миф, что войска под Суджей окружены.",
    "Это ложь, что войска под Суджей окружены.",
    "Це брехня, що війська під Суджею оточені.",
    "Це міф, що війська під Суджею оточені.",
    "Неправда, що війська під Суджею оточені.",
    "Es ist eine Lüge, dass die Truppen bei Sudscha eingekesselt sind.",
    "Es ist ein Mythos, dass die Truppen bei Sudscha eingekesselt sind.",
    "There was no encirclement of the troops at Sudzha.",
    "Neither side is encircled at Sudzha, the troops say.",
    "The troops at Sudzha were never surrounded.",
    "The troops at Sudzha are hardly surrounded.",
    "Котла под Суджей нет.",
    "Никакого котла под Суджей нет, заявили военные.",
    "Котёл под Суджей — выдумка.",
    "Котла під Суджею для наших військ немає.",
    "Блокады войск под Суджей нет.",
    "Кільце навколо військ під Суджею не замкнулося.",
    "Війська під Суджею ніхто не оточив.",
    "Сообщения об окружении войск под Суджей не соответствуют действительности.",
    "Російські заяви про оточення військ під Суджею є фейком.",
    "Die Meldungen über eine Einkesselung der Truppen bei Sudscha sind erfunden.",
    "Die angebliche Einkesselung der Truppen bei Sudscha ist frei erfunden.",
    "Niemand hat die Truppen bei Sudscha eingekesselt.",
    "Die Truppen bei Sudscha sind noch lange nicht eingekesselt.",
    "Eine Umzingelung der Truppen bei Sudscha existiert nicht.",
    "There is no ring around the troops at Sudzha: they are not surrounded.",
    "The cauldron at Sudzha is a fiction of Russian propaganda.",
    "No one has encircled the troops at Sudzha.",
    "The troops at Sudzha remain unencircled and are not surrounded.",
    "Russia has failed to encircle the troops at Sudzha.",
    "Russia has not yet encircled the troops at Sudzha.",
    "The troops at Sudzha were at no point encircled.",
    "Talk of encirclement of the troops at Sudzha is nonsense.",
    "The encirclement of the troops at Sudzha exists only in Russian propaganda.",
    "The encirclement of the troops at Sudzha is nonexistent.",
    "The so-called encirclement of the troops at Sudzha is a Kremlin invention.",
    "The encirclement of the troops at Sudzha is not real.",
    "The encirclement of the troops at Sudzha is not a fact.",
    "The encirclement of the troops at Sudzha remains a fantasy.",
    "The encirclement of the troops at Sudzha has been debunked.",
    "The soldiers at Sudzha deny being encircled.",
    "The soldiers at Sudzha are not, as claimed, encircled.",
    "Without any encirclement, the troops at Sudzha withdrew.",
    "The troops at Sudzha have so far escaped encirclement.",
    "In fact the troops at Sudzha aren't surrounded at all.",
    "Not a single soldier at Sudzha is surrounded.",
    "Zero troops at Sudzha are surrounded.",
    "It is simply untrue that troops at Sudzha are surrounded.",
    "It is wrong to say that troops at Sudzha are surrounded.",
    "Contrary to reports, the troops at Sudzha are not surrounded.",
    "Окружение войск под Суджей невозможно.",
    "Оточення військ під Суджею неможливе.",
    "Окружение группировки под Суджей не удалось.",
    "Оточити війська під Суджею не вдалося.",
    "Окружить войска под Суджей не удалось.",
    "Под Суджей окружения не произошло, войска отошли.",
    "Под Суджей войска не в окружении.",
    "Війська під Суджею не в оточенні.",
    "Війська під Суджею уникли оточення.",
    "Нет, войска под Суджей не окружены.",
    "Российские заявления об окружении — ложь: войска под Суджей не окружены.",
)
OPEN = (
    "Войска под Суджей едва ли окружены.",
    "Войска под Суджей вряд ли окружены.",
    "Слухи об окружении войск под Суджей не подтверждаются.",
    "Війська під Суджею навряд чи оточені.",
    "Війська під Суджею ледве чи оточені.",
    "Чутки про оточення військ під Суджею не підтвердилися.",
    "Claims that the troops at Sudzha are surrounded are a myth.",
    "The myth of the encirclement of the troops at Sudzha.",
    "Миф об окружении войск под Суджей.",
    "Украинские войска под Суджей никто не окружал.",
    "Утверждения об окружении ВСУ под Суджей — враньё.",
    "The ring around the troops at Sudzha is not closed.",
)
"""Denied too, in words that are not surely read: nothing is proposed, so a person is asked."""
AFFIRMED = (
    "Окружение войск под Суджей подтверждается.",
    "Окружение войск под Суджей завершено.",
    "Войска под Суджей окружены, выхода нет.",
    "Войска под Суджей окружены, и снабжения у них нет.",
    "Это не миф: войска под Суджей окружены.",
    "Оточення військ під Суджею підтверджено.",
    "Війська під Суджею оточені, виходу немає.",
    "Оточення військ під Суджею не міф, а факт.",
    "Die Einkesselung der Truppen bei Sudscha ist vollendet.",
    "Die Truppen bei Sudscha sind eingekesselt, einen Ausweg gibt es nicht.",
    "Die Einkesselung der Truppen bei Sudscha ist keine Lüge.",
    "The encirclement of the troops at Sudzha is no myth.",
    "The encirclement of the troops at Sudzha is not propaganda.",
    "The encirclement of the troops at Sudzha has been confirmed.",
    "The troops at Sudzha are encircled and nobody denies it.",
    "The troops at Sudzha are encircled, and no relief has come.",
    "The troops at Sudzha are encircled and have yet to surrender.",
    "The troops at Sudzha are surrounded, far from their supplies.",
    "The troops at Sudzha are surrounded; there is no escape.",
    "The encirclement of the troops at Sudzha is complete.",
    "Котёл под Суджей для войск закрыт.",
    "Войска под Суджей в котле, и помощи нет.",
    "Окружение войск под Суджей — факт.",
    "Окружение войск под Суджей — не миф.",
    "Окружение войск под Суджей не снято.",
    "Окружение войск под Суджей не прорвано.",
    "Оточення військ під Суджею не прорвано.",
    "Оточення військ під Суджею не знято.",
    "Оточення військ під Суджею — це факт.",
    "Войска под Суджей окружены, а пропаганда молчит.",
    "The troops at Sudzha are encircled, whatever propaganda says.",
    "The troops at Sudzha are encircled, not only cut off.",
    "The encirclement of the troops at Sudzha is no longer a fantasy.",
    "The encirclement of the troops at Sudzha is a fact.",
    "The encirclement of the troops at Sudzha has not been lifted.",
    "It is no myth that the troops at Sudzha are encircled.",
    "It is not a lie that the troops at Sudzha are encircled.",
    "Es ist keine Lüge, dass die Truppen bei Sudscha eingekesselt sind.",
    "Это не ложь, что войска под Суджей окружены.",
    "Die Einkesselung der Truppen bei Sudscha ist eine Tatsache.",
    "Die Einkesselung der Truppen bei Sudscha wurde nicht durchbrochen.",
    "Die Truppen bei Sudscha sind eingekesselt, und niemand hilft ihnen.",
    "Troops at Sudzha are surrounded with no way out.",
    "Troops at Sudzha are surrounded and cannot escape.",
    "Troops at Sudzha are surrounded by Russian forces, not by Ukrainian ones.",
)
CALLED_LIARS = (
    "Putin lied that the troops at Sudzha were surrounded.",
    "Putin falsely claimed that the troops at Sudzha were surrounded.",
    "Путин солгал об окружении войск под Суджей.",
    "Путин врёт, что войска под Суджей окружены.",
    "Путін бреше, що війська під Суджею оточені.",
    "Putin lügt, dass die Truppen bei Sudscha eingekesselt seien.",
)


@pytest.mark.parametrize("said", DENIED)
def test_what_says_that_there_is_no_ring_denies_it(said):
    assert {p.value for p in propose_claims(said)} == {"no"}


@pytest.mark.parametrize("said", OPEN)
def test_what_is_not_surely_read_claims_nothing(said):
    assert propose_claims(said) == []


@pytest.mark.parametrize("said", AFFIRMED)
def test_what_affirms_a_ring_is_no_denial(said):
    assert {p.value for p in propose_claims(said)} == {"yes"}


@pytest.mark.parametrize("said", CALLED_LIARS)
def test_the_claim_of_who_is_said_to_lie_is_still_that_claim(said):
    [claim] = propose_claims(said)
    assert (claim.claimant, claim.value) == ("Vladimir Putin", "yes")


LEFT_OPEN = (
    "It cannot be ruled out that Ukrainian troops at Sudzha are encircled.",
    "Zelensky said it could not be ruled out that the troops at Sudzha were encircled.",
    "It is not impossible that Ukrainian troops at Sudzha are surrounded.",
    "It is impossible to rule out that Ukrainian troops at Sudzha are surrounded.",
    "Kyiv could not yet exclude that its troops at Sudzha were surrounded.",
    "Киев не может исключить, что его войска под Суджей окружены.",
    "That the troops at Sudzha are encircled cannot be ruled out.",
    "Kyiv did not deny that its troops at Sudzha are surrounded.",
    "Не исключают, что украинские войска под Суджей окружены.",
    "Не исключена возможность окружения украинских войск под Суджей.",
    "Нельзя исключать, что украинские войска в Судже окружены.",
    "Окружение войск под Суджей не исключено.",
    "Киев не отрицает, что его войска под Суджей окружены.",
    "Не виключено, що українські війська під Суджею оточені.",
    "Не можна виключати, що війська під Суджею оточені.",
    "Es ist nicht ausgeschlossen, dass die Truppen bei Sudscha eingekesselt sind.",
    "Es lässt sich nicht ausschließen, dass die Truppen bei Sudscha eingekesselt sind.",
    "Kiew bestreitet nicht, dass seine Truppen bei Sudscha eingekesselt sind.",
)
SAID_BY_NOT = (
    "Не секрет, что украинские войска в Судже окружены.",
    "Не випадково українські війська в Суджі оточені.",
    "Nicht zufällig sind die ukrainischen Truppen bei Sudscha eingekesselt.",
    "It is no secret that Ukrainian troops at Sudzha are encircled.",
    "Never before were so many Ukrainian troops encircled as at Sudzha.",
    "It cannot be ruled out that it rains, but the troops at Sudzha are encircled.",
)


@pytest.mark.parametrize("sentence", LEFT_OPEN)
def test_what_is_left_open_is_neither_said_nor_denied(sentence):
    assert propose_claims(sentence) == []


@pytest.mark.parametrize("sentence", SAID_BY_NOT)
def test_a_not_that_denies_nothing_leaves_what_is_said(sentence):
    assert [claim.value for claim in propose_claims(sentence)] == ["yes"]


BY_ANOTHER = {
    "Moscow says the garrison of Pokrovsk is encircled. Kyiv denied it.": ("Moscow", "Kyiv"),
    "Russia claimed to have encircled troops at Kupiansk, something Kyiv denies.": (
        "Russia", "Kyiv",
    ),
    "The separatists claimed that Debaltseve's garrison was encircled; the ministry called that a "
    "lie.": ("The separatists", "the ministry"),
    "Moskau meldete die Einkesselung der Truppen in Kursk. Kiew dementierte.": ("Moskau", "Kiew"),
    "Москва заявила об окружении военных в Курской области. В Киеве это опровергли.": (
        "Москва", "Киеве",
    ),
    "Москва заявила про оточення військових на Курщині. У Києві це спростували.": (
        "Москва", "Києві",
    ),
}  # fmt: skip


@pytest.mark.parametrize("said", BY_ANOTHER)
def test_who_denies_what_another_said_without_saying_it_again_denies_it(said):
    first, second = propose_claims(said)
    assert (first.claimant, second.claimant) == BY_ANOTHER[said]
    assert (first.value, second.value) == ("yes", "no")
    assert first.unread is None
    assert second.statement in said


@pytest.mark.parametrize(
    "said",
    [
        "Moscow says the garrison of Pokrovsk is encircled. Kyiv denied them entry to the talks.",
        "The troops at Sudzha are encircled. Nobody denies it.",
        "If the garrison of Pokrovsk is encircled, it will fall. Kyiv denied it.",
        "It rained. Kyiv denied it.",
    ],
)
def test_what_denies_something_else_denies_no_ring(said):
    assert all(claim.value == "yes" for claim in propose_claims(said))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Zelensky, who rejects any defeat, said the troops at Sudzha were encircled.", "rejects"),
        ("The army is surrounded at Sudzha, the hoax of the week.", "hoax"),
        ("The troops at Sudzha are surrounded only in his imagination.", "imagination"),
        ("Reports that the troops at Sudzha are surrounded are inaccurate.", "are inaccurate"),
        ("Войска под Суджей окружены только в фантазиях.", "фантазиях"),
        ("Війська під Суджею оточені лише в уяві Путіна.", "уяві"),
        ("Die Truppen bei Sudscha sind nur in seiner Fantasie eingekesselt.", "Fantasie"),
        ("Die Truppen bei Sudscha sind eingekesselt, ein Märchen aus Moskau.", "Märchen"),
        ("Войска под Суджей окружены, очередной вброс.", "вброс"),
        ("Війська під Суджею оточені, черговий вкид.", "вкид"),
    ],
)
def test_words_that_may_deny_and_are_not_read_are_left_to_a_person(said, words):
    [claim] = propose_claims(said)
    assert claim.unread == words
    written = claim.to_claim(1, "force")
    assert written["asserts"] == {"force": "force"}
    assert written["proposed"]["reading"]["value"] == "yes"


@pytest.mark.parametrize(
    "said",
    [
        "The spokesman declined to say that the troops in Myrnohrad were surrounded.",
        "Песков отказался комментировать сообщения об окружении войск в Курской области.",
        "Речник відмовився коментувати повідомлення про оточення військ на Курщині.",
        "Das Ministerium wollte sich zur Einkesselung der Truppen bei Kursk nicht äußern.",
    ],
)
def test_who_will_not_speak_of_it_claims_nothing(said):
    assert propose_claims(said) == []


@pytest.mark.parametrize(
    "said",
    [
        "There is no threat of encirclement of the troops at Sudzha.",
        "Encirclement does not threaten the troops at Sudzha.",
        "Загрози оточення військ під Суджею немає.",
        "Оточення військам під Суджею не загрожує.",
        "Опасности окружения войск под Суджей нет.",
        "Окружение войскам под Суджей не грозит.",
        "Den Truppen bei Sudscha droht keine Einkesselung.",
        "Es besteht keine Gefahr einer Einkesselung der Truppen bei Sudscha.",
    ],
)
def test_that_none_threatens_speaks_of_what_may_come(said):
    [claim] = propose_claims(said)
    assert (claim.definition, claim.value, claim.tense) == ("land_cut", "no", "future")


@pytest.mark.parametrize(
    "said",
    [
        "The troops at Sudzha did not escape encirclement.",
        "The troops at Sudzha failed to avoid encirclement.",
        "They do not leave Sudzha because the troops are surrounded.",
        "No fewer than 2,000 soldiers are surrounded at Sudzha.",
        "Putin stopped short of saying that the troops at Sudzha are surrounded.",
        "Не менее двух тысяч военных под Суджей окружены.",
        "Войска не смогли избежать окружения под Суджей.",
        "Nicht weniger als 2.000 Soldaten sind bei Sudscha eingekesselt.",
        "Die Truppen bei Sudscha sind ohne Nahrung eingekesselt.",
    ],
)
def test_a_not_that_may_deny_something_else_is_left_to_a_person(said):
    """Read as a denial of the ring it would make *cut off* of *not cut off*, and worse."""
    assert all(claim.unread or claim.value == "yes" for claim in propose_claims(said))
