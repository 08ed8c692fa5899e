/** The map itself: what is drawn is handed in as a scene; what is clicked is handed out as ids. */

import type { GeoJSONSource, Map as GLMap, MapGeoJSONFeature } from "maplibre-gl";
import address from "maplibre-gl/dist/maplibre-gl.js?url";
import type { LonLat } from "../types";
import { loadBase, nameView } from "./base";
import {
  paintAnchor, paintArrow, paintAsked, paintBox, paintCut, paintDiamond, paintDisc, paintFire, paintHatch, paintMark,
  paintPlace, paintTick, paintTooth, paintUnit, SCALE,
} from "./images";
import { baseOf, NEUTRAL, type Base, type Mark, type PaletteName } from "./palette";
import { emptySources, type Drawn, type Scene } from "./scene";
import { Box, placesOf, spreadOut } from "./shapes";
import { PICKED, writeStyle } from "./style";

export interface Inset {
  top: number;
  right: number;
  bottom: number;
  left: number;
}
/** Whom the map tells what is done on it, and what it asks: which parts of it are covered. */
export interface Told {
  /** A map that nobody is told of clicks on only follows another. */
  pick?: (ids: string[], at: LonLat) => void;
  light?: (layer: "way" | "ring", n: number | null) => void;
  scale?: (metresPerPixel: number) => void;
  moved?: (view: [number, number, number]) => void;
  taken: () => DOMRect[];
}

const EVERYWHERE = new Box().add([[22, 44.2], [40.4, 52.6]]);
const MARK_NAME = /^(dots|lines|crosses|rings)-(#[0-9a-f]{6})$/;
const REACH_PX = 7;
/** Room that no label may take is filled with squares of this size, pixels; along the edges of half of it. */
const BLOCK_PX = 24;

/** A case on the empty map. */
export interface Pin {
  at: LonLat;
  id: string;
  icon: string;
  draw: () => ImageData;
  name: string;
}
/** So far apart pins are, pixels: the width of one. */
const PIN_PX = 28;

type Library = typeof import("maplibre-gl");

/**
 * Load the library as its makers built it: it starts its worker from its own text, which no bundler
 * may write anew.
 */
export function loadLibrary(): Promise<Library> {
  return new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => done((globalThis as unknown as { maplibregl: Library }).maplibregl);
    script.onerror = () => fail(new Error("the map's library was not loaded"));
    document.head.append(script);
  });
}

/** Whether this browser can draw it: without WebGL the picture of the service is shown. */
export function canDraw(): boolean {
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return context !== null;
}

export class MapView {
  private readonly map: GLMap;
  private readonly ready: Promise<void>;
  private scene: Scene | null = null;
  private drawnBase: Drawn[] = [];
  private size = "";
  private moved = false;
  private base: Base;
  private baseName = "";
  private drawnName = "";
  private pinned: Pin[] = [];
  private look: string;
  private followed: MapView | null = null;
  private inset: Inset = { top: 40, right: 40, bottom: 40, left: 40 };

