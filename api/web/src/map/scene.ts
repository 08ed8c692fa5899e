/**
 * What is drawn of a judgement: the map's sources, its legend, and what of it is in view.
 *
 * Long for one reason: it has one short function for each kind of feature and each part of a proof, side by side, which draw to one legend.
 */

import type { Feature as Geo, Geometry, LineString } from "geojson";
import type { Certificates, Feature, Judgement, LonLat, Piece, Reading, Ring, Situation, Way } from "../types";
import type { Supposed } from "../service";
import { baseOf, chooseHues, friendsOf, NEUTRAL, type Hue, type PaletteName } from "./palette";
import { Box, isIn, linesOf, metresBetween, midOf, narrow, nearestOn, placesOf, standFor, turnInward } from "./shapes";

type Props = Record<string, string | number | boolean | null>;
export type Drawn = Geo<Geometry, Props>;
export type LayerName =
  | "ground" | "fire" | "lines" | "areas" | "way" | "ring" | "neck" | "signs" | "numbers" | "callouts" | "pieces" | "names";
export type Sources = Record<LayerName, Drawn[]>;

export interface LegendRow {
  key: string;
  label: string;
}
export interface Look {
  palette: PaletteName;
  dark: boolean;
  reading: Reading;
  proof: boolean;
  supposed: boolean;
  /** What each side is painted in, where several maps are seen at once; else the map chooses. */
  hues?: Map<string, Hue>;
}
export interface Words {
  (key: string, values?: Record<string, string | number>): string;
}
export interface Scene {
  sources: Sources;
  hues: Map<string, Hue>;
  signs: Map<string, { friend: boolean; sure: boolean; echelon: string; side: string }>;
  legend: LegendRow[];
  box: Box;
  /** Where the neck ends, at either of which it may be told how wide it is. */
  neckEnds: LonLat[];
}

export interface Named {
  lon: number;
  lat: number;
  name: string | null;
}
const GREY = new Set(["contested", "unknown", "infiltration", "claimed_contested", "reported"]);
const HARD = new Set(["F3", "F4"]);
/** In so small a ring the sign of who stands there would hide it; square kilometres. */
const SMALL_RING_KM2 = 15;
/** So many places across and up a view are asked whether anybody painted them. */
const PROBES = 10;
const LEAST_NECK_M = 10;
const NECK_SLACK = 2.2;
const LEAST_VIEW_M = 10_000;
const DAY_MS = 86_400_000;
const STALE_DAYS = 30;

export const emptySources = (): Sources => ({
  ground: [], fire: [], lines: [], areas: [], way: [], ring: [], neck: [], signs: [], numbers: [], callouts: [],
  pieces: [], names: [],
});

const draw = (geometry: Geometry, properties: Props): Drawn => ({ type: "Feature", geometry, properties });
const at = (place: LonLat): Geometry => ({ type: "Point", coordinates: place });

/** What a piece of ground counts as: of a side, neutral, or unclear to everybody. */
export function roleOf(feature: Feature, asOf: string): "held" | "land" | "neutral" | "grey" {
  const { basis, holder, observed_at } = feature.properties;
  const old = observed_at && Date.parse(asOf) - Date.parse(observed_at) > STALE_DAYS * DAY_MS;
  if (!holder || GREY.has(basis ?? "") || old) return "grey";
  if (holder === "neutral") return "neutral";
  return basis === "territory" ? "land" : "held";
}

class Composer {
  readonly sources = emptySources();
  readonly signs: Scene["signs"] = new Map();
  readonly hues: Map<string, Hue>;
  readonly friends: Set<string>;
  readonly legend = new Map<string, string>();
  readonly asOf: string;
  private neckEnds: LonLat[] = [];
  readonly gone: ReadonlySet<string>;

  constructor(
    readonly situation: Situation,
    readonly side: string,
    readonly look: Look,
    readonly say: Words,
    readonly supposed: Supposed = { without: [], assume: {} },
  ) {
    this.gone = new Set(supposed.without);
    this.hues = look.hues ?? chooseHues([situation], side, look.palette, look.dark);
    this.friends = friendsOf(situation, side);
    this.asOf = situation.situation.as_of ?? "";
  }

  nameSide(id: string): string {
    return this.situation.situation.sides?.find((one) => one.id === id)?.name ?? id;
  }

