/** How the layers are drawn, from the ground up to the labels. */

import type { LayerSpecification, StyleSpecification, ExpressionSpecification } from "maplibre-gl";
import type { LayerName } from "./scene";
import { dashOf, LINES, type Base } from "./palette";

export const FONT = ["Inter Variable", "sans-serif"];
export const SOURCES: readonly (LayerName | "base" | "taken")[] = [
  "base", "taken", "ground", "fire", "lines", "areas", "way", "ring", "neck", "signs", "numbers", "callouts", "pieces", "names",
];
/** Layers of what somebody can click. */
export const PICKED = ["signs", "route", "track", "rail", "barrier", "river", "fire-fill", "area-fill", "ground-fill", "land-fill"];

const get = (name: string): ExpressionSpecification => ["get", name];
const is = (name: string, value: string | boolean): ExpressionSpecification => ["==", ["get", name], value];
const FLAT: ExpressionSpecification = ["in", ["get", "what"], ["literal", ["anchor", "force", "stand"]]];
const SPACED = [3.5, 4.6] as const;

/** The style of an empty map in some colours. */
export function writeStyle(base: Base): StyleSpecification {
  const empty = { type: "geojson" as const, data: { type: "FeatureCollection" as const, features: [] } };
  const sources = Object.fromEntries(SOURCES.map((name) => [name, { ...empty, tolerance: 0.2 }]));
  return { version: 8, sources, layers: [...writeGround(base), ...writeProof(base), ...writeLabels(base)] };
}

function writeGround(base: Base): LayerSpecification[] {
  const line = (id: string, what: string, paint: object, layout: object = {}): LayerSpecification => ({
    id, type: "line", source: "lines", filter: is("what", what), layout, paint,
  }) as LayerSpecification;
  const fills = (name: string, which: ExpressionSpecification): LayerSpecification[] => [
    { id: `${name}-fill`, type: "fill", source: "ground", filter: which, paint: { "fill-color": get("fill"), "fill-antialias": false } },
    { id: `${name}-mark`, type: "fill", source: "ground", filter: ["all", which, ["!=", ["get", "mark"], ""]], paint: { "fill-pattern": get("mark") } },
  ];
  return [
    { id: "paper", type: "background", paint: { "background-color": base.paper } },
    { id: "uncovered", type: "fill", source: "areas", filter: is("what", "uncovered"), paint: { "fill-pattern": "hatch", "fill-opacity": 0.6 } },
    // The sea lies over a state's territory, which reaches into it, and beneath what somebody drew as held.
    ...fills("land", ["<=", ["get", "order"], 1]),
    { id: "sea", type: "fill", source: "base", filter: is("layer", "sea"), paint: { "fill-color": base.sea, "fill-antialias": false } },
    ...fills("ground", [">", ["get", "order"], 1]),
    { id: "water", type: "fill", source: "areas", filter: is("what", "water"), paint: { "fill-color": base.sea } },
    { id: "water-line", type: "line", source: "areas", filter: is("what", "water"), paint: { "line-color": base.seaLine, "line-width": 1 } },
    { id: "ground-line", type: "line", source: "ground", filter: is("dashed", false), paint: { "line-color": get("edge"), "line-width": 1 } },
    { id: "ground-dash", type: "line", source: "ground", filter: is("dashed", true), paint: { "line-color": base.hatch, "line-width": 1, "line-dasharray": [4, 3] } },
    line("edge", "edge", { "line-color": base.muted, "line-width": 1, "line-dasharray": [1, 4] }),
    { id: "border", type: "line", source: "base", filter: is("layer", "border"), paint: { "line-color": base.border, "line-width": 1.4, "line-dasharray": [6, 2, 1.4, 2] } },
    line("claimed", "claimed", { "line-color": base.muted, "line-width": 1.6, "line-dasharray": [5, 3] }),
    { id: "fire-fill", type: "fill", source: "fire", paint: { "fill-pattern": "fire", "fill-opacity": ["case", get("hard"), 0.75, 0.001] } },
    { id: "fire-line", type: "line", source: "fire", layout: { "line-cap": "round" }, paint: { "line-color": base.fire, "line-width": 1.6, "line-dasharray": [0.5, 2.4] } },
    { id: "area-fill", type: "fill", source: "areas", filter: FLAT, paint: { "fill-color": ["match", ["get", "what"], "anchor", base.way, base.ink], "fill-opacity": ["match", ["get", "what"], "anchor", 0.08, 0.001] } },
    { id: "area-line", type: "line", source: "areas", filter: FLAT, paint: { "line-color": ["match", ["get", "what"], "anchor", base.way, base.ink], "line-width": ["match", ["get", "what"], "force", 2.2, 1.4] } },
    line("river", "river", { "line-color": base.water, "line-width": 2.2 }, { "line-join": "round" }),
    line("barrier", "barrier", { "line-color": base.muted, "line-width": 2, "line-dasharray": [2, 1] }),
    line("road-case", "road", { "line-color": base.casing, "line-width": SPACED[1] }, { "line-cap": "round", "line-join": "round" }),
    line("route", "road", { "line-color": base.road, "line-width": 2.2 }, { "line-cap": "round", "line-join": "round" }),
    line("track", "track", { "line-color": base.road, "line-width": 1.6, "line-dasharray": [3.4, 2] }),
    line("rail", "rail", { "line-color": base.road, "line-width": 2.6, "line-dasharray": [0.6, 1.6] }),
    line("rail-line", "rail", { "line-color": base.road, "line-width": 0.9 }),
    line("crossing-line", "crossing", { "line-color": base.ink, "line-width": 3 }),
    line("relief", "relief", { "line-color": base.muted, "line-width": 1.8, "line-dasharray": [3, 2] }),
    { id: "piece-case", type: "line", source: "pieces", paint: { "line-color": base.halo, "line-width": 6 }, layout: { "line-join": "round" } },
    { id: "piece", type: "line", source: "pieces", paint: { "line-color": base.ink, "line-width": 2.8 }, layout: { "line-join": "round" } },
  ];
}

