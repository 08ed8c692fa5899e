/** What a link says: read without guessing, so that of what cannot be read it is told which part that is. */

import type { Assumed, Supposed } from "./service";
import type { Reading } from "./types";

export type View = [number, number, number];
export type Tab = "" | "proof" | "doubt";
/** A link as it was read. */
export interface Link {
  first: string;
  id: string;
  tab: Tab;
  reading: Reading;
  supposed: Supposed;
  map: number | null;
  beside: string | null;
  swipe: number;
  view: View | null;
  picked: string | null;
  find: string;
  /** What of the path is none: nothing it names can be shown. */
  broken: string;
  /** What else says nothing, and is left out. */
  left: string[];
}

export const HALF = 50;
const OF_CASES = ["case", "asked", "file"];
const OF_ONE = [...OF_CASES, "question"];
const PLAIN = ["", "archive", "files", "how"];
const TABS = ["", "proof", "doubt"];
/** What a decoder puts where bytes are no text. */
const LOST = "\uFFFD";
const ASSUMED: Record<string, Assumed> = { certain: true, hostile: "hostile", passable: "passable" };

/** How each part of a query must look. */
const PARTS: Record<string, (value: string) => boolean> = {
  unclear: (value) => value === "passable" || value === "hostile",
  map: (value) => /^\d{1,4}$/.test(value),
  swipe: (value) => /^\d{1,3}$/.test(value) && Number(value) <= 100,
  view: (value) => readView(value) !== null,
  beside: Boolean, at: Boolean, without: Boolean, certain: Boolean, hostile: Boolean, passable: Boolean, find: () => true,
};

function readView(text: string): View | null {
  const parts = text.split(",");
  const [lon = NaN, lat = NaN, zoom = NaN] = parts.map((one) => (one.trim() ? Number(one) : NaN));
  const is = parts.length === 3 && [lon, lat, zoom].every(Number.isFinite) && Math.abs(lat) <= 85 && Math.abs(lon) <= 360;
  return is ? [lon, lat, zoom] : null;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return LOST;
  }
}

/** Find what of a path cannot be read: bytes that are no text, a screen that there is not, a case without a name. */
function findBroken(parts: string[], raw: string): string {
  const [first = "", id = "", tab = ""] = parts;
  const lost = parts.findIndex((one) => one.includes(LOST));
  if (lost >= 0) return raw.split("/")[lost] ?? raw;
  if (PLAIN.includes(first)) return parts.length > 1 ? raw : "";
  if (!OF_ONE.includes(first)) return first;
  const most = OF_CASES.includes(first) ? 3 : 2;
  return !id || parts.length > most || !TABS.includes(tab) ? raw : "";
}

/** Read what stands behind `#`; never fails. */
export function readLink(hash: string): Link {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const raw = path.replace(/\/+$/, "");
  const parts = raw.split("/").map(decode);
  const told = new URLSearchParams(query);
  const left = [...told].filter(([name, value]) => value.includes(LOST) || !PARTS[name]?.(value)).map(([name, value]) => `${name}=${value}`);
  const good = (name: string): string[] => told.getAll(name).filter((value) => !left.includes(`${name}=${value}`));
  const one = (name: string): string | null => good(name)[0] ?? null;
  const assume = Object.entries(ASSUMED).flatMap(([name, as]) => good(name).map((id): [string, Assumed] => [id, as]));
  const [first = "", id = "", tab = ""] = parts;
  return {
    first, id, tab: TABS.includes(tab) ? (tab as Tab) : "", broken: findBroken(parts, raw), left,
    reading: one("unclear") === "passable" ? "optimistic" : "pessimistic",
    supposed: { without: good("without"), assume: Object.fromEntries(assume) },
    map: one("map") === null ? null : Number(one("map")), beside: one("beside"), swipe: Number(one("swipe") ?? HALF),
    view: readView(one("view") ?? ""), picked: one("at"), find: one("find") ?? "",
  };
}