  explain(key: string, label: string): void {
    this.legend.set(key, label);
  }

  drawGround(): void {
    const { area, uncovered } = this.situation.situation;
    if (area) {
      if (uncovered === "unknown") this.sources.areas.push(draw(area, { what: "uncovered" }));
      this.sources.lines.push(draw({ type: "MultiLineString", coordinates: linesOf(area) }, { what: "edge" }));
    }
    for (const one of this.situation.features) {
      const { kind, holder, basis } = one.properties;
      if (!one.geometry || this.gone.has(one.id)) continue;
      if (kind === "control" && basis === "claimed") {
        this.sources.lines.push(draw(one.geometry, { what: "claimed", id: one.id }));
        this.explain("claimed", this.say("legend.claimed"));
      } else if (kind === "control") this.drawControl(one, holder ?? "");
    }
    this.sources.ground.sort((a, b) => Number(a.properties.order) - Number(b.properties.order));
  }

  private greyPaint(): Props {
    const foe = [...this.hues].find(([id]) => !this.friends.has(id))?.[1];
    const own = this.hues.get(this.side);
    const tint = this.look.reading === "pessimistic" ? foe?.land : own?.land;
    const base = baseOf(this.look.palette, this.look.dark);
    return { fill: tint ?? base.unclear, edge: base.hatch, mark: "hatch", dashed: true, holder: "" };
  }

  private drawControl(one: Feature, holder: string): void {
    if (!one.geometry) return;
    const assumed = this.supposed.assume[one.id];
    const foe = [...this.hues.keys()].find((side) => !this.friends.has(side));
    const role = assumed === "hostile" || assumed === "passable" ? "held" : roleOf(one, this.asOf);
    // Whoever holds it already, on the side supposed, goes on holding it.
    if (assumed === "hostile" && (this.friends.has(holder) || !holder)) holder = foe ?? holder;
    if (assumed === "passable" && !this.friends.has(holder)) holder = this.side;
    const friend = this.friends.has(holder);
    if (role === "grey") {
      this.explain("grey", this.say("legend.unclear"));
      this.sources.ground.push(draw(one.geometry, { ...this.greyPaint(), id: one.id, order: 5 }));
      return;
    }
    const hue = role === "neutral" ? NEUTRAL : (this.hues.get(holder) ?? NEUTRAL);
    const land = role === "land";
    const order = land ? (friend ? 0 : 1) : role === "neutral" ? 4 : friend ? 2 : 3;
    this.sources.ground.push(draw(one.geometry, {
      id: one.id, order, holder, fill: land ? hue.land : hue.held, edge: land ? hue.landEdge : hue.edge,
      mark: hue.mark === "none" ? "" : `${hue.mark}-${land ? hue.landEdge : hue.edge}`, dashed: false,
    }));
    const side = this.nameSide(holder);
    if (role === "neutral") this.explain("neutral", this.say("legend.neutral"));
    else this.explain(`${land ? "land" : "held"}:${holder}`, this.say(land ? "legend.land" : "legend.held", { side }));
  }

  drawRest(leaves: (one: Feature) => boolean = () => false): void {
    for (const one of this.situation.features) {
      if (!one.geometry || this.gone.has(one.id) || leaves(one)) continue;
      const { kind } = one.properties;
      if (kind === "fire") this.drawFire(one);
      else if (kind === "route") this.drawRoute(one);
      else if (kind === "barrier") this.drawBarrier(one);
      else if (kind === "position") this.drawPosition(one);
      else if (kind === "anchor") this.drawAnchor(one);
      else if (kind === "crossing") this.drawCrossing(one);
    }
  }

  private drawFire(one: Feature): void {
    if (!one.geometry || this.friends.has(one.properties.side ?? "")) return;
    const grade = one.properties.grade ?? "";
    this.sources.fire.push(draw(one.geometry, { id: one.id, grade, hard: HARD.has(grade) }));
    this.explain(`fire:${grade}`, this.say("legend.fire", { grade, words: this.say(`fire.${grade}`) }));
  }

