/** What can be taken away: a link, and files for pages, cards, GIS and other programs. */

import type { App } from "../app";
import { h, save } from "../dom";
import { WHITE } from "../map/palette";
import { drawJudgement, Trouble, writeAnswer } from "../service";
import { t, type Key } from "../words";
import { button } from "./parts";

const SIZES = { landscape: [1200, 675], portrait: [1080, 1350] } as const;
const PICTURE_PX = 1920;

/** Draw a picture of lines as one of dots, here, so that no other program is needed; whole, whatever the size. */
async function rasterise(svg: Blob, width: number, height: number | null): Promise<Blob> {
  const address = URL.createObjectURL(svg);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const tall = height ?? Math.round((width * (image.naturalHeight || 1)) / (image.naturalWidth || 1));
    const canvas = h("canvas", { width, height: tall });
    const pen = canvas.getContext("2d");
    if (!pen) throw new Error("no canvas");
    pen.fillStyle = WHITE;
    pen.fillRect(0, 0, width, tall);
    const scale = Math.min(width / (image.naturalWidth || width), tall / (image.naturalHeight || tall));
    const [wide, high] = [(image.naturalWidth || width) * scale, (image.naturalHeight || tall) * scale];
    pen.drawImage(image, (width - wide) / 2, (tall - high) / 2, wide, high);
    return await new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no picture"))), "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Say why something cannot be given, and what helps: a GeoPackage needs what may not be installed where the service runs. */
function sayTrouble(error: unknown): string {
  const fault = error instanceof Trouble ? error.problem.errors?.[0] : undefined;
  return fault ? `${fault.detail}. ${fault.remedy}` : error instanceof Error ? error.message : String(error);
}

/** Menus that are open, by what they belong to, and what the last export said: the screen may be drawn anew meanwhile. */
const opened = new Set<string>();
let said = { of: "", text: "" };

function menu(id: string, of: string, title: string, ...content: (HTMLElement | null)[]): HTMLElement {
  const inside = h("div", { class: "menu", id: `${id}-menu`, role: "group", "aria-label": title }, content);
  const key = `${id} ${of}`;
  const made = h("details", { class: "menu-of", id, ontoggle: () => {
    if (!made.isConnected) return;
    if (made.open) opened.add(key);
    else opened.delete(key);
  } }, h("summary", { class: "button" }, title), inside);
  made.open = opened.has(key);
  return made;
}

export function shareMenu(app: App): HTMLElement {
  const copy = button(t("share.copy"), () => {
    void navigator.clipboard.writeText(location.href).then(() => {
      copy.textContent = t("verdict.copied");
    });
  }, { id: "copy-link" });
  const words = app.case?.kind === "asked" ? t("share.kept") : t("share.case");
  const link = h("input", { type: "text", readonly: true, id: "link", "aria-label": t("share.title"), onfocus: (event) => (event.target as HTMLInputElement).select() });
  link.value = location.href;
  return menu("share", app.case?.id ?? "", t("verdict.share"), link, copy, h("p", { class: "fine" }, words));
}

export function exportMenu(app: App): HTMLElement {
  const { shown, case: one, judgement } = app;
  const name = (ending: string): string => `${(one?.id ?? "encircle").slice(0, 40)}${app.isSupposing ? "-what-if" : ""}${ending}`;
  const of = `${one?.kind ?? ""} ${one?.id ?? ""}`;
  const state = h("p", { class: "fine", role: "status" }, said.of === of ? said.text : "");
  const tell = (text: string): void => {
    said = { of, text };
    const drawn = document.querySelector("#export-menu [role=status]") ?? state;
    drawn.textContent = text;
  };
  const give = (key: Key, ending: string, make: () => Promise<Blob>, id: string): HTMLElement => {
    const run = async (): Promise<void> => {
      tell(t("wait.judging"));
      try {
        save(name(ending), await make());
        tell("");
      } catch (error) {
        tell(sayTrouble(error));
      }
    };
    return button(t(key), () => void run(), { class: "plain", id });
  };
  const situation = shown?.situation;
  if (!situation || !judgement) return h("span");
  const drawn = (accept: string): Promise<Blob> => drawJudgement(situation, app.supposed, accept);
  const told = (value: unknown): Promise<Blob> => Promise.resolve(new Blob([JSON.stringify(value)], { type: "application/json" }));
  const isPlain = !app.isSupposing;
  const ask = one?.ask && !app.isSupposing ? one.ask : null;
  const card = async (shape: keyof typeof SIZES): Promise<Blob> => {
    const [width, height] = SIZES[shape];
    return rasterise(await (ask ? writeAnswer(ask, "image/svg+xml", shape) : drawn("image/svg+xml")), width, height);
  };
  return menu("export", of, t("verdict.export"),
    ask ? give("export.page", ".html", () => writeAnswer(ask, "text/html"), "get-page") : app.isSupposing ? null : give("export.page", ".html", () => drawn("text/html"), "get-page"),
    isPlain ? give("export.landscape", "-1200x675.png", () => card("landscape"), "get-landscape") : null,
    isPlain ? give("export.portrait", "-1080x1350.png", () => card("portrait"), "get-portrait") : null,
    give("export.svg", ".svg", () => drawn("image/svg+xml"), "get-svg"),
    give("export.png", ".png", async () => rasterise(await drawn("image/svg+xml"), PICTURE_PX, null), "get-png"),
    give("export.layers", ".layers.geojson", () => drawn("application/geo+json"), "get-layers"),
    give("export.gpkg", ".gpkg", () => drawn("application/geopackage+sqlite3"), "get-gpkg"),
    give("export.kml", ".kml", () => drawn("application/vnd.google-earth.kml+xml"), "get-kml"),
    give("export.judgement", ".judgement.json", () => told(judgement), "get-judgement"),
    give("export.situation", ".geojson", () => told(situation), "get-situation"),
    ask ? give("export.review", ".claimreview.json", () => writeAnswer(ask, "application/ld+json"), "get-review") : null,
    app.isSupposing ? h("p", { class: "fine" }, t("export.whatIf")) : null, state);
}
