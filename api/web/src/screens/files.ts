/** Case files: what a team keeps of one question; who said what when, one thing more, one taken back. */

import type { App, Case } from "../app";
import { h } from "../dom";
import { CSV, XLSX } from "../files";
import { listFiles, type Posted, type Revision } from "../service";
import type { Feature, Situation } from "../types";
import { day, say, t } from "../words";
import { correctForm } from "./correct";
import { button, nameOf, section, type Screen } from "./parts";
import { publicationPart, watchPart } from "./watches";

let found: { id: string; created_at: string }[] | null = null;
let failed = "";

/** Ask for the list again: another key shows other cases. */
export function forgetFiles(): void {
  found = null;
  failed = "";
}

export function filesScreen(app: App): Screen {
  const list = h("ul", { class: "rows", id: "files-list" });
  const show = (): void => {
    list.replaceChildren(...(found ?? []).map((one) => h("li", {}, h("a", { class: "case-line", href: `#/file/${encodeURIComponent(one.id)}` },
      h("span", { class: "what" }, h("b", { lang: "und" }, one.id), h("small", {}, day(one.created_at)))))));
    if (found && !found.length) list.append(h("li", {}, t("files.none")));
    if (failed) list.append(h("li", { class: "note" }, failed));
  };
  show();
  if (!found && !failed) {
    void listFiles().then((those) => {
      found = those;
    }, (error: unknown) => {
      failed = error instanceof Error ? error.message : String(error);
    }).finally(show);
  }
  return { band: null, column: h("div", { class: "archive" }, h("h1", { tabindex: -1 }, t("files.title")), h("p", { class: "lead" }, t("files.lead")), keyForm(app), list) };
}

function keyForm(app: App): HTMLElement {
  const input = h("input", { type: "password", id: "key", autocomplete: "off", maxlength: 200 });
  const submit = (event: Event): void => {
    event.preventDefault();
    app.signIn(input.value);
  };
  return h("form", { class: "correct part", onsubmit: submit }, h("label", { for: "key" }, t("files.key")), input,
    h("button", { type: "submit", id: "sign-in" }, t("files.signIn")),
    app.isSignedIn ? button(t("files.signOut"), () => app.signIn(""), { id: "sign-out" }) : null);
}

// -- one case -----------------------------------------------------------------------------------------

export interface Sighting {
  /** What it will be called in the case: the same however often it has to be sent. */
  id: string;
  name: string;
  side: string;
  seen: string;
  source: string;
  at: string;
  told: string;
}

export const emptySighting = (): Sighting => ({ id: "", name: "", side: "", seen: "", source: "", at: "", told: "" });

/** Read a place, LON,LAT in degrees; nothing where it is not just two numbers that can be one. */
export function readPlace(text: string): [number, number] | null {
  const parts = text.split(",").map((part) => part.trim());
  const [lon, lat] = parts.map(Number) as [number, number];
  if (parts.length !== 2 || parts.includes("") || !(Math.abs(lon) <= 180) || !(Math.abs(lat) <= 90)) return null;
  return [lon, lat];
}

/** Write a sighting as the feature that is posted; nothing where a part is missing. */
export function writeSighting(one: Sighting, force: string, own: string): object | null {
  const at = readPlace(one.at);
  if (!one.name.trim() || !one.side || !one.seen || !one.source.trim() || !at) return null;
  one.id ||= `${one.name.trim().toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 40)}-${Date.now().toString(36)}`;
  const properties = {
    kind: "position", name: one.name.trim(), side: one.side, basis: "reported", observed_at: `${one.seen}T12:00:00Z`, sources: [one.source.trim()],
    ...(one.side === own ? { force } : {}),
  };
  return { type: "Feature", id: one.id, geometry: { type: "Point", coordinates: at }, properties };
}