  private drawRoute(one: Feature): void {
    if (!one.geometry) return;
    const { modes = [], surface = "", state = "", fire = "" } = one.properties;
    const rail = modes.includes("rail") && !modes.includes("wheeled");
    const what = rail ? "rail" : modes.includes("wheeled") || !surface.includes("track") ? "road" : "track";
    this.sources.lines.push(draw(one.geometry, { id: one.id, what, fire, shut: state === "cut" || state === "closed" }));
    this.explain(what, this.say(`legend.${what}`));
    if (state === "cut" || state === "closed") this.drawShut(one);
  }

  private drawShut(one: Feature): void {
    if (!one.geometry) return;
    const place = one.geometry.type === "Point" ? standFor(one.geometry) : midOf(linesOf(one.geometry));
    this.sources.signs.push(draw(at(place), { id: one.id, icon: "cut", sort: 3 }));
    this.explain("cut", this.say("legend.cut"));
  }

  private drawBarrier(one: Feature): void {
    if (!one.geometry) return;
    const type = one.properties.type ?? "";
    const water = ["river", "lake", "coast", "sea", "canal"].includes(type);
    const flat = one.geometry.type.endsWith("Polygon");
    if (flat && water) this.sources.areas.push(draw(one.geometry, { id: one.id, what: "water" }));
    else this.sources.lines.push(draw(one.geometry, { id: one.id, what: water ? "river" : "barrier" }));
    this.explain(water ? "water" : "barrier", this.say(water ? "legend.water" : "legend.barrier"));
  }

  private drawPosition(one: Feature): void {
    if (!one.geometry) return;
    const { side = "", echelon = "", present = "yes", basis = "", force } = one.properties;
    const friend = this.friends.has(side);
    if (one.geometry.type.endsWith("Polygon")) {
      const what = force === this.situation.situation.force ? "force" : "stand";
      this.sources.areas.push(draw(one.geometry, { id: one.id, what }));
      if (what === "force") this.explain("force", this.say("legend.force"));
      return;
    }
    const sure = present !== "unknown" && basis !== "reported";
    const icon = `unit-${side}-${sure}-${echelon}`;
    this.signs.set(icon, { friend, sure, echelon, side });
    const place = standFor(one.geometry);
    this.sources.signs.push(draw(at(place), { id: one.id, icon, sort: friend ? 1 : 2, unit: true }));
    this.explain(`unit:${side}`, this.say("legend.unit", { side: this.nameSide(side) }));
  }

  private drawAnchor(one: Feature): void {
    if (!one.geometry || !this.friends.has(one.properties.side ?? "")) return;
    if (one.geometry.type.endsWith("Polygon")) this.sources.areas.push(draw(one.geometry, { id: one.id, what: "anchor" }));
    const place = standFor(one.geometry);
    this.sources.signs.push(draw(at(place), { id: one.id, icon: "anchor", sort: 0 }));
    if (one.properties.name) this.sources.names.push(draw(at(place), { name: one.properties.name, sort: 0 }));
    this.explain("anchor", this.say("legend.anchor"));
  }

  private drawCrossing(one: Feature): void {
    if (!one.geometry) return;
    const { state = "" } = one.properties;
    if (state === "destroyed" || state === "closed" || state === "cut") {
      this.drawShut(one);
      return;
    }
    if (one.geometry.type === "LineString") {
      this.sources.lines.push(draw(one.geometry, { id: one.id, what: "crossing" }));
    }
    this.sources.signs.push(draw(at(standFor(one.geometry)), { id: one.id, icon: "crossing", sort: 4 }));
    this.explain("crossing", this.say("legend.crossing"));
  }

  drawWay(way: Way): void {
    const { proof, supposed } = this.look;
    way.legs.forEach((leg, i) => {
      const hard = HARD.has(leg.fire ?? "");
      const grey = leg.control === "grey";
      this.sources.way.push(draw(leg.geometry, { n: i + 1, hard, grey, what_if: supposed, last: i === way.legs.length - 1 }));
      if (hard) this.explain("way-fire", this.say("legend.wayFire", { grade: leg.fire ?? "" }));
      if (proof) this.number(leg.geometry, i + 1);
    });
    const grey = way.legs.some((leg) => leg.control === "grey");
    this.explain(grey ? "way-grey" : "way", this.say(grey ? "legend.wayUnclear" : "legend.way"));
    const km = formatLength(way.length_m, this.say);
    const end = this.situation.features.find((one) => one.id === way.anchor)?.properties.name;
    const text = [this.say("callout.way", { km }), end ? this.say("callout.to", { place: end }) : ""];
    const legs = way.legs.map((leg) => linesOf(leg.geometry)[0] ?? []);
    if (way.length_m > 0) this.callout(midOf(legs), text.filter(Boolean).join("\n"), supposed ? "box-what-if" : "box-way", 1);
  }

