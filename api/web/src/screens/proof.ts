/** The proof, step by step; what a second program checked of it, and what nobody proved. */

import type { App } from "../app";
import { h, save } from "../dom";
import { checkGlyph } from "../glyph";
import { proofFor } from "../map/scene";
import type { Check, Judgement, Ring, Way } from "../types";
import { number, say, t } from "../words";
import { bandText } from "./band";
import { button, evidence, figure, km, quoted, section, type Screen } from "./parts";
import { toneOf } from "../glyph";

export type Light = (layer: "way" | "ring", n: number | null) => void;

export function proofScreen(app: App, light: Light): Screen {
  const { judgement } = app;
  if (!judgement) return { band: null, column: h("div", {}, h("a", { href: app.address() }, t("proof.back"))) };
  const { open, closed } = proofFor(judgement.certificates, app.reading);
  const alone = closed ?? (open ? null : (judgement.units.find((one) => one.certificates.closed)?.certificates.closed ?? null));
  const way = open ?? (alone ? null : (judgement.units.find((one) => one.certificates.open)?.certificates.open ?? null));
  const why = judgement.findings.find((one) => one.decides)?.statement ?? "";
  return {
    band: band(app, judgement, way, alone),
    column: h("div", { class: "proof" },
      h("div", { class: "buttons part" },
        button(app.verification ? t("proof.again") : t("proof.run"), () => void app.checkProof(), { class: "main", id: "verify" }),
        h("a", { class: "button", href: app.address(), "data-tab": "", id: "to-verdict" }, t("proof.back"))),
      way ? legs(app, way, light) : null, alone ? pieces(app, alone, light) : null,
      way || alone ? null : h("p", { class: "part" }, t("proof.nothing", { why })),
      checked(app), elsewhere(app, judgement)),
  };
}

function band(app: App, judgement: Judgement, way: Way | null, ring: Ring | null): HTMLElement {
  const found = app.verification;
  const failed = found?.checks.filter((one) => !one.holds).length ?? 0;
  const of = found?.checks.length ?? 0;
  const title = !found ? bandText(app, judgement).headline : found.holds ? t("proof.title.holds", { n: of }) : t("proof.title.fails", { n: failed, of });
  const tone = !found ? toneOf(judgement.status.code) : found.holds ? "open" : "closed";
  const worst = app.reading === "pessimistic" || (way ?? ring)?.reading === "pessimistic";
  const reading = (way ?? ring)?.reading;
  return h("div", { class: `band ${tone}`, role: "status" },
    found ? h("div", { class: `band-glyph ${tone} disc` }, checkGlyph(found.holds)) : null,
    h("div", { class: "band-words" }, h("p", { class: "over" }, found ? t("proof.by") : `${t("proof.title.none")}. ${t("proof.before")}.`),
      h("h1", { tabindex: -1, lang: found ? null : "en" }, title), found?.holds ? h("p", { class: "sub", lang: "en" }, judgement.headline) : null),
    h("div", { class: "figures" },
      way ? figure(km(way.length_m), `${way.legs.length} ${t("proof.steps")}, ${say(`mode.${way.mode}`)}`) : null,
      ring ? figure(km(ring.segments.reduce((sum, one) => sum + one.length_m, 0)), `${ring.segments.length} ${t("proof.pieces")}`) : null,
      reading === "both" || !reading ? null : figure(t(worst ? "proof.worst" : "proof.best"), t(worst ? "proof.worst.words" : "proof.best.words"))));
}

const step = (n: number, light: Light, layer: "way" | "ring", content: (HTMLElement | null)[]): HTMLElement =>
  h("li", {
    class: "step", id: `${layer}-${n}`, tabindex: 0, onmouseenter: () => light(layer, n), onmouseleave: () => light(layer, null),
    onfocus: () => light(layer, n), onblur: () => light(layer, null),
  }, h("span", { class: "disc-n", "aria-hidden": "true" }, n), content);

function legs(app: App, way: Way, light: Light): HTMLElement {
  return section(t("proof.way"), t("proof.lengthFire"), h("ol", { class: "rows" }, way.legs.map((leg, i) => step(i + 1, light, "way", [
    h("span", { class: "what" }, h("b", {}, `${say(`leg.${leg.by}`)}, ${say(`mode.${leg.mode}`)}`), h("small", {}, say(`control.${leg.control}`)), evidence(leg.evidence, app)),
    h("span", { class: "says" }, h("b", {}, km(leg.length_m)), h("small", { class: leg.fire === "F3" || leg.fire === "F4" ? "fire" : "" }, `${leg.fire ?? ""} ${say(`fire.${leg.fire ?? ""}`)}`)),
  ]))));
}

function pieces(app: App, ring: Ring, light: Light): HTMLElement {
  return section(t("proof.ring"), `${number(ring.area_km2)} km²`, h("ol", { class: "rows" }, ring.segments.map((one, i) => step(i + 1, light, "ring", [
    h("span", { class: "what" }, h("b", {}, say(`by.${one.edge_of_the_map ? "edge" : one.by}`)), evidence(one.evidence, app)),
    h("span", { class: "says" }, h("b", {}, km(one.length_m))),
  ]))));
}

/** Put checks of one thing together: the judgement, the force and its proof, each position. */
function group(checks: Check[], judgement: Judgement | null): Map<string, Check[]> {
  const groups = new Map<string, Check[]>();
  for (const check of checks) {
    const [head = ""] = check.name.split(": ");
    const unit = /^position '(.*?)'/.exec(head)?.[1];
    const proof = head.includes("open path") ? t("proof.group.way") : head.includes("ring") ? t("proof.group.ring") : "";
    const whose = unit ? (judgement?.units.find((one) => one.id === unit)?.name ?? unit) : head.startsWith("judgement") ? t("proof.group.judgement") : t("proof.group.force");
    const title = [whose, proof].filter(Boolean).join(": ");
    groups.set(title, [...(groups.get(title) ?? []), check]);
  }
  return groups;
}

function checked(app: App): HTMLElement | null {
  const found = app.verification;
  if (!found) return null;
  const groups = [...group(found.checks, app.judgement)].map(([title, checks]) => {
    const holds = checks.every((one) => one.holds);
    return h("li", {}, h("details", { open: !holds }, h("summary", {}, checkGlyph(holds), h("span", { class: "what" }, title),
      h("span", { class: holds ? "says holds" : "says fails" }, holds ? t("proof.count", { n: checks.length }) : t("proof.fails", { n: checks.filter((one) => !one.holds).length, of: checks.length }))),
      h("ul", { class: "bullets" }, checks.map((one) => h("li", { class: one.holds ? "" : "fails", lang: "en" }, one.statement)))));
  });
  return h("div", {}, section(t("proof.checked"), String(found.checks.length), h("ul", { class: "rows checks", id: "checks" }, groups)),
    section(t("proof.notChecked"), "", h("ul", { class: "bullets", id: "not-checked" }, found.not_checked.map((one) => h("li", {}, quoted(one))))));
}

function elsewhere(app: App, judgement: Judgement): HTMLElement {
  const file = (name: string, value: unknown): void => save(name, new Blob([JSON.stringify(value)], { type: "application/json" }));
  return section(t("proof.elsewhere"), "", h("p", { class: "fine" }, t("proof.elsewhere.words")), h("div", { class: "buttons" },
    button(t("proof.judgement"), () => file("judgement.json", judgement), { id: "save-judgement" }),
    button(t("proof.situation"), () => file("situation.geojson", app.shown?.situation ?? null), { id: "save-situation" })));
}