/** Say what a post changed of each verdict, and whatever the service has to say of it. */
export function tellPosted(posted: Posted): string {
  const refused = posted.refused.map((one) => `${one.row === undefined ? "" : `${t("files.row", { n: one.row })} `}${one.detail} ${one.remedy ?? ""}`);
  const changes = (posted.changes ?? []).map((one) => `${one.force}: ${one.was?.status ?? "–"} → ${one.is?.status ?? "–"}`);
  const same = posted.changes ? t("files.same") : t("files.untold");
  return [...refused, ...(changes.length ? changes : posted.accepted.length ? [same] : []), ...(posted.notices ?? [])].join("; ");
}

export function fileParts(app: App): HTMLElement | null {
  const one = app.case;
  if (one?.kind !== "file") return null;
  const { told } = app.file;
  return h("div", {}, told ? h("p", { class: "told part", role: "status", id: "file-told" }, told) : null,
    observations(app, one), postForm(app, one), tableForm(app, one), watchPart(app, one), publicationPart(app, one), log(app, one));
}

/** The latest revision of each observation, by its id, and its place in the log; a layer may be called as an observation is. */
function findLatest(log: Revision[]): Map<string, { revision: Revision; at: number }> {
  const said = new Map<string, { revision: Revision; at: number }>();
  for (const [at, revision] of log.entries()) if ((revision.what ?? "feature") === "feature") said.set(revision.id, { revision, at });
  return said;
}

/** Every observation, what was said last first; who said it is told by its own revision. */
function observations(app: App, one: Case): HTMLElement {
  const situation = app.shown?.situation;
  const said = findLatest(one.log);
  const drawn = [...(situation?.features ?? [])].sort((a, b) => (said.get(b.id)?.at ?? -1) - (said.get(a.id)?.at ?? -1));
  const row = (feature: Feature): HTMLElement => {
    const revision = said.get(feature.id)?.revision;
    const isOfLayer = one.log.length > 0 && !revision;
    return h("li", { class: "row" },
      h("span", { class: "what" }, h("b", { lang: "und" }, nameOf(feature.id, app.judgement, situation ?? null)),
        h("small", {}, [say(`kindOf.${feature.properties.kind}`), isOfLayer ? t("files.ofLayer") : whoSaid(revision), seenOn(feature)].filter(Boolean).join(" · "))),
      situation && !isOfLayer ? changes(app, one, feature, situation) : null);
  };
  return section(t("files.observations"), String(drawn.length), h("details", { id: "observations" }, h("summary", {}, t("files.show")),
    longList(app, "observations-list", drawn, row)));
}

const MOST_AT_ONCE = 200;

/** A list of which the first are shown, and more of it when somebody wants them: how many there are is told. */
function longList<T>(app: App, id: string, all: T[], row: (one: T) => HTMLElement): HTMLElement {
  const shown = app.file.shownOf(id, MOST_AT_ONCE);
  const left = all.length - shown;
  return h("div", {}, h("ol", { class: "rows", id }, all.slice(0, shown).map(row)),
    left > 0 ? button(t("files.more", { n: Math.min(left, MOST_AT_ONCE), left }), () => app.file.showMore(id, shown + MOST_AT_ONCE), { id: `${id}-more` }) : null);
}

/** What may be done to an observation: it is corrected, or taken back; what a layer draws is not. */
function changes(app: App, one: Case, feature: Feature, situation: Situation): HTMLElement {
  if (app.file.begun.correction?.id === feature.id) return h("div", { class: "changing" }, correctForm(app, one, situation));
  return h("div", { class: "buttons changing" },
    button(t("correct.begin"), () => void app.file.begin(one, feature.id), { class: "small", id: `correct-it-${feature.id}` }), retraction(app, one, feature));
}

const whoSaid = (revision: Revision | undefined): string =>
  revision ? t("files.by", { who: revision.by ?? "?", day: day(revision.recorded_at), n: revision.revision }) : "";
const seenOn = (feature: Feature): string => (feature.properties.observed_at ? t("card.seen", { day: day(feature.properties.observed_at) }) : "");