  private number(line: LineString, n: number): void {
    this.sources.numbers.push(draw(at(midOf(linesOf(line))), { n, icon: "disc" }));
  }

  private callout(place: LonLat, text: string, icon: string, sort: number): void {
    this.sources.callouts.push(draw(at(place), { text, icon, sort }));
  }

  /** The place a claim names is labelled before all others. */
  drawAsked(place: LonLat, name: string): void {
    this.sources.signs.push(draw(at(place), { id: "", icon: "place", sort: 9 }));
    this.sources.names.push(draw(at(place), { name, sort: -1, plain: true }));
  }

  drawRing(ring: Ring, isCalledOut: boolean): void {
    if (ring.area_km2 < SMALL_RING_KM2) {
      this.sources.signs = this.sources.signs.filter((one) => !one.properties.unit || !isIn(standFor(one.geometry), ring.ring));
    }
    const { proof, supposed } = this.look;
    ring.segments.forEach((segment, i) => {
      const by = segment.edge_of_the_map ? "edge" : segment.by;
      const line = turnInward(segment.geometry, ring.ring);
      this.sources.ring.push(draw(line, { n: i + 1, by, teeth: by === "hostile", what_if: supposed }));
      this.explain(`ring:${by}`, this.say(`legend.ring.${by}`));
      if (proof) this.number(segment.geometry, i + 1);
    });
    const first = [...ring.segments].sort((a, b) => b.length_m - a.length_m)[0];
    if (!first || !isCalledOut) return;
    const km2 = Math.round(ring.area_km2).toLocaleString(this.say("locale"));
    const text = this.say(ring.reading === "pessimistic" ? "callout.ringWorst" : "callout.ring");
    const inside = ring.area_km2 >= 1 ? `\n${this.say("callout.inside", { km2 })}` : "";
    this.callout(midOf(linesOf(first.geometry)), text + inside, supposed ? "box-what-if" : "box-ring", 1);
  }

  drawNeck(judgement: Judgement): void {
    const neck = judgement.margins.neck_width_m;
    if (!neck?.at) return;
    const width = neck[this.look.reading] || neck.pessimistic || neck.optimistic;
    if (width < LEAST_NECK_M) return;
    const ends = this.aim(neck.at, neck.evidence, width / 2);
    if (ends.length) {
      this.sources.neck.push(draw({ type: "LineString", coordinates: ends.length > 1 ? [ends[0] as LonLat, neck.at, ends[1] as LonLat] : [ends[0] as LonLat, neck.at] }, {}));
      this.explain("neck", this.say("legend.neck"));
    }
    const both = [neck.pessimistic, neck.optimistic].map((m) => formatLength(m, this.say));
    const text = both[0] === both[1] ? this.say("callout.neck", { km: both[0] ?? "" }) : this.say("callout.necks", { a: both[0] ?? "", b: both[1] ?? "" });
    this.neckEnds = ends.length ? ends : [neck.at];
    this.callout(neck.at, text, "box-neck", 2);
  }

  /** Aim from the neck at what pinches it: the nearest wall, and one opposite if there is any. */
  private aim(place: LonLat, evidence: string[], half: number): LonLat[] {
    const k = narrow(place[1]);
    const walls = evidence.flatMap((id) => {
      const one = this.situation.features.find((f) => f.id === id);
      const whose = one?.properties.holder ?? one?.properties.side ?? "";
      if (!one?.geometry || this.friends.has(whose)) return [];
      const to = nearestOn(linesOf(one.geometry), place);
      const away = to ? metresBetween(place, to) : 0;
      if (!to || away <= 0 || away > NECK_SLACK * half + 200) return [];
      const [dx, dy] = [(to[0] - place[0]) * k, to[1] - place[1]];
      const length = Math.hypot(dx, dy) || 1;
      return [{ away, dx: dx / length, dy: dy / length }];
    });
    walls.sort((a, b) => a.away - b.away);
    const first = walls[0];
    if (!first) return [];
    const other = [...walls].sort((a, b) => a.dx * first.dx + a.dy * first.dy - (b.dx * first.dx + b.dy * first.dy))[0];
    const isOpposite = other && other.dx * first.dx + other.dy * first.dy < -0.3;
    const reach = half / 111_195;
    return (isOpposite ? [first, other] : [first]).map((v): LonLat => [place[0] + (v.dx * reach) / k, place[1] + v.dy * reach]);
  }