function writeProof(base: Base): LayerSpecification[] {
  const colour = (own: string): ExpressionSpecification => ["case", get("what_if"), base.whatIf, own];
  const round = { "line-cap": "round", "line-join": "round" } as const;
  const held: ExpressionSpecification = ["in", ["get", "by"], ["literal", ["hostile", "barrier", "sea"]]];
  return [
    { id: "ring-case", type: "line", source: "ring", layout: round, paint: { "line-color": base.halo, "line-width": LINES.ring_halo, "line-opacity": 0.85 } },
    { id: "ring", type: "line", source: "ring", filter: held, layout: { "line-join": "round" }, paint: { "line-color": colour(base.ring), "line-width": ["match", ["get", "by"], ["sea", "barrier"], LINES.ring_wet, LINES.ring] } },
    { id: "ring-core", type: "line", source: "ring", filter: ["in", ["get", "by"], ["literal", ["sea", "barrier"]]], paint: { "line-color": base.sea, "line-width": LINES.core, "line-dasharray": dashOf("core", LINES.core) } },
    { id: "ring-grey", type: "line", source: "ring", filter: ["all", ["!", held], ["!", is("by", "neutral")]], paint: { "line-color": colour(base.ring), "line-width": LINES.ring, "line-dasharray": dashOf("ring_unclear", LINES.ring) } },
    { id: "ring-neutral", type: "line", source: "ring", filter: is("by", "neutral"), paint: { "line-color": colour(base.ring), "line-width": LINES.ring, "line-dasharray": dashOf("neutral", LINES.ring) } },
    { id: "ring-teeth", type: "symbol", source: "ring", filter: get("teeth"), layout: { "symbol-placement": "line", "symbol-spacing": LINES.teeth, "icon-image": ["case", get("what_if"), "tooth-what-if", "tooth"], "icon-keep-upright": false, "icon-allow-overlap": true, "icon-ignore-placement": true, "icon-padding": 0 } },
    { id: "ring-lit", type: "line", source: "ring", filter: is("n", "none"), paint: { "line-color": base.whatIf, "line-width": 7 }, layout: round },
    { id: "way-ticks", type: "symbol", source: "way", filter: get("hard"), layout: { "symbol-placement": "line", "symbol-spacing": LINES.ticks, "icon-image": "tick", "icon-allow-overlap": true, "icon-ignore-placement": true, "icon-padding": 0, "icon-keep-upright": false } },
    { id: "way-case", type: "line", source: "way", layout: round, paint: { "line-color": base.halo, "line-width": LINES.way_halo } },
    { id: "way", type: "line", source: "way", filter: is("grey", false), layout: round, paint: { "line-color": colour(base.way), "line-width": LINES.way } },
    { id: "way-grey", type: "line", source: "way", filter: is("grey", true), paint: { "line-color": colour(base.way), "line-width": LINES.way, "line-dasharray": dashOf("way_unclear", LINES.way) } },
    { id: "way-lit", type: "line", source: "way", filter: is("n", "none"), paint: { "line-color": base.whatIf, "line-width": 8 }, layout: round },
    { id: "way-arrows", type: "symbol", source: "way", layout: { "symbol-placement": "line", "symbol-spacing": 130, "icon-image": ["case", get("what_if"), "arrow-what-if", "arrow"], "icon-allow-overlap": true, "icon-ignore-placement": true, "icon-keep-upright": false } },
    { id: "neck-case", type: "line", source: "neck", paint: { "line-color": base.halo, "line-width": 6 } },
    { id: "neck", type: "line", source: "neck", paint: { "line-color": base.ink, "line-width": LINES.neck } },
    { id: "neck-ends", type: "circle", source: "neck", paint: { "circle-radius": 3.6, "circle-color": base.ink, "circle-stroke-color": base.halo, "circle-stroke-width": 1.5 } },
  ];
}

