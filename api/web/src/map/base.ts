/** The map beneath: sea, borders and places, square by square from the service's own data. */

import type { FeatureCollection } from "geojson";
import type { Drawn } from "./scene";

const STEPS_DEG = [8, 2, 0.5];
const MOST_SQUARES = 24;

export interface View {
  west: number;
  south: number;
  east: number;
  north: number;
  zoom: number;
}

const squares = new Map<string, Promise<Drawn[]>>();

async function fetchSquare(path: string): Promise<Drawn[]> {
  const response = await fetch(path);
  if (!response.ok) return [];
  return ((await response.json()) as FeatureCollection).features as Drawn[];
}

/** Which level shows a view in squares that are neither many nor coarse. */
function chooseLevel(view: View): number {
  const wanted = view.zoom < 5.2 ? 0 : view.zoom < 8 ? 1 : 2;
  for (let level = wanted; level > 0; level--) {
    if (listSquares(view, level).length <= MOST_SQUARES) return level;
  }
  return 0;
}

function listSquares(view: View, level: number): string[] {
  const step = STEPS_DEG[level] ?? 8;
  const clamp = (value: number, most: number): number => Math.min(most, Math.max(0, Math.floor(value / step)));
  const [first, last] = [clamp(view.west + 180, 360 / step - 1), clamp(view.east + 180, 360 / step - 1)];
  const [low, high] = [clamp(view.south + 90, 180 / step - 1), clamp(view.north + 90, 180 / step - 1)];
  const found: string[] = [];
  for (let x = first; x <= last; x++) for (let y = low; y <= high; y++) found.push(`/v1/base/${level}/${x}/${y}`);
  return found;
}

/** Names the squares that a view shows; the same name, the same base map. */
export const nameView = (view: View): string => listSquares(view, chooseLevel(view)).join(" ");

/** Load what lies under a view. */
export async function loadBase(view: View): Promise<Drawn[]> {
  const paths = listSquares(view, chooseLevel(view)).slice(0, 4 * MOST_SQUARES);
  const loaded = paths.map((path) => {
    const known = squares.get(path) ?? fetchSquare(path).catch(() => {
      squares.delete(path);
      return [];
    });
    squares.set(path, known);
    return known;
  });
  return (await Promise.all(loaded)).flat();
}
