/** What somebody wants to be told of a force, what was told, and what readers without a key are given. */

import type { App, Case } from "../app";
import { h } from "../dom";
import type { Delivery, Watch } from "../service";
import { day, t, type Key } from "../words";
import { button, section } from "./parts";

const STATUSES = ["C0", "C1", "C2", "C3", "E1", "E2", "N", "U"] as const;
const VERDICTS = ["encircled", "not_encircled", "contested", "indeterminate", "no_force"] as const;
const MOST_TOLD = 20;
const WATCHED: Record<string, Key> = { status: "watch.status", verdict: "watch.verdict", neck: "watch.neck" };

export function watchPart(app: App, one: Case): HTMLElement | null {
  const { watches } = app.file;
  if (!watches) return null;
  const going = watches.filter((each) => !each.ended_at);
  return section(t("watch.title"), String(going.length), h("details", { id: "watches" }, h("summary", {}, t("files.show")),
    going.length ? h("ul", { class: "rows" }, going.map((each) => row(app, one, each))) : h("p", { class: "fine" }, t("watch.none")),
    form(app, one),
    app.file.begun.watch.secret ? h("p", { class: "told", role: "status", id: "secret" }, t("watch.secret", { secret: app.file.begun.watch.secret })) : null));
}

function row(app: App, one: Case, watch: Watch): HTMLElement {
  const holds = watch.held === null ? "watch.unknown" : watch.held ? "watch.holds" : "watch.not";
  return h("li", { class: "row" },
    h("span", { class: "what" }, h("b", { lang: "en" }, watch.condition), h("small", { lang: "und" }, `${watch.force} · ${watch.actor}, ${day(watch.created_at)} · ${t(holds)}`),
      watch.url ? h("small", { lang: "und" }, watch.url) : null, deliveries(watch.deliveries, watch.id)),
    button(t("watch.end"), () => void app.file.unwatch(one, watch.id), { class: "small", id: `end-${watch.id}` }));
}

function deliveries(told: Delivery[], name: string): HTMLElement | null {
  if (!told.length) return h("small", {}, t("watch.silent"));
  const line = (each: Delivery): HTMLElement => h("li", {}, h("span", { lang: "en" }, sayDelivery(each)),
    h("small", {}, `${each.recorded_at.slice(0, 16).replace("T", " ")} · ${each.status}${each.attempts ? ` (${each.attempts})` : ""}${each.error ? ` · ${each.error}` : ""}`));
  return h("details", { id: `told-${name}` }, h("summary", {}, t("watch.told", { n: told.length })), h("ul", { class: "bullets" }, told.slice(0, MOST_TOLD).map(line), told.length > MOST_TOLD ? h("li", {}, t("more", { n: told.length - MOST_TOLD })) : null));
}

const sayDelivery = ({ body }: Delivery): string =>
  [`${body.condition ?? ""} ${t(body.holds ? "watch.began" : "watch.ceased")}`, body.headline].filter(Boolean).join(": ");

function form(app: App, one: Case): HTMLElement {
  const draft = app.file.begun.watch;
  const situation = one.maps[0]?.situation;
  const forces = [...new Set((situation?.features ?? []).map((each) => each.properties.force).filter((name): name is string => Boolean(name)))];
  const select = (id: string, label: string, options: [string, string][], value: string, set: (value: string) => void): HTMLElement =>
    h("div", { class: "field" }, h("label", { for: id }, label), h("select", { id, onchange: (event) => set((event.target as HTMLSelectElement).value) },
      options.map(([key, text]) => h("option", { value: key, selected: key === value }, text))));
  const text = (id: string, label: string, name: "value" | "url", hint = ""): HTMLElement => {
    const input = h("input", { id, type: "text", inputmode: name === "value" ? "numeric" : "url", maxlength: 300, autocomplete: "off", placeholder: hint, oninput: (event) => (draft[name] = (event.target as HTMLInputElement).value) });
    input.value = draft[name];
    return h("div", { class: "field" }, h("label", { for: id }, label), input);
  };
  const turn = (value: string): void => {
    draft.on = value as typeof draft.on;
    draft.value = value === "neck" ? "3000" : value === "status" ? "E2" : "encircled";
    app.changed();
  };
  const value = draft.on === "neck" ? text("watch-value", t("watch.below"), "value")
    : select("watch-value", t(draft.on === "status" ? "watch.status" : "watch.verdict"), (draft.on === "status" ? STATUSES : VERDICTS).map((key) => [key, draft.on === "status" ? `${key}: ${t(`status.${key as "C0"}`)}` : t(`is.${key as "encircled"}`)]), draft.value, (chosen) => (draft.value = chosen));
  const submit = (event: Event): void => {
    event.preventDefault();
    void app.file.watch(one);
  };
  return h("form", { class: "ask-form", id: "watch-form", onsubmit: submit, novalidate: true }, h("h3", {}, t("watch.add")),
    forces.length > 1 ? select("watch-force", t("watch.force"), forces.map((name) => [name, name]), draft.force || (situation?.situation.force ?? ""), (chosen) => (draft.force = chosen)) : null,
    select("watch-on", t("watch.when"), Object.entries(WATCHED).map(([key, words]) => [key, t(words)]), draft.on, turn), value,
    text("watch-url", t("watch.url"), "url", "https://"), h("button", { type: "submit", class: "main", id: "watch-send" }, t("watch.send")));
}

/** How late and how coarsely readers without a key are given a case. */
export function publicationPart(app: App, one: Case): HTMLElement | null {
  const { terms } = app.file;
  if (!terms) return null;
  const draft = app.file.draftTerms(terms);
  const number = (id: "delay_h" | "coarsen_m", label: string): HTMLElement => {
    const input = h("input", { id, type: "number", min: 0, step: "any", oninput: (event) => (draft[id] = (event.target as HTMLInputElement).value) });
    input.value = draft[id];
    return h("div", { class: "field" }, h("label", { for: id }, label), input);
  };
  const open = h("input", { type: "checkbox", id: "open", checked: draft.open, onchange: (event) => (draft.open = (event.target as HTMLInputElement).checked) });
  const why = h("input", { id: "publish-why", type: "text", maxlength: 300, autocomplete: "off", oninput: (event) => (draft.why = (event.target as HTMLInputElement).value) });
  why.value = draft.why;
  const submit = (event: Event): void => {
    event.preventDefault();
    void app.file.publish(one, draft);
  };
  const said = terms.open ? t("publish.open", { h: terms.delay_h, m: terms.coarsen_m }) : t("publish.shut");
  return section(t("publish.title"), "", h("p", { class: "fine", id: "terms" }, said), h("details", { id: "publication" }, h("summary", {}, t("publish.change")),
    h("form", { class: "ask-form", onsubmit: submit, novalidate: true }, h("label", { class: "tick", for: "open" }, open, t("publish.isOpen")),
      number("delay_h", t("publish.delay")), number("coarsen_m", t("publish.coarsen")),
      h("div", { class: "field" }, h("label", { for: "publish-why" }, t("files.why")), why),
      h("button", { type: "submit", id: "publish-send" }, t("publish.send")))));
}
