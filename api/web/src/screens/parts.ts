/** Pieces that several screens are made of. */

import type { App, Shown } from "../app";
import { aside, h, type Children } from "../dom";
import { answerGlyph, glyph, toneOf } from "../glyph";
import { formatLength } from "../map/scene";
import { DEFINITIONS, type Answer, type Feature, type Judgement, type Situation } from "../types";
import { day, number, say, t } from "../words";

export interface Screen {
  band: HTMLElement | null;
  column: HTMLElement;
}

export const km = (metres: number): string => formatLength(metres, say);

/** What the service said, which is English whatever the page speaks. */
export const quoted = (text: string, tag: "p" | "span" = "span", cls = ""): HTMLElement => h(tag, { lang: "en", class: cls || null }, text);

export const section = (title: string, beside: Children, ...content: Children[]): HTMLElement =>
  h("section", { class: "part" }, h("div", { class: "part-head" }, h("h2", {}, title), h("span", { class: "beside" }, beside)), content);

export const button = (
  label: Children, onclick: () => void, props: Record<string, string | boolean | null> = {},
): HTMLButtonElement => h("button", { type: "button", ...props, onclick }, label);

/** How a map leans, in a word. */
export function lean(judgement: Judgement): string {
  const { verdict } = judgement;
  if (verdict === "no_force") return t("lean.nobody");
  if (verdict === "indeterminate") return t("answer.unknown");
  return t(verdict === "not_encircled" ? "lean.open" : verdict === "encircled" ? "lean.closed" : "lean.unclear");
}

/** The neck on both readings; nothing where no way is measured. */
export function neckOf(judgement: Judgement): string {
  const neck = judgement.margins.neck_width_m;
  if (!neck) return "";
  const [low, high] = [neck.pessimistic, neck.optimistic].sort((a, b) => a - b) as [number, number];
  if (high <= 0) return "";
  if (low === high) return km(low);
  const [a, b] = [low, high].map((one) => number(one / 1000, one < 10_000 ? 1 : 0));
  return a === b ? km(high) : `${a}–${b} km`;
}

export function chanceOf(judgement: Judgement): string {
  const range = judgement.likelihood?.p_encircled;
  if (!range) return "";
  const [low, high] = range.map((p) => Math.round(100 * p)) as [number, number];
  return low === high ? `${low} %` : `${low}–${high} %`;
}

export const figure = (value: string, words: string, was = ""): HTMLElement =>
  h("div", { class: "figure" }, h("b", {}, value), h("span", {}, words), was ? h("span", { class: "was" }, t("figure.was", { was })) : null);

/** The three figures of a band, with what they were where something is supposed. */
export function figures(judgement: Judgement, before: Judgement | null): HTMLElement {
  const was = (tell: (one: Judgement) => string): string => {
    const old = before ? tell(before) : "";
    return old && old !== tell(judgement) ? old : "";
  };
  const { units, of } = judgement.cut_off;
  const found: HTMLElement[] = [];
  if (of) {
    const count = (one: Judgement): string => t("figure.cut", { n: one.cut_off.units, of: one.cut_off.of });
    found.push(figure(t("figure.cut", { n: units, of }), t(of === 1 ? "figure.cut.one" : "figure.cut.words"), was(count)));
  }
  if (neckOf(judgement)) found.push(figure(neckOf(judgement), t("figure.neck.words"), was(neckOf)));
  if (judgement.likelihood) {
    found.push(figure(chanceOf(judgement), t("figure.chance", { term: judgement.likelihood.term }), was(chanceOf)));
  } else if (judgement.verdict !== "no_force") found.push(figure(t("figure.noGrades"), t("figure.noGrades.words")));
  return h("div", { class: "figures" }, found);
}

const answer = (given: Answer): HTMLElement => h("span", { class: `answer ${given}` }, answerGlyph(given), t(`answer.${given}`));

/** What "surrounded" can mean, each with its answer; what changed is marked. */
export function meanings(judgement: Judgement, before: Judgement | null): HTMLElement {
  return h("ul", { class: "rows" }, DEFINITIONS.map((name) => {
    const now = judgement.definitions[name];
    const old = before?.definitions[name];
    const changed = old !== undefined && old !== now;
    return h("li", { class: changed ? "row changed" : "row" },
      h("span", { class: "what" }, t(`def.${name}`), h("small", {}, t(`def.${name}.words`))),
      h("span", { class: "says" }, changed ? [h("s", {}, aside(t("doubt.on", { status: "" })), t(`answer.${old}`)), " → "] : null, answer(now)));
  }));
}

export const nameOf = (id: string, judgement: Judgement | null, situation: Situation | null): string =>
  situation?.features.find((one) => one.id === id)?.properties.name ?? judgement?.names[id]?.replace(/^“|”$/g, "") ?? id;

/** Name what something rests on, each once. */
export function evidence(ids: string[], app: App): HTMLElement | null {
  const names = [...new Set(ids.map((id) => nameOf(id, app.judgement, app.shown?.situation ?? null)))];
  return names.length ? h("small", { class: "evidence" }, `${t("evidence")}: ${names.join(" · ")}`) : null;
}

export const mapRow = (app: App, map: Shown, i: number): HTMLElement => {
  const { judgement } = map;
  const current = app.case?.at === i;
  const right = judgement
    ? [h("b", {}, lean(judgement)), h("small", {}, neckOf(judgement) ? t("verdict.neck", { km: neckOf(judgement) }) : "")]
    : [h("b", {}, t("verdict.unused"))];
  const left = [h("b", {}, map.title), h("small", {}, [day(map.asOf), map.mapper].filter(Boolean).join(" · ")),
    judgement ? null : quoted(map.because, "span", "because")];
  const inner = [judgement ? glyph(judgement.status.code) : h("span", { class: "glyph-gap" }), h("span", { class: "what" }, left), h("span", { class: "says" }, right)];
  if (!judgement) return h("li", { class: "map-row" }, h("div", { class: "map-line" }, inner));
  return h("li", { class: "map-row" }, button(inner, () => app.turn(i), { class: "map-line", id: `map-${i}`, "aria-current": current ? "true" : null }));
};

/** What a feature is, in a line. */
export function tellFeature(one: Feature, situation: Situation): string {
  const { kind, basis, holder, side, grade, fire, state, location_error_m: error, observed_at: seen } = one.properties;
  const sideName = situation.situation.sides?.find((each) => each.id === (holder ?? side))?.name;
  return [
    say(`kindOf.${kind}`), sideName, basis ? say(`basis.${basis}`) : "", grade ?? fire, state && state !== "open" ? state : "",
    error ? t("card.error", { m: km(error) }) : "", seen ? t("card.seen", { day: day(seen) }) : "",
  ].filter(Boolean).join(" · ");
}

export const bandGlyph = (judgement: Judgement): HTMLElement =>
  h("div", { class: `band-glyph ${toneOf(judgement.status.code)}` }, glyph(judgement.status.code, 64));
