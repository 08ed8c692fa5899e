"""Maps that differ in one thing: what is judged on the one is false, or may be, on the other.

Each change is made in place: the features keep their ids, so that what a proof made on the one
names is there on the other too.
"""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from shapely import affinity
from shapely.geometry import LineString, Point, mapping, shape

Document = dict[str, Any]
Change = Callable[[Document, random.Random], "Document | None"]
DAY = timedelta(days=1)
M_PER_DEG = 111_320.0
"""Metres in a degree of latitude, near enough to place a change."""
MODES = ("rail", "wheeled", "tracked", "foot")

CHANGES: dict[str, tuple[str, Change]] = {}
"""By its name: what the judgement of the other map lies about, and how the other map is drawn."""


def change(false: str) -> Callable[[Change], Change]:
    def enter(function: Change) -> Change:
        CHANGES[function.__name__] = (false, function)
        return function

    return enter


# -- what they are made with -------------------------------------------------------------------


def pick(
    document: Document, rng: random.Random, kind: str, fits: Callable[[Any], bool] = lambda p: True
) -> tuple[Document, dict[str, Any]] | tuple[None, None]:
    """Copy a map, with one feature of a kind to be changed; nothing where there is none."""
    found = [
        number
        for number, feature in enumerate(document["features"])
        if feature["properties"].get("kind") == kind and fits(feature["properties"])
    ]
    if not found:
        return None, None
    other = copy.deepcopy(document)
    return other, other["features"][rng.choice(found)]


def tell(
    document: Document, rng: random.Random, kind: str, fits: Callable[[Any], bool], **says: Any
) -> Document | None:
    """Draw a map on which one feature of a kind says something else; None takes a property away."""
    other, feature = pick(document, rng, kind, fits)
    if feature is not None:
        for name, value in says.items():
            if value is None:
                feature["properties"].pop(name, None)
            else:
                feature["properties"][name] = value
    return other


def whole_of(document: Document) -> dict[str, Any]:
    return document.get("situation") or {}


def force_of(document: Document) -> str | None:
    named = {f["properties"].get("force") for f in document["features"]} - {None}
    return whole_of(document).get("force") or (named.pop() if len(named) == 1 else None)


def friends_of(document: Document) -> set[str]:
    force = force_of(document)
    sides = {
        f["properties"]["side"]
        for f in document["features"]
        if f["properties"].get("kind") == "position" and f["properties"].get("force") == force
    }
    for side in whole_of(document).get("sides", []):
        allies = set(side.get("allies", []))
        if side["id"] in sides:
            sides |= allies
        elif allies & sides:
            sides.add(side["id"])
    return sides


def foe_of(document: Document) -> str | None:
    friends = friends_of(document)
    for feature in document["features"]:
        side = feature["properties"].get("holder") or feature["properties"].get("side")
        if side and side not in friends and side != "neutral":
            return str(side)
    return None


def is_of(document: Document) -> Callable[[Any], bool]:
    force = force_of(document)
    return lambda properties: properties.get("force") == force


def is_hostile(document: Document) -> Callable[[Any], bool]:
    friends = friends_of(document)
    return lambda p: (
        p.get("holder") not in {None, "neutral", *friends}
        and p.get("basis")
        in {
            "assessed",
            "territory",
        }
    )


def is_friendly(document: Document) -> Callable[[Any], bool]:
    friends = friends_of(document)
    return lambda p: p.get("holder") in friends and p.get("basis") in {"assessed", "territory"}


def is_grey(properties: dict[str, Any]) -> bool:
    return properties.get("basis") in {"contested", "unknown", "advance", "infiltration"}


def instant_of(document: Document) -> datetime | None:
    text = whole_of(document).get("as_of")
    if not text:
        return None
    return datetime.fromisoformat(text)