  drawRelief(judgement: Judgement): void {
    const gap = judgement.margins.opening_distance_m;
    if (!gap?.between || !judgement.encircled) return;
    this.sources.lines.push(draw({ type: "LineString", coordinates: gap.between }, { what: "relief" }));
    this.explain("relief", this.say("legend.relief", { km: formatLength(gap.distance_m, this.say) }));
  }

  /** Ground that nobody painted is told where some of the view is such. */
  private explainUncovered(box: Box): void {
    const { area, uncovered } = this.situation.situation;
    if (!area || uncovered !== "unknown") return;
    const painted = this.situation.features.filter((one) => one.properties.kind === "control" && one.properties.basis !== "claimed" && !this.gone.has(one.id));
    const boxed = painted.map((one) => ({ one, box: new Box().add(placesOf(one.geometry)) }));
    for (let i = 0; i < PROBES ** 2; i++) {
      const [x, y] = [((i % PROBES) + 0.5) / PROBES, (Math.floor(i / PROBES) + 0.5) / PROBES];
      const place: LonLat = [box.west + x * (box.east - box.west), box.south + y * (box.north - box.south)];
      const covers = boxed.some(({ one, box: b }) =>
        place[0] >= b.west && place[0] <= b.east && place[1] >= b.south && place[1] <= b.north && one.geometry && isIn(place, one.geometry));
      if (covers || !isIn(place, area)) continue;
      this.explain("uncovered", this.say("legend.uncovered"));
      return;
    }
  }

  compose(box: Box): Scene {
    this.explainUncovered(box);
    const order = ["held", "land", "grey", "neutral", "claimed", "force", "water", "way", "ring", "neck"];
    const rank = (key: string): number => {
      const at = order.findIndex((one) => key.startsWith(one));
      return at < 0 ? order.length : at;
    };
    const stands = (side: string): boolean => this.sources.signs.some((one) => String(one.properties.icon).startsWith(`unit-${side}-`));
    const shown = [...this.legend].filter(([key]) => !key.startsWith("unit:") || stands(key.slice(5)));
    const legend = shown.map(([key, label]) => ({ key, label }));
    legend.sort((a, b) => rank(a.key) - rank(b.key));
    const scene = { sources: this.sources, hues: this.hues, signs: this.signs, legend, box, neckEnds: this.neckEnds };
    turnCallouts(scene, box);
    return scene;
  }
}

/** Turn what is said of the proof towards the middle of a view, where it is not cut off. */
export function turnCallouts({ sources, neckEnds }: Scene, { middle }: Box): void {
  const [end] = [...neckEnds].sort((a, b) => metresBetween(a, middle) - metresBetween(b, middle));
  for (const one of sources.callouts) {
    if (end && one.properties.icon === "box-neck") one.geometry = at(end);
    one.properties.east = standFor(one.geometry)[0] > middle[0];
  }
}

/** Write a length as a newspaper does. */
export function formatLength(metres: number, say: Words): string {
  const locale = say("locale");
  if (metres < 1000) return `${Math.round(metres).toLocaleString(locale)} m`;
  const km = metres / 1000;
  const digits = km < 10 && Math.round(km * 10) % 10 ? 1 : 0;
  return `${km.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits })} km`;
}

/** Which proof shows a reading: of a contested verdict a way on the one, a ring on the other. */
export function proofFor(certificates: Certificates, reading: Reading): Certificates {
  const { open, closed } = certificates;
  if (open && closed) return reading === "pessimistic" ? { open: null, closed } : { open, closed: null };
  return certificates;
}