function retraction(app: App, one: Case, feature: Feature): HTMLElement {
  const { reasons } = app.file.begun;
  const why = h("input", {
    type: "text", maxlength: 300, required: true, id: `why-${feature.id}`, "aria-label": t("files.why"), placeholder: t("files.why"),
    oninput: (event) => reasons.set(feature.id, (event.target as HTMLInputElement).value),
  });
  why.value = reasons.get(feature.id) ?? "";
  const submit = (event: Event): void => {
    event.preventDefault();
    void app.file.takeBack(one, feature.id);
  };
  return h("details", { class: "take-back", id: `take-back-${feature.id}` }, h("summary", {}, t("files.takeBack")), h("form", { class: "correct", onsubmit: submit }, why, h("button", { type: "submit" }, t("files.takeBack"))));
}

function postForm(app: App, one: Case): HTMLElement {
  const { sighting } = app.file.begun;
  const field = (name: "name" | "seen" | "source" | "at", label: string, type: string): HTMLElement => {
    const input = h("input", { id: `post-${name}`, type, maxlength: 300, autocomplete: "off", oninput: (event) => (sighting[name] = (event.target as HTMLInputElement).value) });
    input.value = sighting[name];
    return h("div", { class: "field" }, h("label", { for: `post-${name}` }, label), input);
  };
  const sides = app.shown?.situation?.situation.sides ?? [];
  const side = h("select", { id: "post-side", onchange: (event) => (sighting.side = (event.target as HTMLSelectElement).value) },
    h("option", { value: "" }, "–"), sides.map((each) => h("option", { value: each.id, selected: each.id === sighting.side }, each.name ?? each.id)));
  const submit = (event: Event): void => {
    event.preventDefault();
    void app.file.post(one);
  };
  return section(t("files.post"), "", h("details", { id: "post" }, h("summary", {}, t("files.postOne")),
    h("form", { class: "ask-form", onsubmit: submit }, h("p", { class: "fine" }, t("files.click")),
      field("name", t("files.name"), "text"), h("div", { class: "field" }, h("label", { for: "post-side" }, t("files.side")), side),
      field("seen", t("files.seen"), "date"), field("source", t("files.source"), "text"), field("at", t("files.at"), "text"),
      h("button", { type: "submit", class: "main", id: "send" }, t("files.send")))),
  sighting.told ? h("p", { class: "told", role: "status", id: "told", lang: "en" }, sighting.told) : null);
}

/** Rows of a table at once: each is kept, or refused by its number. */
function tableForm(app: App, one: Case): HTMLElement {
  const sides = app.shown?.situation?.situation.sides ?? [];
  const input = h("input", {
    type: "file", id: "post-table", accept: `.csv,.tsv,.txt,.xlsx,${CSV},${XLSX}`, onchange: (event) => {
      const chosen = (event.target as HTMLInputElement).files?.[0];
      if (chosen) void app.file.take(one, [chosen]);
    },
  });
  const side = h("select", { id: "rows-side", onchange: (event) => (app.file.begun.rowsSide = (event.target as HTMLSelectElement).value) },
    h("option", { value: "" }, "–"), sides.map((each) => h("option", { value: each.id, selected: each.id === app.file.begun.rowsSide }, each.name ?? each.id)));
  return section(t("files.table"), "", h("details", { id: "table" }, h("summary", {}, t("files.postTable")), h("div", { class: "ask-form" },
    h("p", { class: "fine" }, t("files.tableHint")),
    h("div", { class: "field" }, h("label", { for: "rows-side" }, t("ask.rowsSide")), side),
    h("div", { class: "field" }, h("label", { for: "post-table" }, t("files.tableFile")), input))));
}

/** The log, newest first. */
function log(app: App, one: Case): HTMLElement | null {
  if (!one.log.length) return null;
  const row = (each: Revision): HTMLElement =>
    h("li", { class: "row" }, h("span", { class: "what" }, each.act === "retract" ? h("s", {}, each.id) : h("b", {}, each.id), h("small", {}, [say(`act.${each.act}`), each.why].filter(Boolean).join(": "))),
      h("span", { class: "says" }, h("small", {}, `${each.by ?? "?"}, ${each.recorded_at.slice(0, 16).replace("T", " ")}`)));
  return section(t("files.log"), String(one.log.length), h("details", { id: "log" }, h("summary", {}, t("files.show")), longList(app, "log-list", [...one.log].reverse(), row)));
}