def write(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def cut_out(feature: dict[str, Any], taken: Any) -> bool:
    """Cut a piece out of a drawing; whether anything else of it is left."""
    left = shape(feature["geometry"]).buffer(0).difference(taken)
    parts = [g for g in getattr(left, "geoms", [left]) if g.geom_type == "Polygon" and g.area > 0]
    if not parts:
        return False
    rings = [mapping(p)["coordinates"] for p in parts]
    feature["geometry"] = (
        {"type": "Polygon", "coordinates": rings[0]}
        if len(rings) == 1
        else {"type": "MultiPolygon", "coordinates": rings}
    )
    return True


def strip_of(document: Document, rng: random.Random, width_m: float) -> Any:
    """Draw a straight strip from a position of the force out over the map."""
    others = [f for f in document["features"] if is_of(document)(f["properties"])]
    start = shape(rng.choice(others)["geometry"]).centroid
    turn = rng.uniform(0, 2 * math.pi)
    ray = LineString([(0, 0), (math.cos(turn) * 9e5, math.sin(turn) * 9e5)])
    strip = ray.buffer(width_m / 2, cap_style="flat")
    squeeze = 1 / (M_PER_DEG * max(0.05, math.cos(math.radians(start.y))))
    strip = affinity.scale(strip, squeeze, 1 / M_PER_DEG, origin=(0, 0))
    return affinity.translate(strip, start.x, start.y)


# -- ground ------------------------------------------------------------------------------------


@change("unknown ground is called the enemy's, or the other way about")
def grey_as_enemy(document: Document, rng: random.Random) -> Document | None:
    foe = foe_of(document)
    return (foe and tell(document, rng, "control", is_grey, holder=foe, basis="assessed")) or None


@change("unknown ground is called the force's own, or the other way about")
def grey_as_own(document: Document, rng: random.Random) -> Document | None:
    own = next(iter(sorted(friends_of(document))), None)
    return (own and tell(document, rng, "control", is_grey, holder=own, basis="assessed")) or None


@change("ground that is only claimed is counted as held")
def claim_as_held(document: Document, rng: random.Random) -> Document | None:
    return tell(document, rng, "control", lambda p: p["basis"] == "claimed", basis="assessed")


@change("ground the enemy holds is taken as claimed only")
def held_as_claim(document: Document, rng: random.Random) -> Document | None:
    return tell(document, rng, "control", is_hostile(document), basis="claimed")


@change("ground of its own is taken as the enemy's")
def own_as_enemy(document: Document, rng: random.Random) -> Document | None:
    foe = foe_of(document)
    return (foe and tell(document, rng, "control", is_friendly(document), holder=foe)) or None


@change("ground of its own is taken as neutral")
def own_as_neutral(document: Document, rng: random.Random) -> Document | None:
    return tell(document, rng, "control", is_friendly(document), holder="neutral")


@change("an enemy is counted as an ally")
def enemy_as_ally(document: Document, rng: random.Random) -> Document | None:
    foe, friends = foe_of(document), sorted(friends_of(document))
    if not foe or not friends:
        return None
    other = copy.deepcopy(document)
    sides = other.setdefault("situation", {}).setdefault("sides", [])
    for side in (*friends, foe):
        if side not in {s["id"] for s in sides}:
            sides.append({"id": side})
    next(s for s in sides if s["id"] == foe)["allies"] = friends
    return other


@change("ground nobody painted is taken as open, or as unknown")
def bare_ground(document: Document, rng: random.Random) -> Document | None:
    other = copy.deepcopy(document)
    whole = other.setdefault("situation", {})
    whole["uncovered"] = "unknown" if whole.get("uncovered") == "open" else "open"
    return other


@change("a gap of 60 m in the enemy's ground is not there, or one is that is not")
def gap(document: Document, rng: random.Random) -> Document | None:
    other, feature = pick(document, rng, "control", is_hostile(document))
    if feature is None or not cut_out(feature, strip_of(document, rng, 60.0)):
        return None
    return other


@change("ground of its own has a break of 60 m, or has none")
def rift(document: Document, rng: random.Random) -> Document | None:
    other, feature = pick(document, rng, "control", is_friendly(document))
    if feature is None or not cut_out(feature, strip_of(document, rng, 60.0)):
        return None
    return other


@change("ground of its own has a hole about the force, or has none")
def moat(document: Document, rng: random.Random) -> Document | None:
    other, feature = pick(document, rng, "control", is_friendly(document))
    stands = [f for f in document["features"] if is_of(document)(f["properties"])]
    if feature is None or not stands:
        return None
    middle = shape(rng.choice(stands)["geometry"]).centroid
    ring = middle.buffer(2400 / M_PER_DEG, 5).difference(middle.buffer(2000 / M_PER_DEG, 5))
    return other if cut_out(feature, ring) else None


@change("the enemy's line is drawn exactly, where it may be 1500 m out, or the other way about")
def line_exact(document: Document, rng: random.Random) -> Document | None:
    other, feature = pick(document, rng, "control", is_hostile(document))
    if feature is not None:
        says = feature["properties"]
        says["location_error_m"] = 0 if says.get("location_error_m") else 1500
    return other


@change("the map is narrower than it is, or wider")
def map_edge(document: Document, rng: random.Random) -> Document | None:
    other = copy.deepcopy(document)
    whole = other.setdefault("situation", {})
    if "area" not in whole:
        return None
    area = shape(whole["area"])
    if area.bounds[2] - area.bounds[0] > 180:  # over the antimeridian
        return None
    share = rng.choice((0.5, 0.75, 1.3))
    whole["area"] = mapping(affinity.scale(area, share, share))
    return other


# -- the force ---------------------------------------------------------------------------------


@change("a position of the force is left out, or one of another force counted")
def another_force(document: Document, rng: random.Random) -> Document | None:
    force = force_of(document)
    if sum(map(is_of(document), (f["properties"] for f in document["features"]))) < 2:
        return None
    other = tell(document, rng, "position", is_of(document), force="another force")
    if other is not None:
        other.setdefault("situation", {})["force"] = force
    return other


@change("who has withdrawn is judged as there, or who is there as withdrawn")
def withdrawn(document: Document, rng: random.Random) -> Document | None:
    other, feature = pick(document, rng, "position", is_of(document))
    if feature is not None:
        gone = feature["properties"].get("present") == "withdrawn"
        feature["properties"]["present"] = "yes" if gone else "withdrawn"
    return other


@change("who may be there is judged as surely there, or the other way about")
def presence(document: Document, rng: random.Random) -> Document | None:
    other, feature = pick(document, rng, "position", is_of(document))
    if feature is not None:
        doubted = feature["properties"].get("present") == "unknown"
        feature["properties"]["present"] = "yes" if doubted else "unknown"
    return other


@change("a position is judged at another place than it is drawn")
def moved(document: Document, rng: random.Random) -> Document | None:
    other, feature = pick(document, rng, "position", is_of(document))
    anchors = [f for f in document["features"] if f["properties"]["kind"] == "anchor"]
    if feature is None or not anchors or feature["geometry"]["type"] != "Point":
        return None
    at = shape(rng.choice(anchors)["geometry"]).representative_point()
    x, y = feature["geometry"]["coordinates"][:2]
    share = rng.choice((0.5, 0.9, 1.0))
    feature["geometry"] = {
        "type": "Point",
        "coordinates": [round(x + (at.x - x) * share, 7), round(y + (at.y - y) * share, 7)],
    }
    return other


@change("a position stands at one more place, or at one less")
def two_places(document: Document, rng: random.Random) -> Document | None:
    other = moved(document, rng)
    if other is not None:
        for new, old in zip(other["features"], document["features"], strict=True):
            if new["geometry"] != old["geometry"]:
                places = [old["geometry"]["coordinates"][:2], new["geometry"]["coordinates"]]
                new["geometry"] = {"type": "MultiPoint", "coordinates": places}
    return other


@change("a position of the force reaches five times as far as it does, or a fifth")
def reach(document: Document, rng: random.Random) -> Document | None:
    other, feature = pick(document, rng, "position", is_of(document))
    if feature is not None:
        says = feature["properties"]
        says["reach_m"] = rng.choice((0.2, 5.0, 12.0)) * (says.get("reach_m") or 500)
    return other


@change("a hostile position reaches ten times as far as it does, or a tenth")
def hostile_reach(document: Document, rng: random.Random) -> Document | None:
    friends = friends_of(document)
    other, feature = pick(document, rng, "position", lambda p: p["side"] not in friends)
    if feature is not None:
        says = feature["properties"]
        says["reach_m"] = rng.choice((0.1, 10.0)) * (says.get("reach_m") or 500)
    return other


@change("a guessed reach is taken as stated, or a stated one as guessed")
def guessed(document: Document, rng: random.Random) -> Document | None:
    other, feature = pick(document, rng, "position")
    if feature is not None:
        says = feature["properties"]
        if says.pop("reach_m", None) is None:
            says["reach_m"] = 1500
        else:
            says["echelon"] = rng.choice(("platoon", "battalion", "brigade"))
    return other


@change("a bare word is taken as evidence of a position, or the other way about")
def bare_word(document: Document, rng: random.Random) -> Document | None:
    return tell(document, rng, "position", is_of(document), basis="reported")


@change("a position counts for more, or less, than it weighs")
def heavier(document: Document, rng: random.Random) -> Document | None:
    other, feature = pick(document, rng, "position", is_of(document))
    if feature is not None:
        feature["properties"]["weight"] = 7 * feature["properties"].get("weight", 1)
    return other


# -- ways --------------------------------------------------------------------------------------


@change("a crossing that is cut is taken as open, or an open one as cut")
def bridge(document: Document, rng: random.Random) -> Document | None:
    other, feature = pick(document, rng, "crossing")
    if feature is not None:
        cut = feature["properties"].get("state", "open") != "open"
        feature["properties"]["state"] = "open" if cut else "cut"
    return other


@change("a crossing of unknown state is taken as surely open, or surely cut")
def bridge_unknown(document: Document, rng: random.Random) -> Document | None:
    return tell(document, rng, "crossing", lambda p: True, state="unknown")


@change("leave to pass is kept quiet, or invented")
def leave(document: Document, rng: random.Random) -> Document | None:
    other, feature = pick(document, rng, "crossing")
    if feature is not None and feature["properties"].pop("permission", None) is None:
        feature["properties"]["permission"] = rng.choice(("enemy", "third_party"))
    return other


@change("a bridge is taken for a tunnel, a ferry for a bridge, an airstrip for a checkpoint")
def crossing_type(document: Document, rng: random.Random) -> Document | None:
    other, feature = pick(document, rng, "crossing")
    if feature is not None:
        says = feature["properties"]
        says["type"] = rng.choice(
            [
                t
                for t in ("bridge", "tunnel", "ferry", "checkpoint", "airstrip")
                if t != says["type"]
            ]
        )
        says.pop("modes", None)
    return other


@change("a crossing or route carries modes it does not, or fewer than it does")
def modes(document: Document, rng: random.Random) -> Document | None:
    other, feature = pick(document, rng, rng.choice(("route", "crossing")))
    if feature is not None:
        now = feature["properties"].get("modes")
        feature["properties"]["modes"] = ["foot"] if now != ["foot"] else ["wheeled", "foot"]
    return other


@change("a crossing is used 400 m from where it is drawn")
def crossing_moved(document: Document, rng: random.Random) -> Document | None:
    other, feature = pick(document, rng, "crossing")
    if feature is not None:
        move = rng.choice((-1, 1)) * 400 / M_PER_DEG
        moved_to = affinity.translate(shape(feature["geometry"]), move, move)
        feature["geometry"] = mapping(moved_to)
    return other


@change("a road whose state is unknown is taken as surely open, or the other way about")
def road_unknown(document: Document, rng: random.Random) -> Document | None:
    return tell(document, rng, "route", lambda p: p.get("state") != "unknown", state="unknown")


@change("a barrier stops modes that it does not, or lets through those it stops")
def barrier_blocks(document: Document, rng: random.Random) -> Document | None:
    other, feature = pick(document, rng, "barrier")
    if feature is not None:
        says = feature["properties"]
        if says.pop("blocks", None) is None:
            says["blocks"] = rng.choice(
                (["rail"], ["rail", "wheeled"], ["rail", "wheeled", "tracked"])
            )
    return other


@change("a barrier is interrupted over 60 m, or is not")
def barrier_gap(document: Document, rng: random.Random) -> Document | None:
    other, feature = pick(document, rng, "barrier")
    if feature is None or feature["geometry"]["type"] != "LineString":
        return None
    drawn = shape(feature["geometry"])
    at = drawn.interpolate(rng.uniform(0.1, 0.9), normalized=True)
    left = drawn.difference(Point(at).buffer(30 / M_PER_DEG))
    if left.geom_type != "MultiLineString":
        return None
    feature["geometry"] = mapping(left)
    return other


@change("an anchor by sea or air is taken for one by land, or the other way about")
def anchor_access(document: Document, rng: random.Random) -> Document | None:
    other, feature = pick(document, rng, "anchor")
    if feature is not None:
        says = feature["properties"]
        says["access"] = "sea" if says.get("access", "land") == "land" else "land"
    return other


@change("an anchor of the enemy's is taken for its own, or the other way about")
def anchor_side(document: Document, rng: random.Random) -> Document | None:
    foe, friends = foe_of(document), sorted(friends_of(document))
    if not foe or not friends:
        return None
    other, feature = pick(document, rng, "anchor")
    if feature is not None:
        own = feature["properties"]["side"] in friends
        feature["properties"]["side"] = foe if own else friends[0]
    return other


@change("fire on the map is taken for harassing, or for deadly")
def fire_grade(document: Document, rng: random.Random) -> Document | None:
    other, feature = pick(document, rng, "fire")
    if feature is not None:
        low = feature["properties"]["grade"] in {"F3", "F4"}
        feature["properties"]["grade"] = "F1" if low else "F4"
    return other


@change("fire on men on foot only is taken for fire on wheels, or the other way about")
def fire_modes(document: Document, rng: random.Random) -> Document | None:
    return tell(document, rng, "fire", lambda p: not p.get("modes"), modes=["foot"])


# -- time --------------------------------------------------------------------------------------


@change("the map is judged at another instant than it says")
def other_instant(document: Document, rng: random.Random) -> Document | None:
    instant = instant_of(document)
    if instant is None:
        return None
    other = copy.deepcopy(document)
    other["situation"]["as_of"] = write(instant + DAY * rng.choice((-20, -5, -1, 1, 20, 40)))
    return other


@change("old evidence is taken as fresh, or fresh evidence as old")
def stale(document: Document, rng: random.Random) -> Document | None:
    return _dated(document, rng, "observed_at", -40)


@change("evidence from after the instant is counted, or evidence is left out as later")
def later(document: Document, rng: random.Random) -> Document | None:
    return _dated(document, rng, "observed_at", 2)


@change("evidence that no longer holds is counted, or evidence left out as over")
def over(document: Document, rng: random.Random) -> Document | None:
    return _dated(document, rng, "valid_to", -1)


@change("evidence that does not hold yet is counted, or evidence left out as not yet")
def not_yet(document: Document, rng: random.Random) -> Document | None:
    return _dated(document, rng, "valid_from", 1)


def _dated(document: Document, rng: random.Random, name: str, days: int) -> Document | None:
    instant = instant_of(document)
    kinds = ("control", "control", "position", "anchor", "route", "crossing", "barrier", "fire")
    other, feature = pick(document, rng, rng.choice(kinds))
    if feature is None or instant is None:
        return None
    says = feature["properties"]
    if says.pop(name, None) is None:
        says[name] = write(instant + DAY * days)
    return other
