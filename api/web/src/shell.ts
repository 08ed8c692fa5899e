/**
 * The frame: header, bar, band, column, and the map with what lies over it.
 *
 * Long for one reason: whatever is shown is laid into its frame, and whatever is done to the frame is answered, in one place.
 */

import { App, type Screen as Name, type Theme } from "./app";
import type { Tab } from "./address";
import { aside, h, type Children } from "./dom";
import { mark } from "./glyph";
import { chooseScale, legend } from "./legend";
import { chooseHues, PALETTES } from "./map/palette";
import { drawJudgement, drawPieces, findAt, formatLength, proofFor, turnCallouts, type Look, type Scene } from "./map/scene";
import type { MapView } from "./map/view";
import { isPin, listPins } from "./pins";
import { archiveScreen } from "./screens/archive";
import { askScreen } from "./screens/ask";
import { divider } from "./screens/compare";
import { doubtScreen, featureCard, whatIfBar } from "./screens/doubt";
import { filesScreen } from "./screens/files";
import { howScreen, statusLegend } from "./screens/how";
import { button, km, type Screen } from "./screens/parts";
import { proofScreen } from "./screens/proof";
import { questionScreen } from "./screens/question";
import { linkNote, troublePart } from "./screens/trouble";
import { verdictScreen } from "./screens/verdict";
import { drawJudgement as fetchDrawing } from "./service";
import type { LonLat } from "./types";
import { isLanguage, language, LANGUAGES, say, speak, t } from "./words";
import { setWish } from "./keep";

const WIDE = "(min-width: 1001px)";
const PHONE = "(max-width: 600px)";
const SCALE_PX = 110;

export class Shell {
  readonly app: App;
  private readonly header = h("header", { class: "top" });
  private readonly bar = h("div", { class: "bar" });
  private readonly band = h("div", { class: "band-place" });
  private readonly column = h("main", { class: "column", id: "answer", tabindex: -1 });
  private readonly canvas = h("div", { class: "canvas" });
  private readonly twin = h("div", { class: "canvas twin", "aria-hidden": "true", hidden: true });
  private readonly over = h("div", { class: "over-map" });
  private readonly scale = h("div", { class: "scale", "aria-hidden": "true" });
  private readonly panel: HTMLElement;
  private readonly status = h("div", { class: "aside", role: "status" });
  private map: MapView | null = null;
  /** The second map, of what is compared; made when it is first wanted. */
  private second: MapView | null = null;
  private mapFailed = false;
  private shownScreen = "";
  private shownBox = "";
  private ticking = 0;
  private lit: string | null = null;

