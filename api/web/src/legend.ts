/** What is drawn, and only that: swatches in the colours of the map beside it. */

import { h, s } from "./dom";
import { baseOf, NEUTRAL, type Hue } from "./map/palette";
import type { Scene } from "./map/scene";
import type { App } from "./app";
import { t } from "./words";

type Draw = (hue: Hue, base: ReturnType<typeof baseOf>) => SVGElement[];

const area = (fill: string, edge: string, more: SVGElement[] = [], dash: string | null = null): SVGElement[] => [
  s("rect", { x: 1, y: 2, width: 28, height: 16, fill, stroke: edge, "stroke-width": 1.4, "stroke-dasharray": dash }), ...more,
];
const line = (colour: string, width: number, dash: string | null = null): SVGElement =>
  s("path", { d: "M1 10H29", stroke: colour, "stroke-width": width, "stroke-dasharray": dash, fill: "none" });
const dots = (hue: Hue): SVGElement[] => hue.mark === "dots"
  ? [5, 11, 17, 23].flatMap((x, i) => [7, 13].map((y) => s("circle", { cx: x + (i % 2), cy: y, r: 1, fill: hue.edge, opacity: 0.6 })))
  : hue.mark === "lines" ? [6, 10, 14].map((y) => s("path", { d: `M2 ${y}H28`, stroke: hue.edge, "stroke-width": 0.7, opacity: 0.6 })) : [];
const hatch = (ink: string): SVGElement[] => [3, 10, 17, 24].map((x) => s("path", { d: `M${x - 2} 18L${x + 6} 2`, stroke: ink, "stroke-width": 1.2 }));

const DRAW: Record<string, Draw> = {
  held: (hue) => area(hue.held, hue.edge, dots(hue)),
  land: (hue) => area(hue.land, hue.landEdge, dots({ ...hue, edge: hue.landEdge })),
  neutral: () => area(NEUTRAL.held, NEUTRAL.edge),
  grey: (_, base) => area(base.unclear, base.hatch, hatch(base.hatch), "4 3"),
  uncovered: (_, base) => area(base.paper, base.hatch, hatch(base.hatch)),
  claimed: (_, base) => area("none", base.muted, [], "5 3"),
  force: (_, base) => area("none", base.ink),
  piece: (_, base) => area("none", base.ink),
  water: (_, base) => area(base.sea, base.seaLine),
  barrier: (_, base) => [line(base.muted, 2, "5 3")],
  fire: (_, base) => area("none", base.fire, [s("path", { d: "M15 7v6M12 10h6", stroke: base.fire, "stroke-width": 1.2 })], "1.5 2.5"),
  road: (_, base) => [line(base.road, 2.4)],
  track: (_, base) => [line(base.road, 1.8, "5 3")],
  rail: (_, base) => [line(base.road, 1), line(base.road, 5, "1.4 4")],
  cut: (_, base) => [s("circle", { cx: 15, cy: 10, r: 6.5, fill: "none", stroke: base.fire, "stroke-width": 1.8 }), s("path", { d: "M11.5 6.5l7 7M18.5 6.5l-7 7", stroke: base.fire, "stroke-width": 1.8 })],
  way: (_, base) => [line(base.way, 5), s("path", { d: "M20 3l9 7-9 7z", fill: base.way })],
  "way-grey": (_, base) => [line(base.way, 5, "8 4")],
  "way-fire": (_, base) => [line(base.way, 5), ...[3, 9, 15, 21, 27].map((x) => s("path", { d: `M${x} 1v5M${x} 14v5`, stroke: base.fire, "stroke-width": 1.8 }))],
  neck: (_, base) => [line(base.ink, 2.2), s("path", { d: "M2 4v12M28 4v12", stroke: base.ink, "stroke-width": 2.2 })],
  relief: (_, base) => [line(base.muted, 1.8, "5 3")],
  anchor: (_, base) => [s("circle", { cx: 15, cy: 10, r: 8, fill: base.rear }), s("path", { d: "M15 4l1.7 4.3L21 10l-4.3 1.7L15 16l-1.7-4.3L9 10l4.3-1.7z", fill: base.halo })],
  crossing: (_, base) => [s("path", { d: "M15 4l6 6-6 6-6-6z", fill: base.halo, stroke: base.muted, "stroke-width": 1.8 })],
  "ring:hostile": (_, base) => [s("path", { d: "M1 13H29", stroke: base.ring, "stroke-width": 4.6 }), ...[4, 13, 22].map((x) => s("path", { d: `M${x} 11l4-8 4 8z`, fill: base.ring }))],
  "ring:sea": (_, base) => [line(base.ring, 6.5), line(base.sea, 2.6, "7 4")],
  "ring:barrier": (_, base) => [line(base.ring, 6.5), line(base.sea, 2.6, "7 4")],
  "ring:neutral": (_, base) => [line(base.ring, 4.6, "9 3 2 3")],
  ring: (_, base) => [line(base.ring, 4.6, "8 5")],
};

function unit(hue: Hue, friend: boolean, halo: string): SVGElement[] {
  return friend
    ? [s("rect", { x: 5, y: 3, width: 20, height: 14, fill: halo, stroke: hue.ink, "stroke-width": 1.8 }), s("path", { d: "M5 3l20 14M5 17L25 3", stroke: hue.ink, "stroke-width": 1.2 })]
    : [s("path", { d: "M15 1l9 9-9 9-9-9z", fill: halo, stroke: hue.ink, "stroke-width": 1.8 }), s("path", { d: "M10.5 5.5l9 9M10.5 14.5l9-9", stroke: hue.ink, "stroke-width": 1.1 })];
}

/** The legend of a scene. */
export function legend(app: App, scene: Scene, side: string): HTMLElement {
  const plain = baseOf(app.palette, app.dark);
  // What is only supposed is drawn in a colour of its own, and told in it.
  const base = app.isSupposing ? { ...plain, way: plain.whatIf, ring: plain.whatIf } : plain;
  const rows = scene.legend.map(({ key, label }) => {
    const [kind = "", of = ""] = key.split(":");
    const hue = scene.hues.get(of) ?? NEUTRAL;
    const drawn = kind === "unit" ? unit(hue, of === side, base.halo) : (DRAW[key] ?? DRAW[kind] ?? DRAW.force)?.(hue, base);
    return h("li", {}, s("svg", { viewBox: "0 0 30 20", width: 30, height: 20, "aria-hidden": "true" }, drawn ?? []), h("span", {}, label));
  });
  return h("ul", { class: "legend-rows", "aria-label": t("map.legend") }, rows);
}

/** A length for a scale, round and no wider than so many pixels. */
export function chooseScale(metresPerPixel: number, most_px: number): { metres: number; px: number } {
  const most = metresPerPixel * most_px;
  const ten = 10 ** Math.floor(Math.log10(most));
  const metres = [5, 2, 1].map((n) => n * ten).find((one) => one <= most) ?? ten;
  return { metres, px: metres / metresPerPixel };
}
