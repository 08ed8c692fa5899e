/** Finished cases: history, one line for each chronology, to be found by a word. */

import type { App } from "../app";
import { h } from "../dom";
import { glyph } from "../glyph";
import type { Scenario } from "../types";
import { day, t } from "../words";
import type { Screen } from "./parts";

const STEM = /-\d{4}-\d{2}-\d{2}$/;

function families(scenarios: Scenario[]): Scenario[][] {
  const found = new Map<string, Scenario[]>();
  for (const one of scenarios) {
    if (!STEM.test(one.id)) continue; // maps drawn to tempt a judge are no history
    const stem = one.id.replace(STEM, "");
    found.set(stem, [...(found.get(stem) ?? []), one]);
  }
  return [...found.values()].map((days) => days.sort((a, b) => (a.as_of ?? "").localeCompare(b.as_of ?? "")));
}

const nameOfFamily = (days: Scenario[]): string => {
  const stem = (days[0]?.id ?? "").replace(STEM, "").replaceAll("-", " ");
  return stem.replace(/\b\w/g, (letter) => letter.toUpperCase());
};

export function archiveScreen(app: App): Screen {
  const list = h("ul", { class: "rows", id: "cases" });
  const fill = (): void => {
    const found = families(app.scenarios).filter((days) => days.some((one) => `${one.id} ${one.title}`.toLowerCase().includes(app.found.toLowerCase().trim())));
    list.replaceChildren(...found.map(line));
    if (!found.length && app.scenarios.length) list.append(h("li", {}, t("archive.none")));
  };
  const input = h("input", {
    type: "search", id: "find", autocomplete: "off", oninput: (event) => {
      app.found = (event.target as HTMLInputElement).value;
      app.note();
      fill();
    },
  });
  input.value = app.found;
  fill();
  return {
    band: null,
    column: h("div", { class: "archive" }, h("h1", { tabindex: -1 }, t("archive.title")), h("p", { class: "lead" }, t("archive.lead")),
      h("div", { class: "field" }, h("label", { for: "find" }, t("archive.filter")), input), list),
  };
}

function line(days: Scenario[]): HTMLElement {
  const first = days[0] as Scenario;
  const last = days.at(-1) as Scenario;
  const when = days.length > 1 ? `${day(first.as_of)} – ${day(last.as_of)}` : day(first.as_of);
  return h("li", {}, h("a", { href: `#/case/${encodeURIComponent(first.id)}`, class: "case-line" },
    h("span", { class: "what" }, h("b", { lang: "en" }, nameOfFamily(days)), h("small", {}, when)),
    h("span", { class: "says glyphs" }, days.slice(0, 8).map((one) => (one.acceptable[0] ? glyph(one.acceptable[0], 20) : null)),
      h("small", {}, days.length === 1 ? t("archive.day") : t("archive.days", { n: days.length })))));
}
