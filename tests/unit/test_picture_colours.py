"""Which colours and patterns: sides stay apart in grey, and a side's colour can be its own."""

import json
import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from encircle import Options, draw_svg, judge, read
from encircle.cli.main import app
from encircle.picture.colours import (
    BLUE,
    HUES,
    LEAST_APART,
    NEUTRAL,
    NEUTRAL_MARK,
    VERMILION,
    choose_hues,
    measure_lightness,
)

FIXTURES = Path(__file__).parents[2] / "fixtures"
SVG = "{http://www.w3.org/2000/svg}"
PAINTS = [
    *((f"{hue.name}, held", hue.held, hue.mark) for hue in HUES),
    *((f"{hue.name}, land", hue.land, hue.mark) for hue in HUES),
    ("neutral", NEUTRAL[0], NEUTRAL_MARK),
]
NO_CHANCES = Options(most_worlds=0)
"""No picture shows how likely a verdict is."""
MARK_APART = 15.0
"""Lightness by which a pattern stands out from its ground."""


@pytest.fixture
def run():
    return lambda *words: CliRunner().invoke(app, list(words))


def draw(folder, **options):
    situation = read(FIXTURES / folder / "situation.geojson")
    return draw_svg(judge(situation, NO_CHANCES), situation, **options)


def fill_of(svg, words):
    """Give the paint that the legend explains by some words."""
    root = ET.fromstring(svg.encode())  # noqa: S314 - our own output
    for group in root.iter(f"{SVG}g"):
        if "".join(t.text or "" for t in group.findall(f"{SVG}text")) == words:
            return re.sub(r"^url\(#e[0-9a-f]+-|\)$", "", group.find(f"{SVG}rect").get("fill"))
    return None


@pytest.mark.parametrize(
    ("one", "other"), list(combinations(PAINTS, 2)), ids=lambda paint: paint[0].replace(", ", " ")
)
def test_two_paints_are_told_apart_without_colour(one, other):
    """By a pattern of their own, or by so much of lightness as newsprint holds."""
    apart = abs(measure_lightness(one[1]) - measure_lightness(other[1]))
    assert one[2] != other[2] or apart >= LEAST_APART


@pytest.mark.parametrize("hue", [hue for hue in HUES if hue.mark], ids=lambda hue: hue.name)
def test_a_pattern_stands_out_from_its_ground(hue):
    for ground, ink in ((hue.held, hue.edge), (hue.land, hue.land_edge)):
        assert measure_lightness(ground) - measure_lightness(ink) >= MARK_APART


@pytest.mark.parametrize("colours", ["judged", "side"])
def test_a_picture_defines_every_pattern_it_paints_with(colours):
    svg = draw("kherson-2022-11-08", colours=colours)
    assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(re.findall(r'id="([^"]+)"', svg))


def test_the_force_judged_is_blue_unless_sides_have_colours_of_their_own():
    """Russia is judged at Kherson and Ukraine in Kursk."""
    for folder, judged, other in (
        ("kherson-2022-11-08", "Russia", "Ukraine"),
        ("kursk-2025-03-14", "Ukraine", "Russia"),
    ):
        plain, own = draw(folder), draw(folder, colours="side")
        assert fill_of(plain, f"Held by {judged}") == BLUE.held
        assert fill_of(plain, f"Held by {other}") == VERMILION.name
        assert fill_of(own, "Held by Ukraine") == BLUE.held
        assert fill_of(own, "Held by Russia") == VERMILION.name


def test_a_side_has_its_colour_whoever_is_judged():
    sides = ["SDF", "SAA", "IS", "TR"]
    first = choose_hues(sides, "side", frozenset({"SDF"}))
    assert first == choose_hues(sides[::-1], "side", frozenset({"IS"}))
    assert len(set(first.values())) == len(sides)


def test_the_proof_is_drawn_the_same_in_either_colours():
    def list_strokes(svg):
        paths = ET.fromstring(svg.encode()).iter(f"{SVG}path")  # noqa: S314 - our own output
        return [p.get("d") for p in paths if p.get("stroke-width") in ("5", "7")]

    folder = "kherson-2022-11-08"
    assert list_strokes(draw(folder)) == list_strokes(draw(folder, colours="side"))


def test_the_command_takes_the_colours_and_refuses_others(run, tmp_path):
    fixture = str(FIXTURES / "kherson-2022-11-08" / "situation.geojson")
    picture = tmp_path / "map.svg"
    done = run("judge", fixture, "--colours", "side", "--svg", str(picture))
    assert done.exit_code == 0
    assert fill_of(picture.read_text("utf-8"), "Held by Ukraine") == BLUE.held
    refused = run("judge", fixture, "--colours", "pretty")
    assert refused.exit_code == 2
    assert "give one of judged, side" in refused.stderr


def test_the_command_gives_ids_where_asked(run):
    fixture = str(FIXTURES / "kursk-2025-03-14" / "situation.geojson")
    assert "ua-salient" not in run("judge", fixture).stdout
    assert "[ua-salient]" in run("judge", fixture, "--ids").stdout
    assert "ua-salient" in json.loads(run("judge", fixture, "--json").stdout)["names"]


def test_a_small_pocket_is_shown_with_a_town():
    """A reader must see where it is: the view is widened to the nearest town."""
    situation = json.loads((FIXTURES / "vovchansk-2024-09-20" / "situation.geojson").read_bytes())
    west, south, east, north = 36.943, 50.2925, 36.957, 50.2985
    garrison = next(f for f in situation["features"] if f["id"] == "ru-plant-garrison")
    garrison["geometry"]["coordinates"] = [36.950, 50.2955]
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    situation["situation"]["area"] = {"type": "Polygon", "coordinates": [ring]}
    read_again = read(json.dumps(situation))
    words = draw_svg(judge(read_again, NO_CHANCES), read_again)
    assert ">Vovchansk</text>" in words
    assert "GeoNames (CC BY 4.0)" in words


@pytest.mark.parametrize(
    "folder",
    [
        pytest.param("stalingrad-1942-11-24", id="before the names of today"),
        pytest.param("trap-envelopment-closed", id="a drawing of no place"),
    ],
)
def test_no_town_is_named_where_its_name_would_be_wrong(folder):
    assert "GeoNames" not in draw(folder)
