/** The empty page: a claim, the maps of that day, or a finished case. */

import type { App } from "../app";
import { h } from "../dom";
import { glyph } from "../glyph";
import { findPlaces } from "../service";
import type { Code, Scenario } from "../types";
import { day, number, t } from "../words";
import { button, section, type Screen } from "./parts";

const OFFERED = ["kursk-2025-03-14", "stalingrad-1942-11-24", "chernihiv-2022-03-25", "dien-bien-phu-1954-03-15"];
const LOOK_AFTER_MS = 250;

export function askScreen(app: App): Screen {
  return { band: null, column: h("div", { class: "ask" }, lead(), form(app), finished(app)) };
}

const lead = (): HTMLElement => h("div", {}, h("h1", { tabindex: -1 }, t("ask.title")), h("p", { class: "lead" }, t("ask.lead")));

function form(app: App): HTMLElement {
  const { draft } = app;
  const claim = h("textarea", {
    id: "claim", rows: 4, maxlength: 20_000, placeholder: t("ask.example"), "aria-describedby": draft.note ? "note" : null,
    oninput: (event) => (draft.claim = (event.target as HTMLTextAreaElement).value),
  });
  claim.value = draft.claim;
  const submit = (event: Event): void => {
    event.preventDefault();
    void app.check();
  };
  return h("form", { onsubmit: submit, novalidate: true },
    h("label", { for: "claim" }, t("ask.claim")), claim, drop(app), list(app), more(app),
    draft.note ? h("p", { class: "note", role: "alert", id: "note" }, draft.note) : null,
    h("button", { type: "submit", class: "main", id: "check" }, t("ask.check")),
    h("p", { class: "fine" }, t("ask.local")));
}

function drop(app: App): HTMLElement {
  const input = h("input", {
    type: "file", multiple: true, id: "files", class: "aside",
    onchange: (event) => {
      const chosen = event.target as HTMLInputElement;
      void app.addFiles([...(chosen.files ?? [])]);
      chosen.value = "";
    },
  });
  return h("div", { class: "drop", id: "drop" }, input,
    h("p", {}, h("b", {}, t("ask.drop")), ` ${t("ask.or")} `, h("label", { for: "files", class: "choose" }, t("ask.choose"))),
    h("p", { class: "fine" }, t("ask.kinds")));
}

function list(app: App): HTMLElement | null {
  const { maps } = app.draft;
  if (!maps.length) return null;
  return h("ul", { class: "files", "aria-label": maps.length === 1 ? t("ask.file") : t("ask.files", { n: maps.length }) },
    maps.map((map) => h("li", {}, h("span", {}, map.name),
      button("×", () => app.removeFile(map.name), { "aria-label": t("ask.remove", { name: map.name }) }))));
}

function more(app: App): HTMLElement {
  const { draft } = app;
  const field = (name: "place" | "made_at" | "claimant" | "as_of" | "rows_side" | "anchor_at", label: string, type: string, hint = ""): HTMLElement => {
    const input = h("input", {
      id: name, type, maxlength: 200, autocomplete: "off", list: name === "place" ? "places" : null,
      oninput: (event) => {
        draft[name] = (event.target as HTMLInputElement).value;
        if (name === "place") suggest(draft.place);
      },
    });
    input.value = draft[name];
    return h("div", { class: "field" }, h("label", { for: name }, label), input, hint ? h("small", {}, hint) : null);
  };
  const tick = h("input", { type: "checkbox", id: "keep_good", checked: draft.keep_good, onchange: (event) => (draft.keep_good = (event.target as HTMLInputElement).checked) });
  const isSaid = Boolean(draft.place || draft.made_at || draft.claimant || draft.as_of || draft.rows_side || draft.anchor_at || draft.keep_good);
  return h("details", { class: "more", id: "more", open: isSaid || Boolean(app.trouble?.errors?.length) }, h("summary", {}, t("ask.more")),
    field("claimant", t("ask.who"), "text"), field("made_at", t("ask.when"), "date"),
    field("place", t("ask.where"), "text", t("ask.where.hint")), h("datalist", { id: "places" }),
    field("as_of", t("ask.asOf"), "date", t("ask.asOf.hint")), field("rows_side", t("ask.rowsSide"), "text", t("ask.rowsSide.hint")),
    field("anchor_at", t("ask.rear"), "text", t("ask.rear.hint")), h("label", { class: "tick", for: "keep_good" }, tick, t("ask.keepGood")));
}

let waiting = 0;

/** Offer places of a name, once whoever types it has paused. */
export function suggest(text: string, into = "places"): void {
  clearTimeout(waiting);
  if (text.trim().length < 3) return;
  waiting = window.setTimeout(() => {
    void findPlaces(text.trim()).then((found) => {
      const seen = found.map((one) => h("option", { value: one.label ?? one.name }, one.population ? number(one.population) : ""));
      document.getElementById(into)?.replaceChildren(...seen);
    }).catch(() => undefined);
  }, LOOK_AFTER_MS);
}

export const caseLine = (one: Scenario): HTMLElement => {
  const code = one.acceptable[0];
  return h("li", {}, h("a", { href: `#/case/${encodeURIComponent(one.id)}`, class: "case-line" },
    code ? glyph(code) : h("span", { class: "glyph-gap" }),
    h("span", { class: "what" }, h("b", { lang: "en" }, one.title), h("small", {}, day(one.as_of))),
    h("span", { class: "says" }, code ? t(`status.${code as Code}`) : "")));
};

function finished(app: App): HTMLElement | null {
  const offered = OFFERED.flatMap((id) => app.scenarios.find((one) => one.id === id) ?? []);
  if (!offered.length) return null;
  const all = h("a", { href: "#/archive" }, t("ask.all", { n: app.scenarios.length }));
  return section(t("ask.finished"), all, h("ul", { class: "rows" }, offered.map(caseLine)));
}
