"""Lies written into a judgement of the map itself."""

from __future__ import annotations

import copy
import json
import math
import random
from collections.abc import Callable, Iterator
from typing import Any

from pyproj import Geod
from shapely.geometry import Point, Polygon, shape

GLOBE = Geod(ellps="WGS84")
Told = dict[str, Any]
Lie = Callable[[Told, dict[str, Any], random.Random], "Iterator[Told]"]

STRAIGHT_M = 1.0
"""A path no longer than this beyond the way its ends lie apart is straight; metres."""

LEG_M = 10.0
"""A shorter leg may only touch the fire it is told under; metres."""

METRES_PER_DEG = 111_320.0
METRES_OFF = 50.0
"""A place nearer to the ring than this may be told as on it; metres."""

LIES: dict[str, tuple[str, Lie]] = {}
"""By its name: what is false in it, and how it is told."""

VERDICTS = {"C0": "not_encircled", "C1": "not_encircled", "C2": "not_encircled",
            "C3": "contested", "E1": "encircled", "E2": "encircled",
            "N": "no_force", "U": "indeterminate"}  # fmt: skip
NAMES = {"C0": "connected", "C1": "salient", "C2": "interdicted", "C3": "contested",
         "E1": "encircled_with_access", "E2": "isolated", "N": "no_force",
         "U": "indeterminate"}  # fmt: skip
RULES = {"C0": "connected", "C1": "salient", "C2": "interdicted", "C3": "contested",
         "E1": "encircled_with_access", "E2": "isolated", "N": "no_force",
         "U": "map_ends_first"}  # fmt: skip
ENCIRCLED = {"encircled": True, "not_encircled": False}
LAND = {"C3": "contested", "E1": "yes", "E2": "yes", "N": "unknown", "U": "unknown"}
ACCESS = ("sea", "air", "special")


def lie(false: str) -> Callable[[Lie], Lie]:
    def enter(function: Lie) -> Lie:
        LIES[function.__name__] = (false, function)
        return function

    return enter


# -- what they are told with -------------------------------------------------------------------


def parts_of(told: Told) -> list[Told]:
    """List the force and its positions: every place where a status stands."""
    return [told, *told["units"]]


def recode(part: Told, code: str) -> None:
    """Say of the force, or of a position, that it is of another status, in every word for it."""
    verdict = VERDICTS[code]
    part["verdict"], part["encircled"] = verdict, ENCIRCLED.get(verdict)
    part["status"] = {**part["status"], "code": code, "name": NAMES[code]}
    part["definitions"]["land_cut"] = LAND.get(code, "no")
    if code in {"E1", "E2"}:
        part["definitions"].update(vehicle_cut="yes", fire_control="yes")
        part["definitions"]["isolation"] = "yes" if code == "E2" else "no"
    elif code in {"C0", "C1", "C2"}:
        part["definitions"]["isolation"] = "no"
    for finding in [part["because"]] if "because" in part else part["findings"]:
        if finding and finding["decides"]:
            finding["rule"] = RULES[code]


def certificates_of(told: Told, which: str) -> Iterator[Told]:
    for part in parts_of(told):
        if part["certificates"].get(which):
            yield part["certificates"][which]


def fresh(told: Told) -> Told:
    return copy.deepcopy(told)


def move_ring(closed: Told, move: Callable[[list[float]], list[float]]) -> None:
    ring = closed["ring"]

    def move_all(value: Any) -> Any:
        return move(value) if isinstance(value[0], (int, float)) else [move_all(v) for v in value]

    ring["coordinates"] = move_all(ring["coordinates"])
    for segment in closed["segments"]:
        segment["geometry"]["coordinates"] = move_all(segment["geometry"]["coordinates"])


# -- the status --------------------------------------------------------------------------------