  constructor(root: HTMLElement) {
    this.app = new App(() => this.render(), () => this.noted());
    this.panel = h("section", { class: "map", "aria-label": t("map.label") }, this.canvas, this.twin, this.over);
    root.replaceChildren(h("a", { class: "skip", href: "#answer", onclick: (event) => this.skip(event) }, t("nav.skip")),
      this.header, this.bar, this.band, h("div", { class: "body" }, this.column, this.panel), this.status);
    addEventListener("hashchange", () => void this.app.route());
    addEventListener("keydown", (event) => this.key(event));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.render());
    matchMedia(WIDE).addEventListener("change", () => this.render());
    document.addEventListener("fullscreenchange", () => this.render());
    this.takeDrops();
  }

  async start(): Promise<void> {
    await this.app.route();
    void this.app.loadScenarios();
    await this.openMap();
    this.render();
  }

  private async openMap(): Promise<void> {
    const { canDraw, loadLibrary, MapView: View } = await import("./map/view");
    if (!canDraw()) {
      this.mapFailed = true;
      return;
    }
    const fonts = document.fonts.load("13px 'Inter Variable'", "Sudzha Суджа").catch(() => undefined);
    const [library] = await Promise.all([loadLibrary(), fonts]);
    const { app } = this;
    const told = {
      pick: (ids: string[], at: LonLat) => this.picked(ids, at), light: (layer: "way" | "ring", n: number | null) => this.light(layer, n),
      scale: (metresPerPixel: number) => this.drawScale(metresPerPixel), moved: (view: [number, number, number]) => this.moved(view), taken: () => this.listTaken(),
    };
    this.map = new View(library, this.canvas, app.palette, app.dark, told);
    this.makeSecond = () => new View(library, this.twin, app.palette, app.dark, { taken: told.taken });
    this.shownBox = ""; // what is shown by now has not been looked at yet
  }

  private makeSecond: () => MapView | null = () => null;

  /** What lies over the map, in its own pixels: no label is laid under it. */
  private listTaken(): DOMRect[] {
    const { left, top } = this.canvas.getBoundingClientRect();
    return [...this.over.querySelectorAll(".legend, .controls, .switch, .scale, .credit, .card, .tag, .swipe")].map((one) => {
      const box = one.getBoundingClientRect();
      const spare = one.id === "swipe" ? box.width / 2 - 1 : 0; // it is drawn as a line in the middle of what can be seized
      return new DOMRect(box.left - left + spare, box.top - top, box.width - 2 * spare, box.height);
    });
  }

  private moved(view: [number, number, number]): void {
    this.app.view = view;
    this.app.note();
  }

  private skip(event: Event): void {
    event.preventDefault();
    this.column.focus();
  }

  // -- rendering ------------------------------------------------------------------------------------

  private render(): void {
    const { app } = this;
    document.documentElement.dataset.theme = app.dark ? "dark" : "light";
    document.documentElement.dataset.palette = app.palette;
    const focused = document.activeElement?.id ?? "";
    const screen = `${app.screen} ${app.case?.kind ?? ""} ${app.case?.id ?? ""} ${app.case?.at ?? ""}`;
    const isNew = screen !== this.shownScreen;
    const place = this.column.scrollTop;
    const open = new Set([...document.querySelectorAll("details[open]")].map(nameDetails));
    const { band, column } = this.compose();
    this.header.replaceChildren(...this.composeHeader());
    this.bar.replaceChildren(...[whatIfBar(app)].filter((one) => one !== null));
    this.band.replaceChildren(...[band ?? this.waiting()].filter((one) => one !== null));
    this.column.replaceChildren(...[linkNote(this.app), troublePart(this.app), band ? this.waiting() : null, column].filter((one) => one !== null));
    document.documentElement.dataset.screen = app.screen;
    document.querySelector("h1")?.setAttribute("id", "title"); // so that focus finds it when it is written anew
    if (!isNew) {
      for (const one of document.querySelectorAll("details")) if (open.has(nameDetails(one))) one.open = true;
      this.column.scrollTop = place;
    }
    this.restore(focused, isNew);
    centreDay();
    this.shownScreen = screen;
    this.tick();
    this.renderMap();
    document.title = [document.querySelector("h1")?.textContent, "Encircle"].filter(Boolean).join(" · ");
  }

  private restore(focused: string, isNew: boolean): void {
    if (isNew && this.shownScreen) {
      this.column.scrollTop = 0;
      scrollTo(0, 0);
      document.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
    } else if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  private compose(): Screen {
    const { app } = this;
    const screens: Record<Name, () => Screen> = {
      ask: () => askScreen(app), question: () => questionScreen(app), verdict: () => verdictScreen(app),
      proof: () => proofScreen(app, (layer, n) => this.map?.light(layer, n)), doubt: () => doubtScreen(app),
      archive: () => archiveScreen(app), files: () => filesScreen(app), how: () => howScreen(),
    };
    if (["verdict", "proof", "doubt"].includes(app.screen) && !app.case) {
      return { band: null, column: h("div") };
    }
    if (app.screen === "verdict") void app.loadSeries();
    return screens[app.screen]();
  }

  private composeHeader(): HTMLElement[] {
    const { app } = this;
    const here = (name: Name): string | null => (app.screen === name || (name === "ask" && ["question", "verdict", "proof", "doubt"].includes(app.screen)) ? "page" : null);
    const link = (name: Name, text: string): HTMLElement => h("a", { href: name === "ask" ? "#/" : `#/${name}`, "aria-current": here(name) }, text);
    const said = app.case?.claim?.statement ?? app.question?.claim?.statement;
    return [
      h("a", { class: "brand", href: "#/", "aria-label": "Encircle" }, mark(), h("b", {}, "Encircle")),
      said && app.screen !== "ask" ? h("p", { class: "said", lang: "und" }, h("q", {}, said)) : h("span", { class: "said" }),
      h("details", { class: "menu-of nav", id: "nav" }, h("summary", { class: "button" }, t("nav.menu")), h("nav", { class: "menu", "aria-label": t("nav.menu") },
        link("ask", t("nav.ask")), link("archive", t("nav.archive")), link("files", t("nav.files")), link("how", t("nav.how")), this.composeSettings())),
    ];
  }

  private composeSettings(): HTMLElement {
    const { app } = this;
    const choose = (id: string, label: string, options: [string, string][], value: string, set: (value: string) => void): HTMLElement => {
      const select = h("select", { id, onchange: (event) => set((event.target as HTMLSelectElement).value) },
        options.map(([key, text]) => h("option", { value: key, selected: key === value }, text)));
      return h("div", { class: "field" }, h("label", { for: id }, label), select);
    };
    const themes: Theme[] = ["auto", "light", "dark"];
    return h("div", { class: "settings" },
      choose("theme", t("set.theme"), themes.map((one) => [one, t(`set.theme.${one}`)]), app.theme, (value) => app.setTheme(value as Theme)),
      choose("palette", t("set.palette"), PALETTES.map((one) => [one, t(`set.palette.${one}`)]), app.palette, (value) => app.setPalette(value as (typeof PALETTES)[number])),
      choose("language", t("set.language"), Object.entries(LANGUAGES), language(), (value) => void this.changeLanguage(value)));
  }

  private async changeLanguage(value: string): Promise<void> {
    if (!isLanguage(value)) return;
    setWish("language", value);
    await speak(value);
    this.panel.setAttribute("aria-label", t("map.label"));
    this.render();
  }

  private waiting(): HTMLElement | null {
    const { wait } = this.app;
    if (!wait) return null;
    return h("div", { class: "waiting", role: "status" }, h("span", { class: "spinner", "aria-hidden": "true" }), h("span", {}, wait.words),
      h("span", { class: "seconds", "aria-hidden": "true" }, ""), wait.canStop ? button(t("wait.stop"), () => this.app.stop(), { class: "small", id: "stop" }) : null);
  }

  private tick(): void {
    clearInterval(this.ticking);
    const { wait } = this.app;
    if (!wait) return;
    const tell = (): void => {
      const seconds = Math.round((Date.now() - wait.since) / 1000);
      for (const one of document.querySelectorAll(".seconds")) one.textContent = seconds >= 2 ? t("wait.seconds", { s: seconds }) : "";
    };
    tell();
    this.ticking = window.setInterval(tell, 1000);
  }

  /** Only the address changed: links on the page that hold its state say so, and words keep off the divider, where it was moved. */
  private noted(): void {
    const link = document.getElementById("link");
    if (link instanceof HTMLInputElement) link.value = location.href;
    for (const one of document.querySelectorAll<HTMLAnchorElement>("a[data-tab]")) one.setAttribute("href", this.app.address(one.dataset.tab as Tab));
    if (!this.app.other) return;
    this.map?.keepClear();
    this.second?.keepClear();
  }

  // -- the map ------------------------------------------------------------------------------------------

  private scene(): Scene | null {
    const { app } = this;
    const look = this.look();
    if (app.screen === "question" && app.question) {
      const { question, claim } = app.question;
      const at: LonLat | null = question.place ? [question.place.lon, question.place.lat] : null;
      return drawPieces(question.ground ?? null, question.pieces ?? [], at, look, claim?.side ?? "", say);
    }
    const isCase = app.screen === "verdict" || app.screen === "proof" || app.screen === "doubt";
    const judgement = app.judgement ?? app.shown?.judgement;
    if (!isCase || !app.shown?.situation || !judgement) return null;
    return drawJudgement(app.shown.situation, judgement, look, say, app.supposed, app.case?.answer?.place ?? null);
  }

  /** How maps are drawn now; of two that are compared a side has one colour on both. */
  private look(): Look {
    const { palette, dark, reading, screen, isSupposing: supposed, shown, other, judgement } = this.app;
    const look = { palette, dark, reading, proof: screen === "proof", supposed };
    const both = [shown?.situation, other?.situation].filter((one) => one !== null && one !== undefined);
    return other && judgement ? { ...look, hues: chooseHues(both, judgement.side, palette, dark) } : look;
  }

  /** The scene of the map that is compared with the one shown. */
  private otherScene(): Scene | null {
    const { app } = this;
    const { other } = app;
    if (!other?.situation || !other.judgement) return null;
    return drawJudgement(other.situation, other.judgement, this.look(), say, { without: [], assume: {} }, app.case?.answer?.place ?? null);
  }

  private renderSecond(scene: Scene | null): void {
    const { app, map } = this;
    this.twin.hidden = !scene;
    if (!scene || !map) return;
    this.second ??= this.makeSecond();
    this.second?.follow(map);
    void this.second?.show(scene, app.palette, app.dark, false);
    this.clip();
  }

  private clip(): void {
    this.twin.style.clipPath = `inset(0 0 0 ${this.app.swipe}%)`;
  }

  private renderMap(): void {
    const { app } = this;
    const scene = this.scene();
    const twin = scene ? this.otherScene() : null;
    if (scene && twin) join(scene, twin);
    const side = app.judgement?.side ?? app.question?.claim?.side ?? "";
    const box = scene ? JSON.stringify([app.case?.kind, app.case?.id.replace(/-\d{4}-\d{2}-\d{2}$/, ""), app.case?.kind === "asked" ? app.case.at : 0, app.screen === "question", app.question?.question.map, app.other?.id]) : "";
    const move = box !== this.shownBox;
    this.shownBox = box;
    this.panel.hidden = false;
    const corner = scene?.legend.length ? legend(app, scene, side) : app.screen === "ask" || app.screen === "archive" ? statusLegend() : null;
    this.over.replaceChildren(...([this.readingSwitch(), this.controls(), corner ? h("div", { class: "legend" }, corner) : null, this.credit(), this.scale, featureCard(app), ...divider(app, this.canvas, () => this.clip()), this.fallback()] as (HTMLElement | null)[]).filter((one) => one !== null));
    const wide = matchMedia(WIDE).matches;
    const phone = matchMedia(PHONE).matches;
    this.map?.setInset({ top: phone ? 56 : 70, right: phone ? 24 : 76, bottom: wide ? 110 : 40, left: phone ? 24 : 44 });
    this.map?.resize();
    if (!this.map) return;
    if (scene) void this.map.show(scene, app.palette, app.dark, move, app.view).then(() => this.placeLegend());
    else if (move || !this.lit) void this.showPins();
    this.lit = scene ? null : "pins";
    this.map.describe(this.inWords());
    this.renderSecond(twin);
  }

  private async showPins(): Promise<void> {
    const { app, map } = this;
    if (!map) return;
    await map.clear();
    await map.pins(!app.case || ["ask", "archive", "files", "how"].includes(app.screen) ? listPins(app) : []);
  }

  private inWords(): string {
    const { app } = this;
    const { judgement } = app;
    if (!judgement) return t("map.canvas");
    const { open, closed } = proofFor(judgement.certificates, app.reading);
    const end = app.shown?.situation?.features.find((one) => one.id === open?.anchor)?.properties.name ?? open?.anchor ?? "";
    const way = open ? t("map.way", { km: km(open.length_m), n: open.legs.length, place: end }) : closed ? t("map.ring", { n: closed.segments.length, km2: Math.round(closed.area_km2) }) : "";
    return t("map.describe", { headline: judgement.headline, way });
  }

  private readingSwitch(): HTMLElement | null {
    const { app } = this;
    if (!app.judgement || (app.screen !== "verdict" && app.screen !== "proof" && app.screen !== "doubt")) return null;
    const choice = (reading: "pessimistic" | "optimistic"): HTMLElement =>
      button(t(`reading.${reading}`), () => app.read(reading), { "aria-pressed": app.reading === reading ? "true" : "false", id: `reading-${reading}` });
    return h("div", { class: "switch", role: "group", "aria-label": t("reading.label") }, h("span", { "aria-hidden": "true" }, t("reading.label")), choice("pessimistic"), choice("optimistic"));
  }

  private controls(): HTMLElement {
    const full = document.fullscreenElement === this.panel;
    const one = (sign: Children, label: string, act: () => void, id: string): HTMLElement => button([h("span", { "aria-hidden": "true" }, sign), aside(label)], act, { id, title: label });
    return h("div", { class: "controls" }, one("+", t("map.in"), () => this.map?.zoom(1), "zoom-in"), one("−", t("map.out"), () => this.map?.zoom(-1), "zoom-out"),
      one("◎", t("map.fit"), () => this.showAll(), "fit"),
      one("⤢", t(full ? "map.small" : "map.whole"), () => void (full ? document.exitFullscreen() : this.panel.requestFullscreen()), "full"));
  }

  private showAll(): void {
    this.app.view = null;
    this.app.note();
    this.map?.refit();
  }

  private credit(): HTMLElement {
    return h("small", { class: "credit" }, h("span", {}, t("credit", { who: "© OpenStreetMap contributors, GeoNames, Natural Earth" })));
  }

  /** Lay the legend into the lower corner where less of the proof is. */
  private placeLegend(): void {
    const drawn = this.over.querySelector<HTMLElement>(".legend");
    if (!drawn || !this.map || !matchMedia(WIDE).matches) return;
    const { left, right } = this.map.crowd(drawn.offsetWidth + 30, drawn.offsetHeight + 50);
    this.panel.classList.toggle("legend-left", left < right);
    this.map.keepClear();
  }

  private drawScale(metresPerPixel: number): void {
    this.placeLegend();
    const { metres, px } = chooseScale(metresPerPixel, SCALE_PX);
    const rod = h("span", { class: "rod" });
    rod.style.width = `${px.toFixed(1)}px`;
    this.scale.replaceChildren(h("b", {}, formatLength(metres, say)), rod);
  }

  /** Without WebGL the service's own picture stands where the map would. */
  private fallback(): HTMLElement | null {
    if (!this.mapFailed) return null;
    const { app } = this;
    const place = h("div", { class: "no-map" }, h("p", {}, t("map.none")));
    if (app.shown?.situation) {
      void fetchDrawing(app.shown.situation, app.supposed, "image/svg+xml").then((blob) => {
        place.append(h("img", { src: URL.createObjectURL(blob), alt: this.inWords() }));
      }).catch(() => undefined);
    }
    return place;
  }

  private picked(ids: string[], at: LonLat): void {
    const { app } = this;
    if (app.screen === "question") {
      const piece = ids.find((id) => app.question?.question.pieces?.some((one) => one.id === id));
      if (piece) document.getElementById(`choice-${piece}`)?.click();
      return;
    }
    const [first] = ids;
    if (first && isPin(first)) {
      app.go(`#/case/${first}`);
      return;
    }
    const post = document.getElementById("post");
    if (app.case?.kind === "file" && post instanceof HTMLDetailsElement && post.open) {
      app.file.begun.sighting.at = at.map((degrees) => degrees.toFixed(4)).join(",");
      app.pick(null);
      return;
    }
    const situation = app.shown?.situation;
    app.pick(situation && ids.length ? findAt(situation, ids, at) : null);
  }

  private light(layer: "way" | "ring", n: number | null): void {
    const name = n === null ? null : `${layer}-${n}`;
    if (name === this.lit || this.app.screen !== "proof") return;
    for (const one of this.column.querySelectorAll(".step.on")) one.classList.remove("on");
    if (name) document.getElementById(name)?.classList.add("on");
    this.map?.light(layer, n);
    this.lit = name;
  }

  // -- keys and drops -------------------------------------------------------------------------------------

  private key(event: KeyboardEvent): void {
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLSelectElement;
    if (event.key === "Escape") {
      for (const one of document.querySelectorAll<HTMLDetailsElement>("details.menu-of[open]")) {
        one.open = false;
        one.querySelector("summary")?.focus();
      }
      if (this.app.picked) this.app.pick(null);
    }
    if (typing || this.app.screen !== "verdict" || event.target === document.querySelector("canvas")) return;
    const ids: Record<string, string> = { ArrowLeft: "time-prev", ArrowRight: "time-next" };
    if (ids[event.key]) document.getElementById(ids[event.key] ?? "")?.click();
  }

  private takeDrops(): void {
    addEventListener("dragover", (event) => {
      event.preventDefault();
      document.documentElement.classList.add("dropping");
    });
    addEventListener("dragleave", () => document.documentElement.classList.remove("dropping"));
    addEventListener("drop", (event) => {
      event.preventDefault();
      document.documentElement.classList.remove("dropping");
      const files = [...(event.dataTransfer?.files ?? [])];
      if (!files.length) return;
      const { app } = this;
      if (app.case?.kind === "file" && app.screen === "verdict") {
        void app.file.take(app.case, files);
        return;
      }
      if (this.app.screen !== "ask") this.app.go("#/");
      void this.app.addFiles(files);
    });
  }
}

/** Of many days the one shown is in sight. */
function centreDay(): void {
  const strip = document.querySelector<HTMLElement>(".strip");
  const day = strip?.querySelector<HTMLElement>("[aria-current]");
  if (strip && day) strip.scrollLeft = day.getBoundingClientRect().left - strip.getBoundingClientRect().left + strip.scrollLeft - (strip.clientWidth - day.clientWidth) / 2;
}

/** What the second map draws is in the legend, and in view, too. */
function join(scene: Scene, twin: Scene): void {
  scene.box.add([[twin.box.west, twin.box.south], [twin.box.east, twin.box.north]]);
  for (const one of [scene, twin]) turnCallouts(one, scene.box);
  const known = new Set(scene.legend.map((row) => row.key));
  scene.legend.push(...twin.legend.filter((row) => !known.has(row.key)));
}

const nameDetails = (one: Element): string => one.id || (one.querySelector("summary")?.textContent ?? "");