type Anchor = "left" | "right" | "top" | "bottom" | "top-left" | "top-right" | "bottom-left" | "bottom-right";

/** How far words stand from what they tell of, where there is room nowhere nearer; ems. */
const AWAY_EM = [1.6, 3, 4.5, 6.5];
/** A line is kept free of words by squares of 12 pixels, so many apart. */
const KEPT_PX = 10;

/** Where words may stand about a place: first near it, each side in turn, then further away. */
function spread(anchors: Anchor[]): (Anchor | [number, number])[] {
  const along = (anchor: Anchor, first: string, last: string): number => (anchor.includes(first) ? 1 : anchor.includes(last) ? -1 : 0);
  return AWAY_EM.flatMap((away) => anchors.flatMap((anchor): [Anchor, [number, number]] => {
    const [x, y] = [along(anchor, "left", "right"), along(anchor, "top", "bottom")];
    const share = away / Math.hypot(x, y);
    return [anchor, [x * share, y * share]];
  }));
}

/** Labels from the least to the most wanted: of two that collide the later layer's is drawn. */
function writeLabels(base: Base): LayerSpecification[] {
  const halo = { "text-color": base.ink, "text-halo-color": base.halo, "text-halo-width": 1.7 };
  const around = ["left", "right", "top", "bottom", "top-left", "top-right", "bottom-left", "bottom-right"] as const;
  const place = (id: string, from: number, to: number, size: number, minzoom: number): LayerSpecification => ({
    id, type: "symbol", source: "base", minzoom,
    filter: ["all", is("layer", "place"), [">=", ["get", "population"], from], ["<", ["get", "population"], to]],
    layout: {
      "text-field": get("name"), "text-font": FONT, "text-size": size, "icon-image": "place", "text-optional": false,
      "text-variable-anchor": [...around], "text-radial-offset": 0.55, "text-justify": "auto", "text-padding": 3,
      "symbol-sort-key": ["-", 0, ["get", "population"]], "icon-padding": 0, "icon-allow-overlap": true, "icon-ignore-placement": true,
    },
    paint: halo,
  });
  // Words of what lies in the east of the view stand west of it, so that its edge cuts none off.
  const callouts = (id: string, east: boolean, anchors: Anchor[]): LayerSpecification => ({
    id, type: "symbol", source: "callouts", filter: is("east", east),
    layout: {
      "text-field": get("text"), "text-font": FONT, "text-size": 13, "text-variable-anchor-offset": spread(anchors),
      "text-justify": "left", "icon-image": get("icon"), "icon-text-fit": "both", "icon-text-fit-padding": [6, 10, 6, 10],
      "icon-allow-overlap": true, "symbol-sort-key": get("sort"), "text-max-width": 10, "text-line-height": 1.35,
      "text-padding": 12, // the box drawn round the words is not counted by the library
    },
    paint: { "text-color": base.ink },
  }) as LayerSpecification;
  // Nothing to be seen: no words are laid over the proof, or over who stands where.
  const kept = { "icon-image": "block", "icon-allow-overlap": true, "icon-padding": 0 } as const;
  const keep = (source: "way" | "ring" | "neck" | "pieces"): LayerSpecification => ({
    id: `${source}-kept`, type: "symbol", source, paint: { "icon-opacity": 0 },
    layout: { ...kept, "symbol-placement": "line", "symbol-spacing": KEPT_PX, "icon-size": 0.5, "icon-rotation-alignment": "viewport" },
  });
  return [
    place("villages", 0, 5_000, 12.5, 9),
    place("towns", 5_000, 50_000, 13, 7),
    place("cities", 50_000, 1e9, 15, 0),
    { id: "fire-name", type: "symbol", source: "fire", layout: { "symbol-placement": "line", "symbol-spacing": 320, "text-field": get("grade"), "text-font": FONT, "text-size": 11, "text-rotation-alignment": "viewport", "icon-image": "box-fire", "icon-text-fit": "both", "icon-text-fit-padding": [1, 4, 1, 4], "icon-rotation-alignment": "viewport" }, paint: { "text-color": base.halo } },
    { id: "signs", type: "symbol", source: "signs", layout: { "icon-image": get("icon"), "icon-allow-overlap": true, "symbol-sort-key": get("sort"), "icon-anchor": "center", "icon-padding": 0 } },
    { id: "names", type: "symbol", source: "names", layout: { "text-field": get("name"), "text-font": FONT, "text-size": 14, "text-variable-anchor": [...around], "text-radial-offset": 1, "text-justify": "auto", "symbol-sort-key": get("sort"), "text-max-width": 12 }, paint: { ...halo, "text-color": ["case", is("plain", true), base.ink, base.way] } },
    callouts("callouts-west", false, ["bottom-left", "top-left", "left", "bottom", "top", "bottom-right", "top-right", "right"]),
    callouts("callouts-east", true, ["bottom-right", "top-right", "right", "bottom", "top", "bottom-left", "top-left", "left"]),
    keep("way"), keep("ring"), keep("neck"), keep("pieces"),
    { id: "signs-kept", type: "symbol", source: "signs", layout: { ...kept, "icon-size": 0.9 }, paint: { "icon-opacity": 0 } },
    { id: "numbers", type: "symbol", source: "numbers", layout: { "icon-image": get("icon"), "icon-allow-overlap": true, "text-field": ["to-string", get("n")], "text-font": FONT, "text-size": 12.5, "text-allow-overlap": true, "text-ignore-placement": false, "icon-ignore-placement": false }, paint: { "text-color": base.halo } },
    // Nothing to be seen, and placed first: no label finds room under what lies over the map, or across its edges.
    { id: "taken", type: "symbol", source: "taken", layout: { "icon-image": "block", "icon-size": get("size"), "icon-allow-overlap": true, "icon-padding": 0 }, paint: { "icon-opacity": 0 } },
  ];
}