@lie("a proof on the one reading is passed for one on the other")
def reading_renamed(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    if told["status"]["code"] != "C3":
        return
    for code, kept, reading in (
        ("C0", "open", "pessimistic"), ("C1", "open", "pessimistic"), ("C2", "open", "pessimistic"),
        ("E2", "closed", "optimistic"), ("E1", "closed", "optimistic"),
    ):  # fmt: skip
        forged = fresh(told)
        for part in parts_of(forged):
            if part["status"]["code"] != "C3":
                continue
            recode(part, code)
            for axis, says in part["axes"]["land"].items():
                if says == "contested":
                    part["axes"]["land"][axis] = "open" if kept == "open" else "closed"
            for name in ("open", "closed"):
                if name != kept:
                    part["certificates"][name] = None
                elif part["certificates"][name]:
                    part["certificates"][name]["reading"] = reading
        recount(forged)
        yield forged


def recount(told: Told) -> None:
    there = [u for u in told["units"] if u["present"] == "yes"]
    cut = [u for u in there if u["verdict"] == "encircled"]
    weight = sum(u["weight"] for u in there)
    if told.get("cut_off"):
        share = round(sum(u["weight"] for u in cut) / weight, 4) if weight else 0.0
        told["cut_off"].update(units=len(cut), of=len(there), weight_share=share)


@lie("what is open on both readings is called contested by a ring of the other reading's")
def doubt_invented(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    code = told["status"]["code"]
    if code[0] != "E" and code not in {"C0", "C1", "C2"}:
        return
    forged = fresh(told)
    for part in parts_of(forged):
        if part["status"]["code"] != code:
            continue
        recode(part, "C3")
        for axis, says in part["axes"]["land"].items():
            if says in {"open", "closed"}:
                part["axes"]["land"][axis] = "contested"
        for name, reading in (("open", "optimistic"), ("closed", "pessimistic")):
            if part["certificates"][name]:
                part["certificates"][name]["reading"] = reading
    recount(forged)
    yield forged


@lie("an open force is a salient where it is connected, or connected where it is a salient")
def compass_read_wrong(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    for number, part in enumerate(parts_of(told)):
        code = part["status"]["code"]
        if code in {"C0", "C1"}:
            forged = fresh(told)
            recode(parts_of(forged)[number], {"C0": "C1", "C1": "C0"}[code])
            yield forged


@lie("one position is called better off, or worse, than it is; the force stays as it is")
def one_position(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    if len(told["units"]) < 2:
        return
    for number, unit in enumerate(told["units"]):
        code = unit["status"]["code"]
        others = sorted({u["status"]["code"] for u in told["units"]} - {code})
        for other in [*others, "U" if code != "U" else "E2"]:
            forged = fresh(told)
            recode(forged["units"][number], other)
            twin = next((u for u in told["units"] if u["status"]["code"] == other), None)
            if twin:  # with the axes and the proof of one of which it is true
                for name in ("axes", "certificates", "because"):
                    forged["units"][number][name] = copy.deepcopy(twin[name])
            recount(forged)
            yield forged


@lie("a position has the proof of another")
def proofs_swapped(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    units = told["units"]
    for one in range(len(units)):
        for two in range(one):
            if units[one]["certificates"] != units[two]["certificates"]:
                forged = fresh(told)
                a, b = forged["units"][one], forged["units"][two]
                a["certificates"], b["certificates"] = b["certificates"], a["certificates"]
                yield forged


@lie("the force is as well off as its worst position, not its best")
def worst_for_best(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    codes = {u["status"]["code"] for u in told["units"]}
    for code in sorted(codes - {told["status"]["code"], "N"}):
        unit = next(u for u in told["units"] if u["status"]["code"] == code)
        forged = fresh(told)
        for name in ("verdict", "encircled", "status", "definitions", "axes", "certificates"):
            forged[name] = copy.deepcopy(unit[name])
        for finding in forged["findings"]:
            if finding["decides"]:
                finding["rule"] = unit["because"]["rule"]
        yield forged


@lie("a position is left out, told twice, or made of one that is not of the force")
def roll_call(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    for number, unit in enumerate(told["units"]):
        forged = fresh(told)
        del forged["units"][number]
        recount(forged)
        yield forged
        forged = fresh(told)
        forged["units"].append(copy.deepcopy(unit))
        recount(forged)
        yield forged
    ids = {u["id"] for u in told["units"]}
    for feature in document["features"]:
        if feature["properties"].get("kind") == "position" and feature["id"] not in ids:
            forged = fresh(told)
            forged["units"].append({**copy.deepcopy(told["units"][0]), "id": feature["id"]})
            recount(forged)
            yield forged
            break


@lie("a position weighs more than the map says, and the share cut off follows")
def weight_forged(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    for number, unit in enumerate(told["units"]):
        for weight in (unit["weight"] * 9 + 1, 0.0, -1.0, math.nan, math.inf, 1e308):
            forged = fresh(told)
            forged["units"][number]["weight"] = weight
            try:
                recount(forged)
            except (ValueError, OverflowError):
                continue
            yield forged


# -- axes --------------------------------------------------------------------------------------


@lie("a mode is called open that is closed, or the other way about")
def land_axis(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    for number, part in enumerate(parts_of(told)):
        for mode, says in part["axes"]["land"].items():
            for other in ("open", "closed", "contested", "unknown"):
                if other != says:
                    forged = fresh(told)
                    parts_of(forged)[number]["axes"]["land"][mode] = other
                    yield forged


@lie("the best fire of a mode is another than it is")
def fire_by_mode(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    for number, part in enumerate(parts_of(told)):
        if not part["certificates"]["open"]:
            continue
        for mode, says in part["axes"]["fire"]["by_mode"].items():
            for other in ("F0", "F1", "F2", "F3", "F4", None):
                calm = {None, "F0", "F1"}  # told of the path alone, see what is not checked
                if other != says and not {other, says} <= calm:
                    forged = fresh(told)
                    parts_of(forged)[number]["axes"]["fire"]["by_mode"][mode] = other
                    yield forged
            forged = fresh(told)
            del parts_of(forged)[number]["axes"]["fire"]["by_mode"][mode]
            yield forged


@lie("a way by sea, air or special means is called closed, contested or none, whatever it is")
def access_axis(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    for number, part in enumerate(parts_of(told)):
        for axis in ACCESS:
            for other in ("none", "closed", "contested", "open", "enemy_leave"):
                # Whether a crossing touches a neutral strip or leads over it may be hard to say.
                strip = any(
                    f["properties"].get("holder") == "neutral" for f in document["features"]
                )
                shut = {other, part["axes"][axis]} == {"none", "closed"}
                vague = axis == "special" and shut and strip
                if other != part["axes"][axis] and not vague:
                    forged = fresh(told)
                    parts_of(forged)[number]["axes"][axis] = other
                    yield forged


# -- the path ----------------------------------------------------------------------------------


@lie("a leg of the path is told to be under other fire than is mapped on it")
def leg_fire(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    for number, part in enumerate(parts_of(told)):
        for step, leg in enumerate((part["certificates"]["open"] or {"legs": []})["legs"]):
            for other in ("F0", "F1", "F2", "F3", "F4", None):
                if other != leg["fire"] and leg["length_m"] > LEG_M:
                    forged = fresh(told)
                    parts_of(forged)[number]["certificates"]["open"]["legs"][step]["fire"] = other
                    yield forged


@lie("the path leaps from the position straight to the anchor, over whatever lies between")
def path_leaps(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    forged = fresh(told)
    leapt = False
    for path in certificates_of(forged, "open"):
        legs = path["legs"]
        if len(legs) < 2:
            continue
        start, end = (
            legs[0]["geometry"]["coordinates"][0],
            legs[-1]["geometry"]["coordinates"][-1],
        )
        if path["mode"] in {"wheeled", "rail"} or start == end or _is_straight(path):
            continue
        path["legs"] = [{**legs[0], "geometry": {"type": "LineString", "coordinates": [start, end]},
                         "length_m": path["length_m"]}]  # fmt: skip
        leapt = True
    if leapt:
        yield forged


def _is_straight(path: Told) -> bool:
    """Tell a path that goes straight over ground of one kind: to leap is no lie about it."""
    legs = path["legs"]
    kinds = {(leg["by"], leg["control"], leg["fire"]) for leg in legs}
    ends = (legs[0]["geometry"]["coordinates"][0], legs[-1]["geometry"]["coordinates"][-1])
    leap_m = GLOBE.line_length(*zip(*ends, strict=True))
    return len(kinds) == 1 and path["length_m"] - leap_m < STRAIGHT_M


@lie("the path has no length: nobody goes anywhere")
def path_empty(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    for keep in (0, 1):
        forged = fresh(told)
        cut = False
        for path in certificates_of(forged, "open"):
            if len(path["legs"]) > 1:
                path["legs"] = path["legs"][:keep]
                path["length_m"] = path["legs"][0]["length_m"] if keep else 0.0
                cut = True
        if cut:
            yield forged


@lie("the path is said to be travelled by another mode than it is")
def path_mode(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    for mode in ("rail", "wheeled", "tracked", "foot", "boat"):
        forged = fresh(told)
        changed = False
        for path in certificates_of(forged, "open"):
            # To go on foot where tracks go is no lie; wheels where there is ground is one.
            if (
                path["mode"] == mode
                or mode == "foot"
                or {"wheeled", "tracked"} == {path["mode"], mode}
            ):
                continue
            path["mode"] = mode
            for leg in path["legs"]:
                leg["mode"] = mode
            changed = True
        if changed:
            yield forged


@lie("the path ends at an anchor that is not one, or another than it says")
def path_anchor(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    kinds = {"anchor", "position", "control"}
    ids = [f["id"] for f in document["features"] if f["properties"].get("kind") in kinds]
    for other in rng.sample(ids, min(6, len(ids))):
        forged = fresh(told)
        changed = False
        for path in certificates_of(forged, "open"):
            if path["anchor"] != other:
                path["anchor"] = other
                changed = True
        if changed:
            yield forged


@lie("a number of the proof is none: NaN, infinite, a truth, a text, below zero")
def no_number(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    for value in (math.nan, math.inf, True, "0", None, -1e9, [0.0], 10**400):
        for which, names in (
            ("open", (("length_m",), ("legs", 0, "length_m"), ("disjoint", "count"))),
            ("closed", (("area_km2",), ("segments", 0, "length_m"))),
        ):
            for name in names:
                forged = fresh(told)
                changed = False
                for proof in certificates_of(forged, which):
                    place = proof
                    for step in name[:-1]:
                        place = place[step]
                    if place[name[-1]] != value:
                        place[name[-1]] = value
                        changed = True
                if changed:
                    yield forged


@lie("the count of separate ways is right, and a feature of the cut or of a way is another")
def cut_renamed(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    lines = [f["id"] for f in document["features"]
             if f["properties"].get("kind") in {"route", "crossing"}]  # fmt: skip
    used = [p for p in certificates_of(told, "open") if p["disjoint"]["count"]]
    if not used:
        return
    for where in ("cut", "ways"):
        forged = fresh(told)
        changed = False
        for path in certificates_of(forged, "open"):
            disjoint = path["disjoint"]
            named = {i for way in disjoint["ways"] for i in way}
            spare = [i for i in lines if i not in named and i not in disjoint["cut"]]
            if not disjoint["count"] or not spare:
                continue
            if where == "cut":
                disjoint["cut"][0] = rng.choice(spare)
            else:
                disjoint["ways"][0] = [rng.choice(spare)]
            changed = True
        if changed:
            yield forged


@lie("fewer separate ways are told than there are")
def ways_kept_quiet(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    forged = fresh(told)
    changed = False
    for path in certificates_of(forged, "open"):
        if path["disjoint"]["count"]:
            path["disjoint"] = {"count": 0, "ways": [], "cut": []}
            forged["margins"]["disjoint_routes"][path["reading"]] = 0
            changed = True
    if changed:
        yield forged
    forged = fresh(told)
    changed = False
    for path in certificates_of(forged, "open"):
        if path["disjoint"]["count"] > 1:
            less = path["disjoint"]
            less["count"] -= 1
            forged["margins"]["disjoint_routes"][path["reading"]] = less["count"]
            less["ways"], less["cut"] = less["ways"][:-1], less["cut"][:-1]
            changed = True
    if changed:
        yield forged


@lie("the neck is three times as wide as it is there, or a third")
def neck_forged(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    for factor in (3.0, 1 / 3, 0.0, math.nan):
        forged = fresh(told)
        changed = False
        for path in certificates_of(forged, "open"):
            if path["bottleneck"]["width_m"]:
                path["bottleneck"]["width_m"] = round(path["bottleneck"]["width_m"] * factor, 1)
                changed = True
        if changed:
            neck = forged["margins"].get("neck_width_m")
            if neck and neck.get("pessimistic"):
                for reading in ("optimistic", "pessimistic"):
                    if neck[reading]:
                        neck[reading] = round(neck[reading] * factor, 1)
            yield forged


# -- the ring ----------------------------------------------------------------------------------


@lie("the ring is a hair's breadth round the position, on ground that lets through")
def ring_of_a_hair(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    for size in (1e-3, 1e-6, 1e-2):
        forged = fresh(told)
        changed = False
        for part in forged["units"]:
            closed = part["certificates"]["closed"]
            place = next(f for f in document["features"] if f["id"] == part["id"])["geometry"]
            if not closed or place["type"] != "Point":
                continue
            x, y = place["coordinates"][:2]
            ring = [[x - size, y - size], [x + size, y - size], [x + size, y + size],
                    [x - size, y + size], [x - size, y - size]]  # fmt: skip
            if abs(GLOBE.geometry_area_perimeter(Polygon(ring))[0]) / 1e6 > closed["area_km2"] / 10:
                continue  # a wider ring over ground that nobody knows is no lie
            shrink(closed, ring)
            changed = True
        if changed and len(forged["units"]) == 1:
            forged["certificates"]["closed"] = copy.deepcopy(
                forged["units"][0]["certificates"]["closed"]
            )
        if changed:
            yield forged


def shrink(closed: Told, ring: list[list[float]]) -> None:
    """Put a ring in the place of another, with measures that are its own."""
    area_m2, length_m = GLOBE.geometry_area_perimeter(Polygon(ring))
    first = closed["segments"][0]
    closed["ring"] = {"type": "Polygon", "coordinates": [ring]}
    line = {"type": "LineString", "coordinates": ring}
    closed["segments"] = [
        {**first, "ring": 0, "part": 0, "geometry": line, "length_m": round(length_m, 1)}
    ]
    closed["weakest"], closed["area_km2"] = 0, round(abs(area_m2) / 1e6, 2)
    closed["cut_set"] = {mode: [] for mode in closed["cut_set"]}


@lie("the ring lies once more round the globe, or on its other side")
def ring_elsewhere(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    for move in (
        lambda p: [p[0] + 360.0, p[1]],
        lambda p: [-p[0], p[1]],
        lambda p: [p[0] + 0.01, p[1]],
        lambda p: [p[1], p[0]],
        lambda p: [math.nan, p[1]],
    ):
        forged = fresh(told)
        rings = list(certificates_of(forged, "closed"))
        for closed in rings:
            move_ring(closed, move)
        if rings:
            yield forged


@lie("the ring's wall is made of something that is not on the map")
def wall_renamed(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    kinds = {f["properties"].get("type") or f["properties"].get("holder")
             for f in document["features"]}  # fmt: skip
    absent = {"barrier": {"river", "lake", "cliff", "minefield", "border"}, "sea": {"coast"},
              "neutral": {"neutral"}}  # fmt: skip
    for tag, makers in absent.items():
        if kinds & makers or (tag == "sea" and "sea" in json.dumps(document)):
            continue
        forged = fresh(told)
        changed = False
        for closed in certificates_of(forged, "closed"):
            for segment in closed["segments"]:
                if segment["by"] != tag:
                    segment["by"] = tag
                    changed = True
                    break
        if changed:
            yield forged


@lie("the ring's wall is laid to a feature that does not hold it")
def wall_credited(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    own = {u["id"] for u in told["units"]}
    for evidence in (sorted(own), [], ["nobody"], "ids"):
        forged = fresh(told)
        rings = list(certificates_of(forged, "closed"))
        changed = False
        for closed in rings:
            held = [s for s in closed["segments"] if s["evidence"] and s["length_m"] > LEG_M]
            if held:
                max(held, key=lambda s: s["length_m"])["evidence"] = evidence
                changed = True
        if changed:
            yield forged


@lie("a road out of the ring is not told of, or stopped by something that does not stop it")
def road_out(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    told_in_words = json.dumps(document)
    signs = {"cut": '"cut"', "unknown": '"state": "unknown"', "permission": '"permission"',
             "tunnel": '"tunnel"', "third_party": '"third_party"', "neutral": '"neutral"',
             "neutral_strip": '"neutral"', "barrier": '"barrier"'}  # fmt: skip
    reasons = [r for r, sign in signs.items() if sign not in told_in_words]
    if "edge_of_the_map" not in json.dumps(told["certificates"]):
        reasons.append("edge")
    for reason in (None, *reasons):
        forged = fresh(told)
        changed = False
        for closed in certificates_of(forged, "closed"):
            for entries in closed["cut_set"].values():
                if entries and reason is None:
                    gone = entries[0]["id"]
                    entries[:] = [entry for entry in entries if entry["id"] != gone]
                    changed = True
                elif entries and entries[0]["because"] != reason:
                    entries[0]["because"] = reason
                    changed = True
        if changed:
            yield forged


@lie("a road is said to be stopped a kilometre past the ring, or as far inside it")
def stop_moved(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    lines = {f["id"]: shape(f["geometry"]) for f in document["features"]
             if f["properties"].get("kind") == "route"}  # fmt: skip
    for move_m in (1000.0, -1000.0):
        forged = fresh(told)
        changed = False
        for closed in certificates_of(forged, "closed"):
            ring = shape(closed["ring"])
            for entry in (e for entries in closed["cut_set"].values() for e in entries):
                line = lines.get(entry["id"])
                if line is None or line.geom_type != "LineString":
                    continue
                move = move_m / METRES_PER_DEG
                onward = line.project(Point(entry["at"])) + move
                place = line.interpolate(min(max(onward, 0.0), line.length))
                if place.distance(ring.boundary) > METRES_OFF / METRES_PER_DEG:
                    entry["at"] = [round(place.x, 7), round(place.y, 7)]
                    changed = True
        if changed:
            yield forged


# -- the frame ---------------------------------------------------------------------------------


@lie("a member without which nothing is proved is missing")
def member_missing(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    for name in (
        "force",
        "side",
        "as_of",
        "verdict",
        "status",
        "certificates",
        "units",
        "provenance",
    ):
        forged = fresh(told)
        del forged[name]
        yield forged
    proofs = [n for n, unit in enumerate(told["units"]) if any(unit["certificates"].values())]
    for number in proofs:
        for name in ("open", "closed"):
            if told["units"][number]["certificates"][name]:
                forged = fresh(told)
                forged["units"][number]["certificates"][name] = None
                yield forged


@lie("a truth is a number, a text, or nothing")
def truth_forged(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    for number, part in enumerate(parts_of(told)):
        for value in (True, False, None, 0, 1, "false", "true"):
            if value is not part["encircled"]:
                forged = fresh(told)
                parts_of(forged)[number]["encircled"] = value
                yield forged


@lie("it says that it was made from another map, or that the map has a notice it has not")
def map_renamed(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    forged = fresh(told)
    forged["provenance"]["situation"] = "another map"
    yield forged
    forged = fresh(told)
    forged["provenance"]["notices"].append("All is well.")
    yield forged


@lie("something is answered that nobody asks about")
def answer_invented(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    for number in range(len(parts_of(told))):
        for at in (("definitions",), ("axes",), ("axes", "land")):
            forged = fresh(told)
            place = parts_of(forged)[number]
            for step in at:
                place = place[step]
            place["hopeless"] = "yes"
            yield forged


@lie("the side, the force or the instant is another")
def another_case(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    sides = {f["properties"].get("side") for f in document["features"]} - {None, told["side"]}
    forces = {f["properties"].get("force") for f in document["features"]} - {None, told["force"]}
    for side in sorted(sides):
        yield {**fresh(told), "side": side}
    for force in sorted(forces):
        yield {**fresh(told), "force": force}
    for instant in (told["as_of"].replace("T12", "T13"), told["as_of"].replace("Z", "+03:00"),
                    told["as_of"][:10], told["as_of"].replace("20", "19", 1), None, 0):  # fmt: skip
        if instant != told["as_of"]:
            yield {**fresh(told), "as_of": instant}


@lie("an option is no measure, or bare ground is told otherwise than on the map")
def option_forged(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    for name in ("stale_after_days", "join_m", "seam_m", "surrounded_share", "salient_share"):
        for value in (math.nan, math.inf, -1, True, "30", 1e300, 1.5):
            if value == 1.5 and not name.endswith("_share"):
                continue  # a share of more than the whole
            forged = fresh(told)
            forged["provenance"]["parameters"][name] = value
            yield forged
    for value in {"open", "unknown", "neutral"} - {told["provenance"]["parameters"]["uncovered"]}:
        forged = fresh(told)
        forged["provenance"]["parameters"]["uncovered"] = value
        yield forged
    for value in (None, "", "0" * 64, told["provenance"]["input_sha256"].upper()):
        forged = fresh(told)
        forged["provenance"]["input_sha256"] = value
        yield forged


@lie("evidence is said to be left out, or assumed, that was not")
def supposition_invented(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    ids = [f["id"] for f in document["features"] if f["properties"].get("kind") == "control"]
    if not ids:
        return
    for name, value in (("without", [rng.choice(ids)]), ("assume", {rng.choice(ids): False})):
        forged = fresh(told)
        forged["provenance"]["parameters"][name] = value
        yield forged


@lie("what the map says of its own doubt is kept quiet, played down or rewritten")
def doubt_kept_quiet(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    drawn = json.dumps((document.get("situation") or {}).get("notices", []))
    for number, notice in enumerate(told["notices"]):
        if json.dumps(notice["statement"]) not in drawn:
            continue  # a slip of drawing, which only the engine looks for
        forged = fresh(told)
        del forged["notices"][number]
        yield forged
        if notice["severity"] != "info":
            forged = fresh(told)
            forged["notices"][number]["severity"] = "info"
            yield forged
        forged = fresh(told)
        forged["notices"][number]["statement"] = "All is well."
        yield forged


@lie("confidence, or how far it is said to hold, is another than what is told leads to")
def confidence_forged(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    own = told["confidence"]
    for level in ("low", None, "LOW") if own["level"] != "low" else ("high", "moderate", None):
        forged = fresh(told)
        forged["confidence"]["level"] = level
        yield forged
    if own["level"] == "moderate":
        yield {**fresh(told), "confidence": {**own, "level": "high"}}
    if told["verdict"] == "not_encircled" and told["margins"]["neck_width_m"]["at"]:
        for moved_m in {1000.0, 0.0, 777.0} - {own["holds_moved_m"]}:
            yield {**fresh(told), "confidence": {**own, "holds_moved_m": moved_m}}


@lie("something is called by a name that the map gives to something else, or to nothing")
def name_forged(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    names = told["names"]
    for one in names:
        for other in {*names.values(), "“Kyiv”"} - {names[one]}:
            yield {**fresh(told), "names": {**names, one: other}}
    yield {**fresh(told), "names": {**names, "nobody": "“Nobody”"}}


@lie("a notice is told that no map gives, of what is not there, or of what is not so")
def notice_invented(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    drawn = json.dumps((document.get("situation") or {}).get("notices", []))
    ids = [feature["id"] for feature in document["features"]]
    none = "No land anchor of the force is drawn: nothing on this map counts as reached. Draw the "
    none += "friendly ground that has its own way onward as an anchor."
    posted = "{} are one line at 35.0000, 50.0000, posted 2 times: counted once. Leave the copies "
    posted += "out, or name both sources on one."
    for code, severity, statement, about in (
        ("told", "info", "All is well.", []),
        ("no_anchor", "doubt", none, []),
        ("posted_twice", "caution", posted.format("“Nothing”"), ["nothing", "of this"]),
        ("posted_twice", "caution", posted.format("All is well: we"), rng.sample(ids, 1)),
    ):
        more = {"code": code, "severity": severity, "statement": statement, "features": about}
        if not any(notice["code"] == code for notice in told["notices"]):
            yield {**fresh(told), "notices": [*told["notices"], more]}
    for number, notice in enumerate(told["notices"]):
        if json.dumps(notice["statement"]) in drawn:
            continue  # `doubt_kept_quiet`
        for said in ({"statement": "All is well."}, {"severity": "doubtful"}, {"code": "told"}):
            forged = fresh(told)
            forged["notices"][number].update(said)
            yield forged
        if notice["code"] in ("no_anchor", "force_off_the_map", "anchor_off_the_map"):
            forged = fresh(told)
            del forged["notices"][number]
            yield forged


@lie("the reach that was guessed is told otherwise")
def guess_forged(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    guessed = told["provenance"]["default_reach_m"]
    for name in guessed:
        for value in (guessed[name] * 10, None):
            forged = fresh(told)
            if value is None:
                del forged["provenance"]["default_reach_m"][name]
            else:
                forged["provenance"]["default_reach_m"][name] = value
            yield forged
    forged = fresh(told)
    forged["provenance"]["default_reach_m"][told["units"][0]["id"] if told["units"] else "x"] = 77.0
    yield forged


@lie("a definition is answered against the verdict, the axes, or both")
def definition_forged(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    for number, part in enumerate(parts_of(told)):
        for name in ("land_cut", "vehicle_cut", "isolation"):
            for answer in ("yes", "no", "contested", "unknown", "perhaps"):
                if answer != part["definitions"][name]:
                    forged = fresh(told)
                    parts_of(forged)[number]["definitions"][name] = answer
                    yield forged


@lie("the words of the status, or the rule that decides, are those of another")
def label_forged(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    for number, part in enumerate(parts_of(told)):
        for label in ("Connected", "Encircled and isolated"):
            if label != part["status"]["label"]:
                forged = fresh(told)
                parts_of(forged)[number]["status"]["label"] = label
                yield forged
    for rule in RULES.values():
        if rule != RULES[told["status"]["code"]]:
            forged = fresh(told)
            forged["findings"].append({**told["findings"][0], "rule": rule, "decides": True})
            yield forged


@lie("a rule is told beside the one that decides of which there is nothing on the map")
def finding_invented(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    told_in_words = json.dumps(document)
    signs = {"routes_cut": '"cut"', "crossings_cut": '"cut"', "enemy_leave": '"permission"',
             "routes_out": '"route"', "special_ways": '"crossing"',
             "claims_not_counted": '"claimed"', "evidence_after_as_of": '"observed_at"',
             "evidence_of_another_time": '"valid_', "fire_on_the_way": '"fire"',
             "stale_evidence": 'ed_at"'}  # fmt: skip
    for rule, sign in signs.items():
        if sign not in told_in_words:
            forged = fresh(told)
            more = {"evidence": [], "decides": False, "reference": "docs/contract.md"}
            forged["findings"].append({"rule": rule, "statement": "It is so.", **more})
            yield forged


@lie("the neck is laid to a feature that lies farther off than what pinches it, or is not there")
def neck_credited(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    own = told["certificates"]["open"]
    neck = own and own["bottleneck"]
    if not neck or not neck["at"] or not neck["width_m"]:
        return
    at = Point(neck["at"])
    far = [f for f in document["features"] if f.get("geometry")
           and f["properties"]["kind"] in {"control", "barrier", "anchor", "position"}
           and shape(f["geometry"]).distance(at) * METRES_PER_DEG > 5 * neck["width_m"] + 5000
           and abs(f["properties"].get("location_error_m") or 0) < 1000]  # fmt: skip
    for name in ("nobody", *(f["id"] for f in far)):
        forged = fresh(told)
        forged["certificates"]["open"]["bottleneck"]["evidence"] = [name]
        yield forged


@lie("a position has the name, or the presence, of another")
def position_renamed(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    for number, unit in enumerate(told["units"]):
        others = {"present": {"yes", "withdrawn", "unknown"} - {unit["present"]}, "name": {"Kyiv"}}
        for name, values in others.items():
            for value in sorted(values):
                forged = fresh(told)
                forged["units"][number][name] = value
                yield forged


@lie("the neck told beside the verdict is another than the path's, or fewer ways are told")
def margin_forged(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    path, margins = told["certificates"]["open"], told["margins"]
    if not path:
        return
    neck = margins.get("neck_width_m")
    for width in (0.0, 123.4, None):
        if neck and neck[path["reading"]] != width:
            forged = fresh(told)
            forged["margins"]["neck_width_m"][path["reading"]] = width
            yield forged
    if path["disjoint"]["count"] and "disjoint_routes" in margins:
        forged = fresh(told)
        forged["margins"]["disjoint_routes"][path["reading"]] = 0
        yield forged


# -- the words ---------------------------------------------------------------------------------

IN_WORDS = ("headline_forged", "title_forged", "reason_forged", "confidence_forged")
"""Lies told in what every other kind leaves away, see `fall_silent`."""
SENTENCES = {
    "C0": "the force was not encircled: the way out was open.",
    "E2": "the force was encircled and isolated: every way by land was closed.",
    "N": "the force was no longer there to be encircled.",
}


def fall_silent(told: Told) -> Told:
    """Leave away sentences and confidence: a forger who tells none has none found out."""
    silent = {n: value for n, value in told.items() if n not in ("headline", "confidence")}
    silent["findings"] = [_without_statement(f) for f in told.get("findings") or []]
    if told.get("units"):
        silent["units"] = [
            {**unit, "because": _without_statement(unit["because"])}
            if unit.get("because")
            else unit
            for unit in told["units"]
        ]
    return silent


def _without_statement(finding: Told) -> Told:
    return {name: value for name, value in finding.items() if name != "statement"}


@lie("the headline says the opposite, or a word more or less than is proved")
def headline_forged(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    headline, day = told["headline"], told["as_of"][:4]
    others = [
        "",
        *(f"On {day} {said}" for code, said in SENTENCES.items() if code != told["status"]["code"]),
        headline.replace("was not encircled", "was encircled"),
        headline.replace("was encircled", "was not encircled"),
        headline.replace(day, str(int(day) - 1)),
        headline.replace("cut off", "lost"),
        headline.replace("; the map is in doubt", "; the map is beyond doubt"),
        headline.partition(";")[0].rstrip(".") + ".",
        f"{headline[:-1]}; 1 of its 2 units was cut off.",
        f"{headline} It was surrounded.",
        headline.upper(),
    ]
    for other in dict.fromkeys(others):
        if other != headline:
            yield {**fresh(told), "headline": other}


@lie("the map has another title than it has")
def title_forged(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    for title in ("The ring is closed", f"{told['title']}, encircled"):
        yield {**fresh(told), "title": title}


@lie("the rule that decides is told in other words than its own")
def reason_forged(told: Told, document: Told, rng: random.Random) -> Iterator[Told]:
    for number, part in enumerate(parts_of(told)):
        for count, finding in enumerate(part.get("findings") or [part["because"]]):
            if not finding["decides"]:
                continue
            said = finding["statement"]
            for other in ("No way was left.", f"{said} In truth it was cut off.", said.lower()):
                forged = fresh(told)
                one = parts_of(forged)[number]
                (one["findings"][count] if "findings" in one else one["because"])["statement"] = (
                    other
                )
                yield forged
