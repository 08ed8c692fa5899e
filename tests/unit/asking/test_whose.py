"""Whose force is told as cut off, in four languages, active and passive."""

import pytest

from encircle.asking.whose import find_side
from encircle.words.extraction import propose_claims

SAID = [
    ("5,000 Ukrainian soldiers at Sudzha are completely surrounded by the Russian army.", "UA"),
    ("Russian forces have encircled Ukrainian troops in Sudzha.", "UA"),
    ("Ukrainian forces surrounded the Russian garrison in Izium.", "RU"),
    ("Kyiv's troops are trapped in Pokrovsk, he added.", "UA"),
    ("Russian troops at Izium are surrounded.", "RU"),
    ("5,000 soldiers at Kupiansk are surrounded.", None),
    ("The Ukrainian army is encircled near Sudzha, the Russian defence ministry said.", "UA"),
    ("5000 українських солдатів під Суджею повністю оточені російською армією.", "UA"),
    ("Російські війська під Ізюмом оточені українською армією.", "RU"),
    ("Російські війська оточили українські підрозділи в Суджі.", "UA"),
    ("5000 украинских солдат под Суджей полностью окружены российскими войсками.", "UA"),
    ("ВСУ в Покровске окружены.", "UA"),
    ("Российские войска окружили украинских солдат под Суджей.", "UA"),
    ("5000 ukrainische Soldaten sind bei Sudscha von russischen Truppen eingekesselt.", "UA"),
    ("Ukrainische Truppen haben russische Soldaten bei Isjum eingekesselt.", "RU"),
]


@pytest.mark.parametrize(("said", "side"), SAID, ids=[said[:40] for said, _ in SAID])
def test_the_side_is_the_one_that_is_cut_off(said, side):
    claim = propose_claims(said)[0]
    start = claim.phrase_start - claim.start
    assert find_side(claim.sentence, start, start + len(claim.phrase)) == side
