/** Small geometry of a picture, in degrees about one place; what decides is measured by the service. */

import type { Geometry, LineString, Polygon, Position } from "geojson";
import type { LonLat } from "../types";

export const EARTH_M_PER_DEG = 111_195;

/** How much shorter a degree of longitude is at a latitude. */
export const narrow = (lat: number): number => Math.max(0.01, Math.cos((lat * Math.PI) / 180));

export function metresBetween(a: LonLat, b: LonLat): number {
  const dx = (b[0] - a[0]) * narrow((a[1] + b[1]) / 2);
  return Math.hypot(dx, b[1] - a[1]) * EARTH_M_PER_DEG;
}

/** Every place of a geometry. */
export function* placesOf(geometry: Geometry | null | undefined): Generator<LonLat> {
  if (!geometry) return;
  if (geometry.type === "GeometryCollection") {
    for (const one of geometry.geometries) yield* placesOf(one);
  } else yield* flatten(geometry.coordinates as unknown);
}

function* flatten(coordinates: unknown): Generator<LonLat> {
  if (!Array.isArray(coordinates)) return;
  if (typeof coordinates[0] === "number") yield [Number(coordinates[0]), Number(coordinates[1])];
  else for (const one of coordinates) yield* flatten(one);
}

/** Lines of a geometry: of an area its rings. */
export function linesOf(geometry: Geometry | null): LonLat[][] {
  if (!geometry) return [];
  const pairs = (line: Position[]): LonLat[] => line.map((p) => [p[0] ?? 0, p[1] ?? 0]);
  switch (geometry.type) {
    case "LineString": return [pairs(geometry.coordinates)];
    case "MultiLineString": return geometry.coordinates.map(pairs);
    case "Polygon": return geometry.coordinates.map(pairs);
    case "MultiPolygon": return geometry.coordinates.flat().map(pairs);
    case "GeometryCollection": return geometry.geometries.flatMap(linesOf);
    case "Point": return [[[geometry.coordinates[0] ?? 0, geometry.coordinates[1] ?? 0]]];
    default: return [];
  }
}

export class Box {
  west = Infinity;
  south = Infinity;
  east = -Infinity;
  north = -Infinity;

  add(places: Iterable<LonLat>): this {
    for (const [lon, lat] of places) {
      this.west = Math.min(this.west, lon);
      this.east = Math.max(this.east, lon);
      this.south = Math.min(this.south, lat);
      this.north = Math.max(this.north, lat);
    }
    return this;
  }

  get isEmpty(): boolean {
    return this.west > this.east;
  }

  get middle(): LonLat {
    return [(this.west + this.east) / 2, (this.south + this.north) / 2];
  }

  /** Widen it, so that it is so many metres across at least. */
  widen(least_m: number): this {
    const [lon, lat] = this.middle;
    const half = least_m / 2 / EARTH_M_PER_DEG;
    this.add([[lon - half / narrow(lat), lat - half], [lon + half / narrow(lat), lat + half]]);
    return this;
  }
}

/** Where on a line it is nearest to a place. */
export function nearestOn(lines: LonLat[][], at: LonLat): LonLat | null {
  const k = narrow(at[1]);
  let best: LonLat | null = null;
  let least = Infinity;
  for (const line of lines) {
    for (let i = 0; i < line.length; i++) {
      const a = line[i] as LonLat;
      const b = line[i + 1] ?? a;
      const [dx, dy] = [(b[0] - a[0]) * k, b[1] - a[1]];
      const [px, py] = [(at[0] - a[0]) * k, at[1] - a[1]];
      const whole = dx * dx + dy * dy;
      const t = whole ? Math.min(1, Math.max(0, (px * dx + py * dy) / whole)) : 0;
      const away = Math.hypot(px - t * dx, py - t * dy);
      if (away < least) {
        least = away;
        best = [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
      }
    }
  }
  return best;
}

/** Whether a place lies in an area (even-odd rule). */
export function isIn(at: LonLat, area: Geometry): boolean {
  let inside = false;
  for (const ring of linesOf(area)) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [a, b] = [ring[i] as LonLat, ring[j] as LonLat];
      const crosses = a[1] > at[1] !== b[1] > at[1];
      if (crosses && at[0] < ((b[0] - a[0]) * (at[1] - a[1])) / (b[1] - a[1]) + a[0]) inside = !inside;
    }
  }
  return inside;
}

