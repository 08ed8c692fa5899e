/** Doubt the evidence: suppose that something is not there, or certain, and see what follows. */

import type { App } from "../app";
import { h, safeLink } from "../dom";
import { toneOf } from "../glyph";
import type { Feature, Judgement, Situation, Source } from "../types";
import type { Assumed } from "../service";
import { t, type Key } from "../words";
import { bandText, ratingChip } from "./band";
import { bandGlyph, button, figures, meanings, nameOf, quoted, section, tellFeature, type Screen } from "./parts";
import { featureList } from "./verdict";

export function doubtScreen(app: App): Screen {
  const { shown, judgement } = app;
  const before = app.whatIf ? (shown?.judgement ?? null) : null;
  const column = h("div", { class: "doubt" },
    h("p", { class: "part" }, t("doubt.lead")),
    judgement ? section(t(before ? "doubt.changed" : "verdict.meanings"), "", meanings(judgement, before)) : null,
    pivots(app), shown?.situation ? section(t("doubt.list"), "", featureList(app, shown.situation)) : null,
    h("div", { class: "buttons sticky" }, h("a", { class: "button", href: app.address(), "data-tab": "", id: "to-verdict" }, t("doubt.back"))));
  return { band: judgement ? band(app, judgement, before) : failed(app), column };
}

function band(app: App, judgement: Judgement, before: Judgement | null): HTMLElement {
  const { headline, sub } = bandText(app, judgement);
  return h("div", { class: `band ${toneOf(judgement.status.code)}`, role: "status" }, bandGlyph(judgement),
    h("div", { class: "band-words" }, ratingChip(app, judgement), h("h1", { tabindex: -1, lang: "en" }, headline), h("p", { class: "sub", lang: "en" }, sub)),
    figures(judgement, before));
}

const failed = (app: App): HTMLElement =>
  h("div", { class: "band none", role: "status" }, h("div", { class: "band-words" }, h("h1", { tabindex: -1 }, t("doubt.failed", { why: app.whatIf?.failed ?? "" }))));

/** What was found to turn the verdict, on the evidence as it is. */
function pivots(app: App): HTMLElement | null {
  const { shown } = app;
  const base = shown?.judgement;
  if (!base || !shown) return null;
  const seen = new Set<string>();
  const listed = [...base.pivots, ...(base.likelihood?.importance ?? [])].filter((one) => {
    const key = one.evidence.join();
    const fresh = !seen.has(key);
    seen.add(key);
    return fresh;
  });
  if (!listed.length) return section(t("doubt.pivots"), "", h("p", { class: "fine" }, t("doubt.none")));
  return section(t("doubt.pivots"), t("doubt.strongest"), h("ul", { class: "rows" }, listed.map((one, i) => {
    const on = one.evidence.length > 0 && one.evidence.every((id) => app.supposed.without.includes(id));
    const act = one.evidence.length
      ? button(t(on ? "doubt.shown" : "doubt.try"), () => app.doubt(one.evidence, on ? null : "gone"), { class: on ? "small what-if" : "small", "aria-pressed": on ? "true" : "false", id: `pivot-${i}` })
      : null;
    return h("li", { class: on ? "row changed" : "row" }, quoted(one.statement, "span", "what"), act);
  })));
}

/** The card of what was clicked: what it is, who says so, and what may be supposed of it. */
export function featureCard(app: App): HTMLElement | null {
  const { shown, picked } = app;
  const one = shown?.situation?.features.find((each) => each.id === picked);
  if (!one || !shown?.situation) return null;
  const gone = app.supposed.without.includes(one.id);
  const as = app.supposed.assume[one.id];
  const isGround = one.properties.kind === "control";
  const chip = (label: string, on: boolean, as: "gone" | Assumed | null, id: string): HTMLElement =>
    button(label, () => app.doubt([one.id], as), { class: on ? "chip on" : "chip", "aria-pressed": on ? "true" : "false", id });
  return h("div", { class: "card", role: "dialog", "aria-labelledby": "card-title", id: "card" },
    button("×", () => app.pick(null), { class: "plain shut", "aria-label": t("close"), id: "card-close" }),
    h("h2", { id: "card-title", lang: "und" }, nameOf(one.id, app.judgement, shown.situation)), h("p", {}, tellFeature(one, shown.situation)),
    one.properties.note ? h("p", { class: "fine", lang: "und" }, one.properties.note) : null,
    sources(one, shown.situation),
    one.properties.kind === "claim" ? null : h("div", { class: "chips" },
      chip(t("doubt.drawn"), !gone && !as, null, "as-drawn"), chip(t("doubt.notThere"), gone, "gone", "not-there"),
      chip(t("doubt.certain"), as === true, true, "certain"),
      isGround ? chip(t("doubt.hostile"), as === "hostile", "hostile", "hostile") : null,
      isGround ? chip(t("doubt.passable"), as === "passable", "passable", "passable") : null));
}

function sources(one: Feature, situation: Situation): HTMLElement | null {
  const found = (one.properties.sources ?? []).flatMap((id) => situation.situation.sources?.find((each) => each.id === id) ?? []);
  if (!found.length) return null;
  const grade = (source: Source): string => source.reliability && source.credibility
    ? t("card.grade", { grade: `${source.reliability}${source.credibility}` }) : t("card.ungraded");
  return h("details", {}, h("summary", {}, `${t("card.sources")}: ${found.map((source) => `${source.origin ?? source.id} ${source.reliability ?? ""}${source.credibility ?? ""}`.trim()).join(", ")}`),
    h("ul", { class: "bullets" }, found.map((source) => h("li", { lang: "und" }, safeLink(source.url, source.title ?? source.id), ` (${grade(source)})`))));
}

const SAID: Record<string, Key> = { true: "doubt.sure", hostile: "doubt.isHostile", passable: "doubt.isPassable" };

/** The striped bar that marks every screen of a case while something is supposed. */
export function whatIfBar(app: App): HTMLElement | null {
  if (!app.isSupposing || !["verdict", "proof", "doubt"].includes(app.screen)) return null;
  const situation = app.shown?.situation ?? null;
  const name = (id: string): string => nameOf(id, app.shown?.judgement ?? null, situation);
  const parts = [...app.supposed.without.map((id) => t("doubt.gone", { name: name(id) })), ...Object.entries(app.supposed.assume).map(([id, as]) => t(SAID[String(as)] ?? "doubt.sure", { name: name(id) }))];
  const shown = parts.length > 3 ? [...parts.slice(0, 3), `+ ${parts.length - 3}`] : parts;
  return h("div", { class: "what-if-bar", id: "what-if-bar" }, h("b", {}, t("doubt.bar")), h("span", {}, t("doubt.words", { what: shown.join("; ") })),
    button(t("doubt.undo"), () => app.undo(), { id: "undo" }));
}
