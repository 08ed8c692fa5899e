/** The verdict: band, map by map, what the words can mean, the sentence to quote. */

import type { App } from "../app";
import { h } from "../dom";
import { bandText, ratingChip } from "./band";
import { chips } from "./chips";
import { comparePart } from "./compare";
import { bandGlyph, button, evidence, figures, mapRow, meanings, nameOf, quoted, section, tellFeature, type Screen } from "./parts";
import { fileParts } from "./files";
import { exportMenu, shareMenu } from "./take";
import { timePart } from "./time";
import { say, t } from "../words";
import type { Judgement, Notice, Situation } from "../types";
import { toneOf } from "../glyph";

export function verdictScreen(app: App): Screen {
  const { shown, judgement } = app;
  const before = app.whatIf ? (shown?.judgement ?? null) : null;
  if (!shown || !judgement) return { band: failedBand(app), column: h("div", {}, understood(app), maps(app), unused(app)) };
  return {
    band: band(app, judgement, before),
    column: h("div", { class: "verdict" },
      understood(app),
      maps(app), timePart(app), comparePart(app), fileParts(app),
      section(t("verdict.meanings"), "", meanings(judgement, before)),
      quote(app, judgement), actions(app),
      why(app, judgement), notices(app, judgement), everything(app)),
  };
}

function band(app: App, judgement: Judgement, before: Judgement | null): HTMLElement {
  const { headline, sub } = bandText(app, judgement);
  return h("div", { class: `band ${toneOf(judgement.status.code)}`, role: "status" }, bandGlyph(judgement),
    h("div", { class: "band-words" }, ratingChip(app, judgement), h("h1", { tabindex: -1, lang: "en" }, headline), h("p", { class: "sub", lang: "en" }, sub)),
    figures(judgement, before));
}

function failedBand(app: App): HTMLElement {
  const rating = app.case?.answer?.rating;
  const title = app.whatIf?.failed ? t("doubt.failed", { why: app.whatIf.failed }) : rating ? say(`rating.${rating}`) : t("status.U");
  return h("div", { class: "band none", role: "status" }, h("div", { class: "band-words" }, h("h1", { tabindex: -1 }, title)));
}

const understood = (app: App): HTMLElement | null =>
  app.case?.claim && app.case.ask ? h("div", { class: "part" }, chips(app, app.case.claim, app.case.ask)) : null;

function maps(app: App): HTMLElement | null {
  const one = app.case;
  if (!one?.answer) return null;
  return section(t("verdict.maps"), one.answer.agreement ? t("verdict.counts", one.answer.agreement) : "", h("ul", { class: "rows" }, one.maps.map((map, i) => mapRow(app, map, i))));
}

const unused = (app: App): HTMLElement | null =>
  app.case?.answer?.quote ? h("blockquote", { lang: "en" }, app.case.answer.quote) : null;

function quote(app: App, judgement: Judgement): HTMLElement | null {
  if (app.isSupposing) return null;
  const text = app.case?.answer?.quote ?? judgement.headline;
  const copy = button(t("verdict.copy"), () => {
    void navigator.clipboard.writeText(`${text} [${app.case?.id}; ${judgement.provenance.input_sha256.slice(0, 12)}]`).then(() => {
      copy.textContent = t("verdict.copied");
    });
  }, { class: "small", id: "copy" });
  return section(t("verdict.quote"), copy, h("blockquote", { lang: "en" }, text));
}

function actions(app: App): HTMLElement {
  return h("div", { class: "buttons sticky" },
    h("a", { class: "button main", href: app.address("proof"), "data-tab": "proof", id: "to-proof" }, t("verdict.check")),
    h("a", { class: "button", href: app.address("doubt"), "data-tab": "doubt", id: "to-doubt" }, t("verdict.doubt")),
    shareMenu(app), exportMenu(app));
}

function why(app: App, judgement: Judgement): HTMLElement {
  const told = [...(app.isSupposing ? [] : (app.case?.claim?.because ?? [])), ...judgement.findings];
  return section(t("verdict.why"), t("verdict.confidence", { level: judgement.confidence.level }),
    h("ul", { class: "bullets" },
      told.map((one) => h("li", {}, quoted(one.statement), evidence(one.evidence, app))),
      judgement.confidence.because.map((one) => h("li", {}, quoted(one)))));
}

function notices(app: App, judgement: Judgement): HTMLElement | null {
  const whole: Notice[] = app.isSupposing ? judgement.notices : (app.case?.answer?.notices ?? judgement.notices);
  if (!whole.length) return null;
  const grave = whole.filter((one) => one.severity !== "info");
  const rest = whole.filter((one) => one.severity === "info");
  const list = (these: Notice[]): HTMLElement => h("ul", { class: "bullets" }, these.map((one) => h("li", { class: one.severity }, quoted(one.statement))));
  return section(t("verdict.notices"), "", grave.length ? list(grave) : null,
    rest.length ? h("details", {}, h("summary", {}, `+ ${rest.length}`), list(rest)) : null);
}

/** Every feature in words, for whoever does not see the map, or wants its source. */
function everything(app: App): HTMLElement | null {
  const situation = app.shown?.situation;
  if (!situation) return null;
  const drawn = situation.features.filter((one) => one.properties.kind !== "claim");
  return section(t("verdict.evidence"), String(drawn.length), h("details", {}, h("summary", {}, t("files.show")), featureList(app, situation)));
}

export function featureList(app: App, situation: Situation): HTMLElement {
  const drawn = situation.features.filter((one) => one.properties.kind !== "claim");
  return h("ul", { class: "rows", id: "features" }, drawn.map((one) => {
    const gone = app.supposed.without.includes(one.id);
    const as = app.supposed.assume[one.id];
    const told = gone ? t("doubt.notThere") : as === true ? t("doubt.certain") : as ? t(`doubt.${as}`) : "";
    return h("li", { class: app.picked === one.id ? "row on" : "row" },
      button([h("b", { lang: "und" }, nameOf(one.id, app.judgement, situation)), h("small", {}, tellFeature(one, situation))], () => {
        if (app.screen === "doubt") app.pick(one.id);
        else {
          app.go(app.address("doubt"));
          app.picked = one.id;
        }
      }, { class: "plain what", id: `feature-${one.id}`, "aria-pressed": app.picked === one.id ? "true" : "false" }),
      told ? h("span", { class: "says what-if" }, told) : null);
  }));
}
