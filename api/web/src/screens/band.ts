/** The words of the band: who said what, how it is rated, what was so; in the conditional where supposed. */

import type { App } from "../app";
import { h } from "../dom";
import { ratingGlyph, toneOf } from "../glyph";
import type { Judgement } from "../types";
import { day, say, t } from "../words";

/** What was so, and the one line of what that cost. */
export function bandText(app: App, judgement: Judgement): { headline: string; sub: string } {
  const { forces = [], sides = [] } = app.shown?.situation?.situation ?? {};
  // A name with such a mark would be cut in two, and its first half be told as what was so.
  const isPlain = ![...forces, ...sides].some((one) => /[:;]/.test(`${one.id} ${one.name ?? ""}`));
  const [, first = judgement.headline, tail = ""] = (isPlain && /^(.*?)[:;] (.*)$/.exec(judgement.headline)) || [];
  const decides = judgement.findings.find((one) => one.decides)?.statement ?? "";
  const headline = tail ? `${first}.` : first;
  const sub = tail ? `${tail.slice(0, 1).toUpperCase()}${tail.slice(1)}` : decides;
  return app.isSupposing ? { headline: conditional(judgement.headline), sub: decides } : { headline, sub };
}

/** Turn a headline into what would be so. */
function conditional(headline: string): string {
  const would = headline.replace(/\bwas not\b/, "would not have been").replace(/\bwas\b/, "would have been");
  return would === headline ? `Supposed: ${headline}` : would;
}

export function ratingChip(app: App, judgement: Judgement): HTMLElement {
  const one = app.case;
  if (app.isSupposing) {
    const before = app.shown?.judgement;
    const same = before?.status.code === judgement.status.code;
    return h("p", { class: "over" },
      h("span", { class: "chip-solid what-if" }, same ? t("doubt.same") : t("doubt.would", { status: t(`status.${judgement.status.code}`) })),
      before && !same ? t("doubt.on", { status: t(`status.${before.status.code}`) }) : "");
  }
  const rating = one?.answer ? (app.shown?.rating ?? one.answer.rating) : null;
  const whole = one?.answer?.rating;
  if (!one?.claim || !rating || !whole) {
    return h("p", { class: "over" }, h("span", { class: `chip-solid ${toneOf(judgement.status.code)}` }, t(`status.${judgement.status.code}`)), h("span", {}, h("span", { lang: "en" }, judgement.title ?? ""), ` · ${day(judgement.as_of)}`));
  }
  if (one.at !== one.answer?.shown) {
    return h("p", { class: "over" }, h("span", { class: "chip-solid ink" }, ratingGlyph(rating), `${app.shown?.title}: ${say(`rating.${rating}`)}`), t("rating.whole", { rating: say(`rating.${whole}`) }));
  }
  const who = [one.claim.claimant, day(one.claim.made_at)].filter(Boolean).join(", ");
  return h("p", { class: "over" }, h("span", { class: "chip-solid ink" }, ratingGlyph(whole), say(`rating.${whole}`)), who);
}
