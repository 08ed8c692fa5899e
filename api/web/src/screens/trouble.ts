/** What could not be done, and what of a link could not be read: what, where, and the remedy. */

import type { App } from "../app";
import { h } from "../dom";
import { t, type Key } from "../words";

/** So many faults are read at once; the rest are counted. */
const MOST_FAULTS = 12;
const FIELDS: Record<string, Key> = {
  rows_side: "ask.rowsSide", anchor_at: "ask.rear", as_of: "ask.asOf", keep_good: "ask.keepGood", made_at: "ask.when", place: "ask.where", claimant: "ask.who",
};

/** Call the members of a request, in a remedy, what the page calls them. */
const nameFields = (remedy: string): string =>
  remedy.replace(/`(\w+)`|\?(\w+)=/g, (whole, one: string | undefined, other: string | undefined) => {
    const key = FIELDS[one ?? other ?? ""];
    return key ? `“${t(key)}”` : whole;
  });

/** What could not be done, with every fault that there is room for, and how many more there are. */
export function troublePart(app: App): HTMLElement | null {
  const { trouble } = app;
  if (!trouble) return null;
  const faults = trouble.errors ?? [];
  const more = faults.length - MOST_FAULTS;
  return h("div", { class: "trouble", role: "alert" }, h("h2", {}, t("error.title")), h("p", { lang: "en" }, faults.length ? trouble.title : trouble.detail),
    h("ul", { class: "bullets" }, faults.slice(0, MOST_FAULTS).map((one) => h("li", { lang: "en" }, one.feature && !one.detail.includes(one.feature) ? `${one.feature}: ` : "", one.detail, h("small", {}, nameFields(one.remedy))))),
    more > 0 ? h("p", { id: "more-faults" }, t("error.more", { n: more })) : null);
}

/** What of the link that led here says nothing; what helps is said with it. */
export function linkNote({ linkNote: note }: App): HTMLElement | null {
  return note ? h("div", { class: "trouble", role: "alert", id: "link-note" }, h("p", {}, note)) : null;
}
