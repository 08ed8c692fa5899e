/** Finished cases on the empty map: where each lies, and how it ended. */

import type { App } from "./app";
import { paintGlyph, toneOf } from "./glyph";
import { paint } from "./map/images";
import { baseOf, tonesOf } from "./map/palette";
import type { Pin } from "./map/view";
import type { LonLat } from "./types";

/** Cases shown on the empty map: where they lie is in their maps, which are not fetched for a dot. */
const PINS: Record<string, LonLat> = {
  "kursk-2025-03-14": [35.1, 51.15], "chernihiv-2022-03-25": [31.29, 51.5], "bakhmut-2023-03-03": [38.0, 48.6], "avdiivka-2024-02-15": [37.75, 48.14],
  "ilovaisk-2014-08-26": [38.2, 47.92], "mariupol-2022-04-12": [37.55, 47.1], "korsun-1944-02-05": [31.25, 49.42], "kiev-1941-09-16": [30.52, 50.45],
  "kherson-2022-10-05": [32.62, 46.64], "izium-2022-09-09": [37.25, 49.21], "debaltseve-2015-02-17": [38.44, 48.34], "zolote-2022-06-22": [38.5, 48.7],
};

export const isPin = (id: string): boolean => id in PINS;

/** List the cases that the library has, each with the mark of its verdict. */
export function listPins(app: App): Pin[] {
  const base = baseOf(app.palette, app.dark);
  const tones = tonesOf(app.dark);
  return Object.entries(PINS).flatMap(([id, at]) => {
    const one = app.scenarios.find((each) => each.id === id);
    const code = one?.acceptable[0];
    if (!one || !code) return [];
    const name = `${id.split("-")[0]?.replace(/^\w/, (c) => c.toUpperCase())} ${one.as_of?.slice(0, 4) ?? ""}`;
    return [{ at, id, name, icon: `glyph-${code}-${app.dark}`, draw: () => paint(28, 28, (pen) => paintGlyph(pen, code, tones[toneOf(code)], base.halo)) }];
  });
}
