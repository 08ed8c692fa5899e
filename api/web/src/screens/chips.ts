/** What was understood of a claim, each part to be put right. */

import type { App } from "../app";
import { h } from "../dom";
import type { Ask } from "../service";
import { DEFINITIONS, type Claim } from "../types";
import { day, number, t } from "../words";
import { button } from "./parts";

type Part = "claimant" | "made_at" | "place" | "definition" | "side";

/** The part being put right, of which question, and what was typed: it stays until an answer came. */
let open: { part: Part; ask: Ask; value: string | null } | null = null;

export function chips(app: App, claim: Claim, ask: Ask): HTMLElement {
  if (open?.ask !== ask) open = null;
  const meant = claim.asserts?.definition;
  const says = meant ? t(`def.${meant}`) : "";
  const parts: [Part, string, string][] = [
    ["claimant", t("chip.who"), claim.claimant ?? t("chip.nobody")],
    ["made_at", t("chip.when"), day(claim.made_at) || t("chip.undated")],
    ["place", t("chip.where"), claim.place ?? t("chip.map")],
    ["definition", t("chip.says"), claim.asserts?.value === "no" ? t("chip.not", { what: says }) : says],
    ["side", t("chip.side"), claim.side ?? t("chip.map")],
  ];
  const count = claim.asserts?.number;
  return h("div", { class: "chips" },
    parts.map(([name, label, value]) => button([h("small", {}, label), value], () => {
      open = open?.part === name ? null : { part: name, ask, value: null };
      app.pick(app.picked);
    }, { class: "chip", id: `chip-${name}`, "aria-expanded": open?.part === name ? "true" : "false" })),
    count ? h("span", { class: "chip" }, h("small", {}, t("chip.number")), number(count)) : null,
    count ? h("p", { class: "fine" }, t("number.note")) : null,
    open ? editor(app, open, claim) : null);
}

function editor(app: App, draft: NonNullable<typeof open>, claim: Claim): HTMLElement {
  const { part: name, ask } = draft;
  const label = { claimant: t("chip.who"), made_at: t("chip.when"), place: t("chip.where"), definition: t("chip.says"), side: t("chip.side") }[name];
  const told = name === "made_at" ? (claim.made_at ?? "").slice(0, 10) : name === "definition" ? (claim.asserts?.definition ?? "land_cut") : (claim[name] ?? "");
  const current = draft.value ?? told;
  const keep = (event: Event): string => (draft.value = (event.target as HTMLInputElement | HTMLSelectElement).value);
  const input = name === "definition"
    ? h("select", { id: "correct", onchange: keep }, DEFINITIONS.map((one) => h("option", { value: one, selected: one === current }, t(`def.${one}`))))
    : h("input", { id: "correct", type: name === "made_at" ? "date" : "text", maxlength: 200, autocomplete: "off", oninput: keep });
  if (input instanceof HTMLInputElement) input.value = current;
  const submit = (event: Event): void => {
    event.preventDefault();
    const value = input.value.trim();
    if (value) void app.ask({ ...ask, [name]: value });
    else {
      open = null;
      app.pick(app.picked);
    }
  };
  return h("form", { class: "correct", onsubmit: submit }, h("label", { for: "correct" }, t("chip.correct", { what: label })), input,
    h("button", { type: "submit" }, t("chip.apply")));
}
