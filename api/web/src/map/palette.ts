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
  contested: string;
  rear: string;
}

const readBase = (row: typeof table.light, { contested }: typeof table.tones): Base => ({
  paper: row.paper, sea: row.sea, seaLine: row.sea_line, border: row.border, ink: row.ink, halo: row.halo, muted: row.muted, road: row.road,
  casing: row.casing, unclear: row.unclear, hatch: row.hatch, way: row.way, ring: row.ring, fire: row.fire, whatIf: row.what_if, water: row.water, contested, rear: row.way,
});
const LIGHT = readBase(table.light, table.tones);
const DARK = readBase(table.dark, table.tones_dark);
const PAPER = readBase({ ...table.light, ...table.print }, table.tones);
/** The colour of a verdict, on a light map and on a dark one. */
export const tonesOf = (dark: boolean): typeof table.tones => (dark ? table.tones_dark : table.tones);
export const WHITE = table.light.halo;
/** Widths and dashes of lines, pixels. */
export const LINES = table.lines_px;
/** A dash of the table as the map's library has it: in widths of the line. */
export const dashOf = (name: keyof typeof table.dashes_px, width: number): number[] => table.dashes_px[name].map((px) => px / width);
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
const readHues = (rows: Record<string, Row>): Record<string, Hue> =>
  Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, read(row)]));
const HUES = readHues(table.hues);
/** On a dark page the same hues, darker; their edges stay light enough to be told from them. */
const AT_NIGHT = readHues(table.hues_of.dark);
/** Blue and yellow are the pair that every common colour blindness keeps apart (Okabe and Ito, 2008). */
const CONTRAST = readHues(table.hues_of.contrast);
const GREYS = readHues(table.hues_of.print);
const OF_SIDE: Record<string, string> = table.of_side;
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