/** List the rings to draw: the group's, else those of its positions that are cut off. */
function listRings(judgement: Judgement, reading: Reading): Ring[] {
  const whole = proofFor(judgement.certificates, reading).closed;
  if (whole) return [whole];
  const rings = judgement.units.filter((one) => one.encircled).flatMap((one) => one.certificates.closed ?? []);
  return [...new Map(rings.map((one) => [JSON.stringify(one.ring), one])).values()];
}

function findView(situation: Situation, judgement: Judgement, sources: Sources): Box {
  const box = new Box();
  const force = situation.features.filter((one) => one.properties.kind === "position" && one.properties.force === judgement.force);
  for (const one of force) box.add(placesOf(one.geometry));
  for (const one of [...sources.ring, ...sources.names.filter((each) => each.properties.plain)]) box.add(placesOf(one.geometry));
  for (const one of sources.neck) box.add(placesOf(one.geometry));
  const core = box.isEmpty ? 0 : metresBetween([box.west, box.south], [box.east, box.north]);
  const far = Math.max(25_000, core * 1.3);
  const middle = box.middle;
  for (const one of sources.way) {
    const near = [...placesOf(one.geometry)].filter((p) => box.isEmpty || metresBetween(p, middle) < far);
    box.add(near);
  }
  if (box.isEmpty && situation.situation.area) box.add(placesOf(situation.situation.area));
  if (box.isEmpty) for (const one of situation.features) box.add(placesOf(one.geometry));
  return box.isEmpty ? box.add([[22, 44], [40, 52.5]]) : box.widen(LEAST_VIEW_M);
}

/** Draw a judgement on its map. */
export function drawJudgement(
  situation: Situation, judgement: Judgement, look: Look, say: Words, supposed: Supposed, asked: Named | null = null,
): Scene {
  const made = new Composer(situation, judgement.side, look, say, supposed);
  made.drawGround();
  // Beside a proof only what it runs over is drawn.
  made.drawRest((one) => look.proof && one.properties.kind === "fire");
  const rings = listRings(judgement, look.reading);
  for (const ring of rings) made.drawRing(ring, ring === rings[0]);
  const { open } = proofFor(judgement.certificates, look.reading);
  if (open) {
    made.drawWay(open);
    made.drawNeck(judgement);
  }
  made.drawRelief(judgement);
  if (asked?.name) made.drawAsked([asked.lon, asked.lat], asked.name);
  return made.compose(findView(situation, judgement, made.sources));
}

/** Draw what can be chosen where it is asked back whose force is meant. */
export function drawPieces(
  ground: Situation | null, pieces: Piece[], place: LonLat | null, look: Look, side: string, say: Words,
): Scene {
  const situation: Situation = ground ?? { type: "FeatureCollection", features: [], situation: {} };
  const features = situation.features.filter((one) => one.properties.kind === "control");
  const made = new Composer({ ...situation, features, situation: { ...situation.situation, uncovered: "" } }, side, look, say);
  made.drawGround();
  const box = new Box();
  pieces.forEach((piece, i) => {
    if (!piece.geometry) return;
    made.sources.pieces.push(draw(piece.geometry, { id: piece.id, n: i }));
    made.sources.numbers.push(draw(at(standFor(piece.geometry)), { n: String.fromCharCode(65 + i), icon: "disc" }));
    box.add(placesOf(piece.geometry));
    made.explain("piece", say("legend.piece"));
  });
  if (place) {
    box.add([place]);
    made.sources.signs.push(draw(at(place), { id: "", icon: "asked", sort: 0 }));
  }
  return made.compose(box.isEmpty ? box.add([[22, 44], [40, 52.5]]) : box.widen(LEAST_VIEW_M));
}

/** Find the feature that a place on the map means to whoever clicks there: the smallest drawn there. */
export function findAt(situation: Situation, ids: string[], place: LonLat): string | null {
  const found = ids.map((id) => situation.features.find((one) => one.id === id)).filter((one) => one !== undefined);
  const rank = (one: Feature): number => {
    if (!one.geometry || !one.geometry.type.endsWith("Polygon")) return 0;
    const box = new Box().add(placesOf(one.geometry));
    return isIn(place, one.geometry) ? (box.east - box.west) * (box.north - box.south) + 1 : 1e9;
  };
  return [...found].sort((a, b) => rank(a) - rank(b))[0]?.id ?? null;
}