  constructor(
    library: Library,
    readonly container: HTMLElement,
    palette: PaletteName,
    dark: boolean,
    private readonly told: Told,
  ) {
    this.base = baseOf(palette, dark);
    this.look = `${palette} ${dark}`;
    this.map = new library.Map({
      container, style: writeStyle(this.base), bounds: bounds(EVERYWHERE), fitBoundsOptions: { padding: 24 },
      attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, maxPitch: 0, rollEnabled: false,
      renderWorldCopies: true, fadeDuration: 0, maxZoom: 15, trackResize: false, interactive: told.pick !== undefined,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.on("styleimagemissing", ({ id }) => this.paintMissing(id));
    this.ready = new Promise((done) => this.map.once("load", () => done()));
    for (const kind of ["dragstart", "zoomstart"] as const) {
      this.map.on(kind, ({ originalEvent }) => {
        if (originalEvent) this.moved = true;
      });
    }
    new ResizeObserver(() => this.resize()).observe(container);
    this.map.on("movestart", (event) => {
      // What lies over the map stays where it is while the map moves under it.
      if ("originalEvent" in event && event.originalEvent) this.set("taken", []);
    });
    this.map.on("moveend", (event) => {
      if (this.pinned.length) this.placePins();
      void this.refresh();
      if ("originalEvent" in event && event.originalEvent) this.tellMoved();
    });
    this.map.on("click", (event) => this.pick(event.point, [event.lngLat.lng, event.lngLat.lat]));
    this.map.on("mousemove", (event) => {
      if (!this.map.isMoving()) this.hover(event.point);
    });
    void this.ready.then(() => this.refresh());
  }

  /** Show a scene; where the view is to move it is the one given, or that of all that is told. */
  async show(scene: Scene, palette: PaletteName, dark: boolean, move: boolean, view: [number, number, number] | null = null): Promise<void> {
    const look = `${palette} ${dark}`;
    this.scene = scene;
    this.pinned = [];
    if (move && view) this.jump(view);
    else if (move) this.fit(scene.box);
    await this.ready;
    if (look !== this.look) await this.repaint(palette, dark);
    if (this.scene !== scene) return;
    for (const [icon, sign] of scene.signs) {
      const hue = scene.hues.get(sign.side) ?? NEUTRAL;
      this.put(icon, paintUnit(sign, hue, this.base), true);
    }
    this.fill(scene);
  }

  private jump([lon, lat, zoom]: [number, number, number]): void {
    this.map.resize();
    this.map.jumpTo({ center: [lon, lat], zoom });
    this.moved = true;
  }

  private tellMoved(): void {
    const { lng, lat } = this.map.getCenter();
    this.told.moved?.([Number(lng.toFixed(4)), Number(lat.toFixed(4)), Number(this.map.getZoom().toFixed(2))]);
  }

  /** Show what another map shows, and go on doing so. */
  follow(other: MapView): void {
    const same = (): void => {
      this.map.jumpTo({ center: other.map.getCenter(), zoom: other.map.getZoom() });
    };
    this.map.resize();
    same();
    if (this.followed === other) return;
    this.followed = other;
    other.map.on("move", same);
  }

  /** Keep labels off what lies over the map, and off its edges: a label is whole, or it is not there. */
  keepClear(): void {
    if (!this.map.getSource("taken")) return;
    const { clientWidth: width, clientHeight: height } = this.container;
    const squares: [number, number, number][] = [];
    const half = BLOCK_PX / 2;
    for (let x = 0; x <= width + half; x += half) squares.push([Math.min(x, width - 1), 1, 0.5], [Math.min(x, width - 1), height - 1, 0.5]);
    for (let y = 0; y <= height + half; y += half) squares.push([1, Math.min(y, height - 1), 0.5], [width - 1, Math.min(y, height - 1), 0.5]);
    for (const box of this.told.taken()) {
      const [right, bottom] = [Math.min(box.right, width), Math.min(box.bottom, height)];
      if (box.width < 1 || box.left > width || box.top > height || right < 0 || bottom < 0) continue;
      for (let x = Math.max(box.left, 0) + half; x < right + half; x += BLOCK_PX) {
        for (let y = Math.max(box.top, 0) + half; y < bottom + half; y += BLOCK_PX) squares.push([Math.min(x, right - half), Math.min(y, bottom - half), 1]);
      }
    }
    this.set("taken", squares.map(([x, y, size]) => {
      const { lng, lat } = this.map.unproject([x, y]);
      return { type: "Feature", geometry: { type: "Point", coordinates: [lng, lat] }, properties: { size } };
    }));
  }

  /** Take everything off but the base. */
  async clear(): Promise<void> {
    this.scene = null;
    this.pinned = [];
    await this.ready;
    this.fill({ sources: emptySources() });
    this.fit(EVERYWHERE);
  }

  async pins(pins: Pin[]): Promise<void> {
    await this.ready;
    for (const pin of pins) this.put(pin.icon, pin.draw(), false);
    this.pinned = pins;
    this.placePins();
  }

  /** Lay pins that would hide each other side by side, at this scale. */
  private placePins(): void {
    const pins = this.pinned;
    const apart = spreadOut(pins.map((pin) => this.map.project(pin.at)), PIN_PX);
    const places = apart.map(({ x, y }) => this.map.unproject([x, y]));
    const point = (_: Pin, i: number) => ({ type: "Point" as const, coordinates: [places[i]?.lng ?? 0, places[i]?.lat ?? 0] });
    this.set("signs", pins.map((pin, i) => ({ type: "Feature", geometry: point(pin, i), properties: { id: pin.id, icon: pin.icon, sort: 0 } })));
    this.set("names", pins.map((pin, i) => ({ type: "Feature", geometry: point(pin, i), properties: { name: pin.name, sort: i, plain: true } })));
  }

  setInset(inset: Inset): void {
    this.inset = inset;
  }

  fit(box: Box): void {
    this.moved = false;
    this.map.resize();
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches || !this.map.loaded();
    const { clientWidth: width, clientHeight: height } = this.container;
    const { top, right, bottom, left } = this.inset;
    const fits = left + right < width * 0.7 && top + bottom < height * 0.7;
    this.map.fitBounds(bounds(box), { padding: fits ? this.inset : 28, duration: still ? 0 : 300, maxZoom: 13 });
  }

  refit(): void {
    if (this.scene) this.fit(this.scene.box);
    else this.fit(EVERYWHERE);
  }

  /** How many places of the proof and of the force lie under each lower corner of the map. */
  crowd(width: number, height: number): { left: number; right: number } {
    const { clientWidth, clientHeight } = this.container;
    const found = { left: 0, right: 0 };
    const { sources } = this.scene ?? { sources: emptySources() };
    for (const one of [...sources.way, ...sources.ring, ...sources.signs, ...sources.neck, ...sources.pieces]) {
      for (const place of placesOf(one.geometry)) {
        const { x, y } = this.map.project(place);
        if (y < clientHeight - height || y > clientHeight) continue;
        if (x >= 0 && x < width) found.left++;
        if (x > clientWidth - width && x <= clientWidth) found.right++;
      }
    }
    return found;
  }

  zoom(by: number): void {
    this.map.easeTo({ zoom: this.map.getZoom() + by, duration: 200 });
    this.map.once("moveend", () => this.tellMoved());
    this.moved = true;
  }

  /** Take the room there is now; what nobody moved is fitted into it anew. */
  resize(): void {
    const { clientWidth, clientHeight } = this.container;
    const size = `${clientWidth} ${clientHeight}`;
    if (size === this.size) return;
    this.size = size;
    this.map.resize();
    if (!this.moved) this.refit();
  }

  describe(text: string): void {
    this.map.getCanvas().setAttribute("aria-label", text);
  }

  /** Light up one leg of a way or one piece of a ring. */
  light(layer: "way" | "ring", n: number | null): void {
    if (!this.map.getLayer(`${layer}-lit`)) return;
    this.map.setFilter(`${layer}-lit`, ["==", ["get", "n"], n ?? "none"]);
  }

  /** What is seen, as a picture. */
  async picture(): Promise<Blob | null> {
    const canvas = this.map.getCanvas();
    return new Promise((done) => {
      this.map.once("render", () => canvas.toBlob(done, "image/png"));
      this.map.triggerRepaint();
    });
  }

  private fill(scene: Pick<Scene, "sources">): void {
    this.fillBase();
    this.keepClear();
    for (const [name, drawn] of Object.entries(scene.sources)) this.set(name, drawn);
    this.tellWhole();
  }

  private set(name: string, features: GeoJSON.Feature[]): void {
    (this.map.getSource(name) as GeoJSONSource | undefined)?.setData({ type: "FeatureCollection", features });
  }

  private async repaint(palette: PaletteName, dark: boolean): Promise<void> {
    this.base = baseOf(palette, dark);
    this.look = `${palette} ${dark}`;
    this.baseName = "";
    this.map.setStyle(writeStyle(this.base), { diff: false });
    await new Promise<void>((done) => this.map.once("style.load", () => done()));
    void this.refresh();
  }

  private async refresh(): Promise<void> {
    const seen = this.map.getBounds();
    const view = { west: seen.getWest(), south: seen.getSouth(), east: seen.getEast(), north: seen.getNorth(), zoom: this.map.getZoom() };
    this.told.scale?.(this.metresPerPixel());
    this.keepClear();
    const name = nameView(view);
    if (name === this.baseName) return;
    this.baseName = name;
    delete this.container.dataset.whole;
    const [drawn] = await Promise.all([loadBase(view), this.ready]);
    if (this.baseName !== name) return;
    this.drawnBase = drawn;
    this.drawnName = name;
    this.fillBase();
    this.tellWhole();
  }

  /** Say when all that is under the view has come and is drawn: whoever takes a picture of the page waits for that. */
  private tellWhole(): void {
    delete this.container.dataset.whole;
    this.map.once("idle", () => {
      if (this.drawnName === this.baseName) this.container.dataset.whole = "";
    });
  }

  /** A place that the scene names itself is not named twice. */
  private fillBase(): void {
    const named = new Set((this.scene?.sources.names ?? []).map((one) => one.properties.name));
    this.set("base", this.drawnBase.filter((one) => !named.has(one.properties.name ?? null)));
  }

  private metresPerPixel(): number {
    const lat = (this.map.getCenter().lat * Math.PI) / 180;
    return (40_075_016.7 * Math.cos(lat)) / (512 * 2 ** this.map.getZoom());
  }

  private find(point: { x: number; y: number }, layers: string[]): MapGeoJSONFeature[] {
    const there = layers.filter((name) => this.map.getLayer(name));
    const { x, y } = point;
    return this.map.queryRenderedFeatures([[x - REACH_PX, y - REACH_PX], [x + REACH_PX, y + REACH_PX]], { layers: there });
  }

  private pick(point: { x: number; y: number }, at: LonLat): void {
    const ids = this.find(point, PICKED).map((one) => String(one.properties.id ?? "")).filter(Boolean);
    this.told.pick?.([...new Set(ids)], at);
  }

  private hover(point: { x: number; y: number }): void {
    const [proof] = this.find(point, ["way-case", "ring-case"]);
    const layer = proof?.layer.id === "ring-case" ? "ring" : "way";
    const n = proof ? Number(proof.properties.n) : null;
    this.told.light?.(layer, n);
    this.map.getCanvas().style.cursor = this.find(point, PICKED.slice(0, -2)).length ? "pointer" : "";
  }

  private put(name: string, image: ImageData, again: boolean, box = false): void {
    if (this.map.hasImage(name)) {
      if (!again) return;
      this.map.removeImage(name);
    }
    const stretch = box ? { content: [8, 8, 40, 40] as [number, number, number, number], stretchX: [[16, 32]] as [number, number][], stretchY: [[16, 32]] as [number, number][] } : {};
    this.map.addImage(name, image, { pixelRatio: SCALE, ...stretch });
  }

  private paintMissing(name: string): void {
    const base = this.base;
    const mark = MARK_NAME.exec(name);
    if (mark) this.put(name, paintMark(mark[1] as Exclude<Mark, "none">, mark[2] ?? base.ink), false);
    const boxes: Record<string, [string, string]> = {
      "box-way": [base.way, base.halo], "box-ring": [base.ring, base.halo], "box-neck": [base.ink, base.halo],
      "box-what-if": [base.whatIf, base.halo], "box-fire": [base.fire, base.fire],
    };
    const box = boxes[name];
    if (box) this.put(name, paintBox(...box), false, true);
    const made: Record<string, () => ImageData> = {
      hatch: () => paintHatch(base.hatch), fire: () => paintFire(base.fire), anchor: () => paintAnchor(base),
      crossing: () => paintDiamond(base), cut: () => paintCut(base), arrow: () => paintArrow(base.way, base.halo),
      "arrow-what-if": () => paintArrow(base.whatIf, base.halo), tick: () => paintTick(base.fire),
      tooth: () => paintTooth(base.ring), "tooth-what-if": () => paintTooth(base.whatIf),
      disc: () => paintDisc(base.ink, base.halo), place: () => paintPlace(base.ink, base.halo),
      asked: () => paintAsked(base), block: () => new ImageData(BLOCK_PX * SCALE, BLOCK_PX * SCALE),
    };
    const make = made[name];
    if (make) this.put(name, make(), false);
  }
}

const bounds = (box: Box): [[number, number], [number, number]] => [[box.west, box.south], [box.east, box.north]];
