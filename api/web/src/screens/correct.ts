/** Correct an observation in its own row, with a reason: nothing is overwritten, and nobody else's correction is lost. */

import type { App, Case } from "../app";
import type { Correction } from "../casefile";
import { h } from "../dom";
import type { Situation } from "../types";
import { t, type Key } from "../words";
import { button } from "./parts";

const PRESENT = ["yes", "withdrawn", "unknown"] as const;
type Text = "name" | "seen" | "at" | "note" | "why";

export function correctForm(app: App, one: Case, situation: Situation): HTMLElement | null {
  const { correction } = app.file.begun;
  if (!correction) return null;
  const isPosition = correction.feature.properties.kind === "position";
  const isPoint = correction.feature.geometry?.type === "Point";
  const submit = (event: Event): void => {
    event.preventDefault();
    void app.file.send(one);
  };
  return h("form", { class: "ask-form correcting", id: "correcting", onsubmit: submit, novalidate: true },
    h("p", { class: "fine" }, t("correct.lead", { n: correction.revision })),
    field(correction, "name", "files.name"),
    isPosition ? choose(correction, "side", "files.side", (situation.situation.sides ?? []).map((side) => [side.id, side.name ?? side.id])) : null,
    isPosition ? choose(correction, "present", "correct.present", PRESENT.map((word) => [word, t(`present.${word}`)])) : null,
    field(correction, "seen", "files.seen", "date"), isPoint ? field(correction, "at", "files.at") : null,
    field(correction, "note", "correct.note"), field(correction, "why", "correct.why"),
    correction.told ? h("p", { class: "note", role: "alert", id: "correct-told" }, correction.told) : null,
    h("div", { class: "buttons" }, h("button", { type: "submit", class: "main", id: "correct-send" }, t("correct.send")),
      button(t("correct.stop"), () => app.file.stop(), { id: "correct-stop" })));
}

function field(one: Correction, name: Text, label: Key, type = "text"): HTMLElement {
  const input = h("input", {
    id: `correct-${name}`, type, maxlength: 1000, autocomplete: "off", required: name === "why",
    oninput: (event) => (one[name] = (event.target as HTMLInputElement).value),
  });
  input.value = one[name];
  return h("div", { class: "field" }, h("label", { for: `correct-${name}` }, t(label)), input);
}

function choose(one: Correction, name: "side" | "present", label: Key, options: [string, string][]): HTMLElement {
  const select = h("select", { id: `correct-${name}`, onchange: (event) => (one[name] = (event.target as HTMLSelectElement).value) },
    h("option", { value: "" }, "–"), options.map(([key, text]) => h("option", { value: key, selected: key === one[name] }, text)));
  return h("div", { class: "field" }, h("label", { for: `correct-${name}` }, t(label)), select);
}
