"""Spoiled maps and forged judgements: what exports, hands and liars do to a file."""

from __future__ import annotations

import contextlib
import copy
import gzip
import io
import itertools
import json
import math
import zipfile
from xml.etree import ElementTree as ET  # writes; what is read back is our own

KML_NS = "http://www.opengis.net/kml/2.2"

# -- JSON --------------------------------------------------------------------------------------


def nodes(value, path=()):
    """List every place in a JSON document."""
    yield path
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from nodes(inner, (*path, key))


def parent_of(document, path):
    for key in path[:-1]:
        document = document[key]
    return document


def geometries(document):
    """List every geometry in a document, as it stands there."""
    if isinstance(document, dict):
        if isinstance(document.get("coordinates"), list):
            yield document
        for inner in document.values():
            yield from geometries(inner)
    elif isinstance(document, list) and not (document and isinstance(document[0], float)):
        for inner in document:
            yield from geometries(inner)


def rings_of(geometry):
    stack = [geometry["coordinates"]]
    while stack:
        item = stack.pop()
        if isinstance(item, list) and item and isinstance(item[0], list):
            if item[0] and isinstance(item[0][0], (int, float)):
                yield item
            else:
                stack.extend(item)


def a_ring(random, document):
    found = [ring for geometry in geometries(document) for ring in rings_of(geometry)]
    return random.choice(found) if found else []


def features_of(document):
    inner = document
    for _ in range(3):
        if isinstance(inner, dict) and isinstance(inner.get("features"), list):
            return inner["features"]
        inner = next((v for v in inner.values() if isinstance(v, dict)), {}) if inner else {}
    return []


def a_feature(random, document):
    found = [f for f in features_of(document) if isinstance(f, dict)]
    return random.choice(found) if found else {}


def drop_heights(random, document):
    for position in a_ring(random, document)[:: random.choice([1, 2])]:
        del position[2:]


def put_heights(random, document):
    for position in a_ring(random, document)[:: random.choice([1, 2, 3])]:
        position[2:] = [random.choice([0, 120.5, None, -3])]


def swap_ring(random, document):
    for position in a_ring(random, document):
        position[:2] = position[1::-1]


def swap_all(random, document):
    del random
    for geometry in geometries(document):
        for ring in rings_of(geometry):
            for position in ring:
                position[:2] = position[1::-1]


def scale(random, document):
    factor = random.choice([111_000, 1e-3, 1e6, -1, 1e300])
    for position in a_ring(random, document):
        position[:2] = [n * factor if isinstance(n, (int, float)) else n for n in position[:2]]


def spoil_number(random, document):
    ring = a_ring(random, document)
    if ring:
        position = random.choice(ring)
        position[random.randrange(len(position))] = random.choice(
            [None, "35.1", "", True, [], {}, 1e999, -1e999, float("nan"), 181, "35,1", 10**400]
        )


def cut_ring(random, document):
    ring = a_ring(random, document)
    del ring[random.randrange(len(ring) + 1) if ring else 0 :]


def open_ring(random, document):
    ring = a_ring(random, document)
    if len(ring) > 1:
        del ring[-1]


def turn_ring(random, document):
    a_ring(random, document).reverse()


def shuffle_ring(random, document):
    ring = a_ring(random, document)
    middle = ring[1:-1]
    random.shuffle(middle)
    ring[1:-1] = middle


def repeat_ring(random, document):
    found = [g for g in geometries(document) if g["coordinates"]]
    if found:
        geometry = random.choice(found)
        geometry["coordinates"].append(copy.deepcopy(random.choice(geometry["coordinates"])))


def repeat_feature(random, document):
    features = features_of(document)
    if features:
        features.append(copy.deepcopy(random.choice(features)))


def shuffle_features(random, document):
    random.shuffle(features_of(document))


def drop_geometry(random, document):
    a_feature(random, document)["geometry"] = random.choice(
        [None, {}, [], "POLYGON", {"type": "Polygon"}, {"type": "Polygon", "coordinates": []}]
    )


def retype(random, document):
    found = list(geometries(document))
    if found:
        random.choice(found)["type"] = random.choice(
            ["Polygon", "MultiPolygon", "LineString", "MultiLineString", "Point", "polygon", "", 3]
        )


