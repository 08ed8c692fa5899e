/** Two days, or two mappers, on one map: a divider is drawn over it, by pointer or by key. */

import type { App, Shown } from "../app";
import { h } from "../dom";
import { glyph } from "../glyph";
import { day, t } from "../words";
import { lean, neckOf, section } from "./parts";

const STEP = 2;
const LEAP = 10;

const nameOfMap = (map: Shown): string => [day(map.asOf), map.mapper ?? (map.title === map.id ? map.title : "")].filter(Boolean).join(" · ");

/** Choose what to compare with; both are told in words too. */
export function comparePart(app: App): HTMLElement | null {
  const { case: one, shown, other } = app;
  const choices = (one?.maps ?? []).filter((map) => map.used && map !== shown && (map.judgement || one?.kind === "scenario"));
  if (!shown || !choices.length || app.isSupposing || one?.kind === "file") return null;
  const select = h("select", { id: "beside", onchange: (event) => app.compare((event.target as HTMLSelectElement).value || null) },
    h("option", { value: "" }, t("compare.none")), choices.map((map) => h("option", { value: map.id, selected: map.id === app.beside }, nameOfMap(map))));
  return section(t("compare.title"), "", h("div", { class: "field" }, h("label", { for: "beside" }, t("compare.with")), select),
    other ? h("ul", { class: "rows", id: "compared" }, line(shown, t("compare.left")), line(other, t("compare.right"))) : null);
}

function line(map: Shown, where: string): HTMLElement {
  const { judgement } = map;
  return h("li", { class: "row" }, judgement ? glyph(judgement.status.code) : null,
    h("span", { class: "what" }, h("b", { lang: "und" }, nameOfMap(map)), h("small", {}, where)),
    h("span", { class: "says" }, judgement ? lean(judgement) : "", h("small", {}, judgement && neckOf(judgement) ? t("verdict.neck", { km: neckOf(judgement) }) : "")));
}

/** The divider over the map, and the names of what lies on either side of it. */
export function divider(app: App, panel: HTMLElement, onMove: () => void): HTMLElement[] {
  const { shown, other } = app;
  if (!shown || !other) return [];
  const handle = h("div", { class: "swipe", id: "swipe", role: "slider", tabindex: 0, "aria-label": t("compare.divider"), "aria-orientation": "horizontal", "aria-valuemin": 0, "aria-valuemax": 100 },
    h("span", { class: "grip", "aria-hidden": "true" }, "⇔"));
  const put = (share: number): void => {
    app.swipe = Math.min(100, Math.max(0, share));
    handle.style.left = `${app.swipe}%`;
    handle.setAttribute("aria-valuenow", String(Math.round(app.swipe)));
    handle.setAttribute("aria-valuetext", t("compare.share", { n: Math.round(app.swipe), left: nameOfMap(shown), right: nameOfMap(other) }));
    onMove();
  };
  handle.addEventListener("keydown", (event) => {
    const by: Record<string, number> = { ArrowLeft: -STEP, ArrowDown: -STEP, ArrowRight: STEP, ArrowUp: STEP, PageUp: LEAP, PageDown: -LEAP, Home: -100, End: 100 };
    const moved = by[event.key];
    if (moved === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    put(app.swipe + moved);
    app.note();
  });
  handle.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    handle.focus();
    handle.setPointerCapture(event.pointerId);
    const box = panel.getBoundingClientRect();
    const drag = (at: PointerEvent): void => put((100 * (at.clientX - box.left)) / box.width);
    handle.addEventListener("pointermove", drag);
    handle.addEventListener("lostpointercapture", () => {
      handle.removeEventListener("pointermove", drag);
      app.note();
    }, { once: true });
  });
  put(app.swipe);
  const tag = (map: Shown, side: string): HTMLElement => h("span", { class: `tag ${side}`, lang: "und" }, nameOfMap(map));
  return [handle, tag(shown, "tag-left"), tag(other, "tag-right")];
}
