/** Which paint everything has: the table of the pictures (`encircle/picture/tokens.json`), shared. */

import table from "../../../../encircle/picture/tokens.json";
import type { Situation } from "../types";

export type PaletteName = "side" | "judged" | "contrast" | "print";
export const PALETTES: readonly PaletteName[] = ["side", "judged", "contrast", "print"];
export type Mark = "dots" | "lines" | "crosses" | "rings" | "none";

export interface Hue {
  held: string;
  land: string;
  edge: string;
  landEdge: string;
  ink: string;
  mark: Mark;
}
export interface Base {
  paper: string;
  sea: string;
  seaLine: string;
  border: string;
  ink: string;
  halo: string;
  muted: string;
  road: string;
  casing: string;
  unclear: string;
  hatch: string;
  way: string;
  ring: string;
  fire: string;
  whatIf: string;
  water: string;
}

const LIGHT: Base = {
  paper: table.light.paper, sea: table.light.sea, seaLine: table.light.sea_line, border: table.light.border, ink: table.light.ink,
  halo: table.light.halo, muted: table.light.muted, road: table.light.road, casing: table.light.casing, unclear: table.light.unclear,
  hatch: table.light.hatch, way: table.light.way, ring: table.light.ring, fire: table.light.fire, whatIf: table.light.what_if, water: table.light.water,
};
/** Widths and dashes of lines, pixels. */
export const LINES = table.lines_px;
/** A dash of the table as the map's library has it: in widths of the line. */
export const dashOf = (name: keyof typeof table.dashes_px, width: number): number[] => table.dashes_px[name].map((px) => px / width);
const DARK: Base = {
  paper: "#14161a", sea: "#21424a", seaLine: "#6fb3c0", border: "#a3a6ae", ink: "#f2f1ec", halo: "#14161a",
  muted: "#c9cad0", road: "#8c8f98", casing: "#14161a", unclear: "#23272e", hatch: "#a7a297", way: "#5fd3a8",
  ring: "#f2f1ec", fire: "#ffa65c", whatIf: "#f09be2", water: "#6fb3c0",
};
const PAPER: Base = { ...LIGHT, paper: "#ffffff", sea: "#e6e6e6", seaLine: "#666666", unclear: "#ffffff" };

export const baseOf = (name: PaletteName, dark: boolean): Base =>
  name === "print" ? PAPER : dark ? DARK : LIGHT;

interface Row {
  held: string;
  land: string;
  edge: string;
  land_edge: string;
  ink: string;
  mark: string | null;
}
const read = (row: Row): Hue => ({
  held: row.held, land: row.land, edge: row.edge, landEdge: row.land_edge, ink: row.ink,
  mark: (row.mark ?? "none") as Mark,
});
const HUES: Record<string, Hue> = Object.fromEntries(
  Object.entries(table.hues as Record<string, Row>).map(([name, row]) => [name, read(row)]),
);
const OF_SIDE: Record<string, string> = table.of_side;
/** On a dark page the same hues, darker; their edges stay light enough to be told from them. */
const AT_NIGHT: Record<string, Hue> = {
  blue: { held: "#243b50", land: "#1b2834", edge: "#8fc1ee", landEdge: "#4a6c8c", ink: "#8fc1ee", mark: "none" },
  vermilion: { held: "#6a3a2c", land: "#3a2620", edge: "#f0a58e", landEdge: "#8f5e4e", ink: "#f0a58e", mark: "dots" },
  olive: { held: "#4a4a1c", land: "#2c2c18", edge: "#cccc90", landEdge: "#7c7c48", ink: "#cccc90", mark: "lines" },
  violet: { held: "#43345f", land: "#2b2438", edge: "#cdbce6", landEdge: "#7d6a9c", ink: "#cdbce6", mark: "crosses" },
};
/** Blue and yellow are the pair that every common colour blindness keeps apart (Okabe and Ito, 2008). */
const CONTRAST: Record<string, Hue> = {
  blue: { held: "#9cc9ea", land: "#e3f1fa", edge: "#0072b2", landEdge: "#5b9fc9", ink: "#00507e", mark: "none" },
  vermilion: { held: "#f3d97a", land: "#fbf3d4", edge: "#7a5600", landEdge: "#b39a52", ink: "#5c4100", mark: "dots" },
};
const GREYS: Record<string, Hue> = {
  blue: { held: "#f4f4f4", land: "#ffffff", edge: "#222222", landEdge: "#777777", ink: "#111111", mark: "none" },
  vermilion: { held: "#c9c9c9", land: "#e6e6e6", edge: "#333333", landEdge: "#777777", ink: "#111111", mark: "dots" },
};
export const NEUTRAL: Hue = {
  held: table.neutral.held, land: table.neutral.held, edge: table.neutral.edge,
  landEdge: table.neutral.edge, ink: table.neutral.edge, mark: table.neutral.mark as Mark,
};
const FRIEND = "blue";
const FOE = "vermilion";

/** Whose side a force is on: its own and its allies'. */
export function friendsOf(situation: Situation, side: string): Set<string> {
  const sides = situation.situation.sides ?? [];
  const own = sides.find((one) => one.id === side)?.allies ?? [];
  const theirs = sides.filter((one) => one.allies?.includes(side)).map((one) => one.id);
  return new Set([side, ...own, ...theirs]);
}

/** Give each side of the maps that are seen at once its hue; of one map by the same rule as the pictures'. */
export function chooseHues(
  situations: Situation[],
  side: string,
  name: PaletteName,
  dark: boolean,
): Map<string, Hue> {
  const friends = new Set(situations.flatMap((one) => [...friendsOf(one, side)]));
  const drawn = situations.flatMap((one) => one.features.flatMap((f) => [f.properties.holder, f.properties.side]));
  const listed = situations.flatMap((one) => (one.situation.sides ?? []).map((each) => each.id));
  const sides = [...new Set([...listed, ...drawn])];
  const known = sides.filter((one): one is string => typeof one === "string" && one !== "neutral");
  const shades = name === "contrast" ? CONTRAST : name === "print" ? GREYS : dark ? AT_NIGHT : HUES;
  const hue = (called: string): Hue => shades[called] ?? HUES[called] ?? NEUTRAL;
  if (name !== "side") {
    return new Map(known.map((one) => [one, hue(friends.has(one) ? FRIEND : FOE)]));
  }
  const taken = new Map(known.filter((one) => OF_SIDE[one]).map((one) => [one, OF_SIDE[one] ?? FOE]));
  const left = Object.keys(HUES).filter((one) => ![...taken.values()].includes(one));
  const free = left.length ? left : Object.keys(HUES);
  [...known].filter((one) => !taken.has(one)).sort()
    .forEach((one, i) => taken.set(one, free[i % free.length] ?? FOE));
  return new Map([...taken].map(([one, called]) => [one, hue(called)]));
}