def collect(random, document):
    feature = a_feature(random, document)
    inner = copy.deepcopy(feature.get("geometry"))
    feature["geometry"] = {"type": "GeometryCollection", "geometries": [inner]}


def rename_id(random, document):
    a_feature(random, document)["id"] = random.choice([7, "x", None, "", True, 1.5, "\u2028\ud83d"])


def spoil_properties(random, document):
    feature = a_feature(random, document)
    properties = feature.get("properties")
    if isinstance(properties, dict) and properties and random.random() < 0.8:
        key = random.choice(list(properties))
        properties[key] = random.choice(
            [None, "", 3, [], {}, "#123456", "maybe", "ОКУПОВАНО", " #A52714\u00a0", "gains "]
        )
    else:
        feature["properties"] = random.choice([None, {}, [], "x"])


def put_crs(random, document):
    name = random.choice(
        ["EPSG:3857", "urn:ogc:def:crs:EPSG::4284", "urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326",
         "EPSG:32637"]
    )  # fmt: skip
    where = random.choice([document, a_feature(random, document)])
    where["crs"] = {"type": "name", "properties": {"name": name}}


def cut_page(random, document):
    marks = {"exceededTransferLimit": True, "numberMatched": 9000, "next": "https://example.org/2"}
    mark = random.choice(list(marks))
    document[mark] = marks[mark]


def wrap(random, document):
    inner = dict(document)
    document.clear()
    document[random.choice(["map", "value", "geojson", "data", "strange"])] = inner


def drop_node(random, document):
    path = random.choice([p for p in nodes(document) if p])
    holder = parent_of(document, path)
    del holder[path[-1]]


def null_node(random, document):
    path = random.choice([p for p in nodes(document) if p])
    parent_of(document, path)[path[-1]] = random.choice([None, [], {}, "", 0, "\u202e\u0000"])


def put_stranger(random, document):
    features_of(document).append(random.choice([None, 3, "x", [], {}, {"type": "Feature"}]))


JSON_SPOILERS = (
    drop_heights, put_heights, swap_ring, swap_all, scale, spoil_number, cut_ring, open_ring,
    turn_ring, shuffle_ring, repeat_ring, repeat_feature, shuffle_features, drop_geometry, retype,
    collect, rename_id, spoil_properties, put_crs, cut_page, wrap, drop_node, null_node,
    put_stranger,
)  # fmt: skip


