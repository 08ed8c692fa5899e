"""Who surely gets out may get out: what the verifier spares itself rests on it."""

import pytest

import encircle
from encircle.verifier.flood.flood import flood_of, leads_to_land
from encircle.verifier.ground import Survey
from encircle.verifier.reading.parsing import LAND_MODES, parse_judgement
from encircle.verifier.reading.said import READINGS
from tests.property.rough import rough_of
from tests.property.strategies import situation_of
from tests.thorough import every

MAPS = [pytest.param(draw, seed) for seed in range(30) for draw in (situation_of, rough_of)]


@pytest.mark.parametrize(("draw", "seed"), every(10, MAPS))
def test_what_is_reached_surely_is_reached_perhaps(draw, seed):
    try:
        situation = encircle.read(draw(seed))
    except encircle.SituationError:
        return  # the door takes no such drawing
    told = encircle.judge(situation, encircle.Options(most_worlds=0)).to_dict()
    survey = Survey(situation, parse_judgement(told).parameters)
    force = [p for p in situation.positions_of(situation.force) if p.id in survey.known]
    for unit in force:
        for reading in READINGS:
            for mode in LAND_MODES:
                for shun in (None, 2.0, 3.0):
                    surely, perhaps = (
                        leads_to_land(flood_of(survey, reading, lean, mode, shun), unit)
                        for lean in ("closed", "open")
                    )
                    assert surely is None or perhaps is not None, (unit.id, reading, mode, shun)