/** Turn a piece of a ring so that the inside is on its left. */
export function turnInward(line: LineString, ring: Geometry): LineString {
  const at = Math.max(0, Math.floor(line.coordinates.length / 2) - 1);
  const [a, b] = [line.coordinates[at], line.coordinates[at + 1]];
  if (!a || !b) return line;
  const k = narrow(a[1] ?? 0);
  const [dx, dy] = [((b[0] ?? 0) - (a[0] ?? 0)) * k, (b[1] ?? 0) - (a[1] ?? 0)];
  const length = Math.hypot(dx, dy) || 1;
  const step = Math.min(length / 4, 0.0005);
  const middle: LonLat = [((a[0] ?? 0) + (b[0] ?? 0)) / 2, ((a[1] ?? 0) + (b[1] ?? 0)) / 2];
  const left: LonLat = [middle[0] - ((dy / length) * step) / k, middle[1] + (dx / length) * step];
  return isIn(left, ring) ? line : { ...line, coordinates: [...line.coordinates].reverse() };
}

/** The place halfway along a line, by length. */
export function midOf(lines: LonLat[][]): LonLat {
  const line = lines.flat();
  const steps = line.slice(1).map((b, i) => metresBetween(line[i] as LonLat, b));
  let rest = steps.reduce((sum, one) => sum + one, 0) / 2;
  for (const [i, length] of steps.entries()) {
    if (rest <= length && length > 0) {
      const [a, b] = [line[i] as LonLat, line[i + 1] as LonLat];
      const t = rest / length;
      return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
    }
    rest -= length;
  }
  return line[0] ?? [0, 0];
}

const SCANS = 9;

/** A place well inside an area: the middle of the longest stretch of it along some parallels. */
function insideOf(area: Polygon, box: Box): LonLat | null {
  let best: LonLat | null = null;
  let longest = 0;
  for (let n = 1; n <= SCANS; n++) {
    const lat = box.south + ((box.north - box.south) * n) / (SCANS + 1);
    const met = linesOf(area).flatMap((ring) => ring.slice(1).flatMap((b, i): number[] => {
      const a = ring[i] as LonLat;
      return a[1] > lat !== b[1] > lat ? [a[0] + ((b[0] - a[0]) * (lat - a[1])) / (b[1] - a[1])] : [];
    })).sort((a, b) => a - b);
    for (let i = 0; i + 1 < met.length; i += 2) { // even-odd: every other stretch is inside
      const [from, to] = [met[i] as number, met[i + 1] as number];
      if (to - from > longest) [longest, best] = [to - from, [(from + to) / 2, lat]];
    }
  }
  return best;
}

/** A place that stands for a geometry: of an area inside it, of a line halfway along it. */
export function standFor(geometry: Geometry): LonLat {
  if (geometry.type === "Point") return [geometry.coordinates[0] ?? 0, geometry.coordinates[1] ?? 0];
  const rings = geometry.type === "MultiPolygon"
    ? geometry.coordinates.map((p): Polygon => ({ type: "Polygon", coordinates: p }))
    : [geometry];
  const sized = rings.map((one) => ({ one, box: new Box().add(placesOf(one)) }));
  sized.sort((a, b) => span(b.box) - span(a.box));
  const first = sized[0];
  if (!first) return [0, 0];
  const middle = first.box.middle;
  if (first.one.type !== "Polygon") return midOf(linesOf(first.one));
  return insideOf(first.one, first.box) ?? middle;
}

const span = (box: Box): number => (box.east - box.west) * (box.north - box.south);

const ROUNDS = 40;

/** Push points apart that are nearer than so much to each other, each by as much as the other. */
export function spreadOut(points: { x: number; y: number }[], least: number): { x: number; y: number }[] {
  const laid = points.map(({ x, y }) => ({ x, y }));
  for (let round = 0; round < ROUNDS; round++) {
    let moved = false;
    for (const [i, a] of laid.entries()) {
      for (const b of laid.slice(i + 1)) {
        const [dx, dy] = [b.x - a.x, b.y - a.y];
        const away = Math.hypot(dx, dy);
        if (away >= least) continue;
        const push = (least - away) / 2 + 0.5;
        const [ux, uy] = away > 0 ? [dx / away, dy / away] : [1, 0];
        a.x -= ux * push;
        a.y -= uy * push;
        b.x += ux * push;
        b.y += uy * push;
        moved = true;
      }
    }
    if (!moved) break;
  }
  return laid;
}