def spoil_json(random, document):
    """Spoil a copy of a document in one to three ways, and write it as bytes, spoilt or not."""
    spoilt = copy.deepcopy(document)
    for _ in range(random.randint(1, 3)):
        with contextlib.suppress(TypeError, KeyError, AttributeError, IndexError):
            random.choice(JSON_SPOILERS)(random, spoilt)  # what is spoilt already may not be again
    raw = json.dumps(spoilt, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")
    return spoil_bytes(random, raw)


def spoil_bytes(random, raw):
    """Now and then: bytes cut off, changed, or packed."""
    dice = random.random()
    if dice < 0.04:
        return raw[: random.randrange(len(raw))]
    if dice < 0.08:
        place = random.randrange(len(raw))
        return raw[:place] + bytes([random.randrange(256)]) + raw[place + 1 :]
    if dice < 0.12:
        return gzip.compress(raw)
    return b"\xef\xbb\xbf" + raw if dice < 0.14 else raw


# -- XML ---------------------------------------------------------------------------------------


def local(element):
    return element.tag.rpartition("}")[2]


def of_kind(root, *kinds):
    return [element for element in root.iter() if local(element) in kinds]


def parents(root):
    return {child: parent for parent in root.iter() for child in parent}


def drop_element(random, root):
    above = parents(root)
    gone = random.choice(list(above))
    above[gone].remove(gone)


def drop_style(random, root):
    above = parents(root)
    styles = of_kind(root, "Style", "StyleMap", "styleUrl", "PolyStyle", "color")
    if styles:
        gone = random.choice(styles)
        above[gone].remove(gone)


def repeat_element(random, root):
    above = parents(root)
    again = random.choice(list(above))
    above[again].append(copy.deepcopy(again))


def move_element(random, root):
    above = parents(root)
    moved = random.choice(list(above))
    inside = set(moved.iter())
    targets = [e for e in root.iter() if e not in inside]
    above[moved].remove(moved)
    random.choice(targets or [root]).append(moved)


def rename_element(random, root):
    element = random.choice(list(root.iter()))
    element.tag = random.choice(
        [local(element), local(element).lower(), f"{{urn:x}}{local(element)}",
         f"{{{KML_NS}}}Wrapper", f"{{{KML_NS}}}Folder"]
    )  # fmt: skip


def wrap_element(random, root):
    above = parents(root)
    inner = random.choice(list(above))
    place = list(above[inner]).index(inner)
    kind = random.choice(["Folder", "Document", "MultiGeometry", "Wrapper"])
    outer = ET.Element(f"{{{KML_NS}}}{kind}")
    above[inner].remove(inner)
    outer.append(inner)
    above[inner].insert(place, outer)


def spoil_text(random, root):
    element = random.choice([e for e in root.iter() if (e.text or "").strip()] or [root])
    element.text = random.choice(["", "0", "#none", "ff0000ff", "маріуполь", "2025-03-01", "nan"])


def spoil_coordinates(random, root):
    found = of_kind(root, "coordinates")
    if not found:
        return
    element = random.choice(found)
    positions = (element.text or "").split()
    if not positions:
        return
    place = random.randrange(len(positions))
    lon, _, rest = positions[place].partition(",")
    high = f"{lon},{rest.partition(',')[0]},9"
    ways = {
        "blanks": lambda: [p.replace(",", ", ") for p in positions],
        "newlines": lambda: ["\n\t" + p for p in positions],
        "heights": lambda: [*positions[:place], high, *positions[place + 1 :]],
        "flat": lambda: [",".join(p.split(",")[:2]) for p in positions],
        "swapped": lambda: [",".join(p.split(",")[1::-1]) for p in positions],
        "metres": lambda: [f"{float(p.partition(',')[0]) * 111e3},51" for p in positions],
        "cut": lambda: positions[:place],
        "open": lambda: positions[:-1],
        "turned": lambda: positions[::-1],
        "broken": lambda: [*positions[:place], "x,y", *positions[place:]],
        "semicolons": lambda: [p.replace(",", ";") for p in positions],
        "one": lambda: [",".join(positions)],
    }  # fmt: skip
    try:
        element.text = " ".join(random.choice(list(ways.values()))())
    except (ValueError, IndexError):
        element.text = "spoilt before"


TIMES = (("TimeStamp", "when"), ("TimeSpan", "begin"), ("TimeSpan", "end"))


def put_time(random, root):
    placemarks = of_kind(root, "Placemark", "Folder", "Document")
    if placemarks:
        kind, inner = random.choice(TIMES)
        time = ET.SubElement(random.choice(placemarks), f"{{{KML_NS}}}{kind}")
        ET.SubElement(time, f"{{{KML_NS}}}{inner}").text = random.choice(
            ["2025-03-14", "2025-03", "2024", "2026-01-01T00:00:00Z", "soon", "2025-13-40"]
        )


def put_link(random, root):
    where = random.choice([root, *of_kind(root, "Document")])
    link = ET.SubElement(ET.SubElement(where, f"{{{KML_NS}}}NetworkLink"), f"{{{KML_NS}}}Link")
    ET.SubElement(link, f"{{{KML_NS}}}href").text = "more.kml"


def make_line(random, root):
    found = of_kind(root, "Polygon")
    above = parents(root)
    if found:
        polygon = random.choice(found)
        rings = of_kind(polygon, "coordinates")
        line = ET.Element(f"{{{KML_NS}}}LineString")
        line.append(copy.deepcopy(rings[0]) if rings else ET.Element(f"{{{KML_NS}}}coordinates"))
        above[polygon].append(line)
        above[polygon].remove(polygon)


def spoil_id(random, root):
    found = [e for e in root.iter() if e.get("id")]
    if found:
        random.choice(found).set("id", random.choice(["ua", "ru", "", "x"]))


XML_SPOILERS = (
    drop_element, drop_style, repeat_element, move_element, rename_element, wrap_element,
    spoil_text, spoil_coordinates, spoil_coordinates, put_time, put_link, make_line, spoil_id,
)  # fmt: skip


def spoil_xml(random, raw):
    """Spoil a KML in one to three ways, and write it in some encoding."""
    root = ET.fromstring(raw)  # noqa: S314 - our own
    for _ in range(random.randint(1, 3)):
        if len(root):
            random.choice(XML_SPOILERS)(random, root)
    encoding = random.choice(["utf-8", "utf-8", "utf-8", "utf-16", "windows-1251"])
    return spoil_bytes(random, ET.tostring(root, encoding=encoding, xml_declaration=True))


def pack(random, documents):
    """Pack documents as a KMZ: one or several, in folders, with what archives carry besides."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, document in enumerate(documents):
            name = random.choice(["doc.kml", f"files/{number}.kml", f"Зона {number}.KML"])
            archive.writestr(name if number else "doc.kml", document)
        archive.writestr("files/icon.png", b"\x89PNG")
        archive.writestr("__MACOSX/._doc.kml", b"\x00\x05\x16\x07")
    return held.getvalue()


# -- judgements: each forger changes one in place, or gives False where it finds nothing to forge --

WORDS = {
    "C0": ("connected", "not_encircled", False, "no"),
    "C1": ("salient", "not_encircled", False, "no"),
    "C2": ("interdicted", "not_encircled", False, "no"),
    "C3": ("contested", "contested", None, "contested"),
    "E1": ("encircled_with_access", "encircled", True, "yes"),
    "E2": ("isolated", "encircled", True, "yes"),
    "U": ("indeterminate", "indeterminate", None, "unknown"),
    "N": ("no_force", "no_force", None, "unknown"),
}
BECAUSE = {
    "C0": "connected", "C1": "salient", "C2": "interdicted", "C3": "contested",
    "E1": "encircled_with_access", "E2": "isolated", "U": "map_ends_first", "N": "no_force",
}  # fmt: skip


def parts_of(said):
    return [said, *said["units"]]


def paths_of(said):
    return [one["certificates"]["open"] for one in parts_of(said) if one["certificates"]["open"]]


def rings_in(said):
    shut = [one["certificates"]["closed"] for one in parts_of(said)]
    return [ring for ring in shut if ring]


def say(said, code):
    """Call the force and all its positions something else, in every word that is checked."""
    name, verdict, encircled, cut = WORDS[code]
    for one in parts_of(said):
        one.update(verdict=verdict, encircled=encircled)
        one["status"].update(code=code, name=name)
        one["definitions"]["land_cut"] = cut
        if isinstance(one.get("because"), dict):
            one["because"]["rule"] = BECAUSE[code]
    for finding in said["findings"]:
        if finding["decides"]:
            finding["rule"] = BECAUSE[code]
    standing = said["cut_off"]["of"]
    whole = verdict == "encircled"
    said["cut_off"].update(units=standing if whole else 0, weight_share=float(whole))


def call_it_undecided(said, document):
    """The map is said to end before the answer, or nobody to be sure of the position."""
    del document
    if said["verdict"] not in ("encircled", "not_encircled", "contested"):
        return False
    say(said, "U")
    for one in parts_of(said):
        one["certificates"] = {"open": None, "closed": None}
        one["axes"].update(land={}, sea="none", air="none", special="none")
    return True


def call_it_gone(said, document):
    call_it_undecided(said, document)
    say(said, "N")


def give_it_access(said, document):
    """Open an axis by a word."""
    del document
    if said["status"]["code"] != "E2":
        return False
    say(said, "E1")
    for one in parts_of(said):
        one["axes"]["air"] = "open"
    return True


def take_its_access(said, document):
    del document
    if said["status"]["code"] != "E1" or any(u["status"]["code"] != "E1" for u in said["units"]):
        return False
    say(said, "E2")
    for one in parts_of(said):
        one["axes"].update(sea="closed", air="closed", special="closed")
    return True


def invent_fire(said, document):
    """Put every leg under fire that closes it to wheels and tracks."""
    del document
    if said["status"]["code"] not in ("C0", "C1"):
        return False
    say(said, "C2")
    for one in parts_of(said):
        if one["certificates"]["open"]:
            for leg in one["certificates"]["open"]["legs"]:
                leg["fire"] = "F4"
            one["axes"]["fire"]["best"] = "F4"
    return True


def call_the_interdicted_connected(said, document):
    del document
    if said["status"]["code"] != "C2":
        return False
    say(said, "C0")
    return True


def play_fire_down(said, document):
    """Call every leg calm."""
    del document
    if said["status"]["code"] != "C2" or said["axes"]["fire"]["best"] not in ("F3", "F4"):
        return False
    say(said, "C0")
    for one in parts_of(said):
        if one["certificates"]["open"]:
            for leg in one["certificates"]["open"]["legs"]:
                leg["fire"] = None if leg["fire"] in ("F3", "F4") else leg["fire"]
            one["axes"]["fire"]["best"] = None
    return True


def invent_ways(said, document):
    """Count every line of the map that the ways do not take as one more."""
    lines = [f["id"] for f in document["features"]
             if f["properties"]["kind"] in ("route", "crossing")]  # fmt: skip
    found = False
    for path in paths_of(said):
        disjoint = path["disjoint"]
        taken = {name for way in disjoint["ways"] for name in way}
        spare = [name for name in lines if name not in taken]
        found = found or bool(spare)
        disjoint["ways"] += [[name] for name in spare]
        disjoint["cut"] += spare
        disjoint["count"] += len(spare)
    return found


def count_cut_off_wrongly(said, document):
    del document
    if not said["cut_off"]["of"]:
        return False
    said["cut_off"]["units"] = (said["cut_off"]["units"] + 1) % (said["cut_off"]["of"] + 1)
    return True


def name_another_best_fire(said, document):
    del document
    if not paths_of(said):
        return False
    best = said["axes"]["fire"]["best"]
    for one in parts_of(said):
        one["axes"]["fire"]["best"] = "F4" if best != "F4" else "F1"
    return True


def decide_by_another_rule(said, document):
    del document
    for one in said["units"]:
        one["because"]["rule"] = "connected" if one["status"]["code"] != "C0" else "isolated"
    return True


def say_the_map_gives_the_same(said, document):
    """Tell that what is supposed changes nothing, whatever the map as drawn gives."""
    del document
    what_if = said["what_if"]
    if not what_if or not any(c["member"] == "verdict" for c in what_if["changed"]):
        return False
    what_if["base"].update(status=said["status"]["code"], verdict=said["verdict"])
    what_if["base"]["definitions"] = dict(said["definitions"])
    what_if["changed"] = []
    return True


FORGERS = (
    call_it_undecided, call_it_gone, give_it_access, take_its_access, invent_fire,
    call_the_interdicted_connected, play_fire_down, invent_ways, count_cut_off_wrongly,
    name_another_best_fire, decide_by_another_rule, say_the_map_gives_the_same,
)  # fmt: skip
"""Lies about a judgement that leave its lines as they are; those that redraw them are tried on the
library of history, in tests/historical/test_mutations.py."""


# -- maps: each draws in what makes the judgement false, as narrow as a forger may hope to hide ----


def frame_at(line):
    """
    Give a way to draw round the middle of a line's longest stretch: metres along, and across.

    Longer than a few kilometres a stretch bends on this flat ground, so shorter ones come first.
    """
    stretches = list(itertools.pairwise(line))
    stretches = [ab for ab in stretches if math.dist(*ab) < 0.05] or stretches
    (x0, y0), (x1, y1) = max(stretches, key=lambda ab: math.dist(*ab))
    east = 111_320.0 * math.cos(math.radians((y0 + y1) / 2))
    along = ((x1 - x0) * east, (y1 - y0) * 111_320.0)
    length = math.hypot(*along)
    ux, uy = along[0] / length, along[1] / length

    def draw(ahead_m, aside_m):
        dx, dy = ux * ahead_m - uy * aside_m, uy * ahead_m + ux * aside_m
        return [(x0 + x1) / 2 + dx / east, (y0 + y1) / 2 + dy / 111_320.0]

    return draw


def put(document, name, geometry, coordinates, **says):
    shape = {"type": geometry, "coordinates": coordinates}
    document["features"].append(
        {"type": "Feature", "id": name, "geometry": shape, "properties": says}
    )


def on_the_way(said):
    """Find a stretch of a sure way that only its own ground or road carries."""
    path = said["certificates"]["open"]
    if said["verdict"] != "not_encircled" or not path:
        return None
    legs = [leg for leg in path["legs"] if leg["by"] != "crossing" and leg["length_m"] > 500]
    longest = max(legs, key=lambda leg: leg["length_m"], default=None)
    return frame_at(longest["geometry"]["coordinates"]) if longest else None


def enemy_of(document, side):
    known = {f["properties"].get("holder") for f in document["features"]}
    return next(iter(sorted(known - {None, side, "neutral", ""}, key=str)), None)


def lay_a_sliver(width_m):
    def forge(said, document):
        draw, enemy = on_the_way(said), enemy_of(document, said["side"])
        if draw is None or enemy is None:
            return False
        w, far = width_m / 2, 300.0
        corners = [draw(-w, -far), draw(w, -far), draw(w, far), draw(-w, far), draw(-w, -far)]
        put(document, "sliver", "Polygon", [corners], kind="control", holder=enemy,
            basis="assessed")  # fmt: skip
        return True

    forge.__name__ = f"lay_a_sliver_of_{width_m:g}_m"
    return forge


def lay_a_river_in_two(said, document):
    """Two features of one river meet where the way goes over it."""
    draw = on_the_way(said)
    if draw is None:
        return False
    for name, side in (("river-n", 300.0), ("river-s", -300.0)):
        put(document, name, "LineString", [draw(40.0, side), draw(0.0, 0.0)], kind="barrier",
            type="river", blocks=["rail", "wheeled", "tracked", "foot"])  # fmt: skip
    return True


def end_a_river_at_the_enemy(said, document):
    """A river comes down to a strip of hostile ground, just where the way goes by."""
    draw, enemy = on_the_way(said), enemy_of(document, said["side"])
    if draw is None or enemy is None:
        return False
    put(document, "river", "LineString", [draw(0.0, 300.0), draw(0.0, 0.0)], kind="barrier",
        type="river", blocks=["rail", "wheeled", "tracked", "foot"])  # fmt: skip
    corners = [draw(-20, -300), draw(20, -300), draw(20, 0.0), draw(-20, 0.0), draw(-20, -300)]
    put(document, "strip", "Polygon", [corners], kind="control", holder=enemy, basis="assessed")
    return True


def put_an_anchor_inside(depth_m):
    def forge(said, document):
        ring = said["certificates"]["closed"]
        held = [s for s in ring["segments"] if 20 < s["length_m"] < 20_000] if ring else []
        if said["verdict"] != "encircled" or not held:
            return False
        longest = max(held, key=lambda segment: segment["length_m"])
        inside = frame_at(longest["geometry"]["coordinates"])(0.0, depth_m)
        put(document, "depot-inside", "Point", inside, kind="anchor", side=said["side"])
        return True

    forge.__name__ = f"put_an_anchor_{depth_m:g}_m_inside"
    return forge


def cut_the_road(said, document):
    """Cut every route that the way takes."""
    path = said["certificates"]["open"]
    if said["verdict"] != "not_encircled" or path["mode"] not in ("wheeled", "rail"):
        return False
    taken = {leg["evidence"][0] for leg in path["legs"] if leg["by"] == "route"}
    for feature in document["features"]:
        if feature["id"] in taken:
            feature["properties"]["state"] = "cut"
    return bool(taken)


MAP_FORGERS = (
    *(lay_a_sliver(width) for width in (0.5, 1.0, 2.4, 3.9)),
    lay_a_river_in_two, end_a_river_at_the_enemy,
    *(put_an_anchor_inside(depth) for depth in (0.5, 1.9, 3.0)),
    cut_the_road,
)  # fmt: skip
"""What is drawn into a map so that its old judgement is false by a little."""
