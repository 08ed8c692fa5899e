/** Asked back: nothing is judged until one thing is asked. */

import type { App } from "../app";
import { h, type Children } from "../dom";
import type { Piece, Question } from "../types";
import { number, say, t } from "../words";
import { suggest } from "./ask";
import { chips } from "./chips";
import { button, km, section, type Screen } from "./parts";

interface Choice {
  id: string;
  title: Children;
  beside?: string;
  words: Children;
  button: string;
  choose: () => void;
}

let chosen = "";
let asked: Question | null = null;

export function questionScreen(app: App): Screen {
  const told = app.question;
  if (!told) return { band: null, column: h("div") };
  if (asked !== told.question) {
    asked = told.question;
    chosen = "";
  }
  const choices = listChoices(app, told.question);
  const picked = choices.find((one) => one.id === chosen);
  const go = button(picked ? picked.button : t("back.choose"), () => picked?.choose(), { class: "main", id: "judge", disabled: !picked });
  const column = h("div", { class: "back" },
    section(t("back.understood"), "", told.claim ? chips(app, told.claim, told.ask) : h("p", { class: "fine", lang: "en" }, told.words)),
    h("fieldset", { class: "choices" }, h("legend", {}, t(told.question.question === "which_force" ? "back.whose" : "back.first")),
      choices.map((one) => show(app, one))),
    h("div", { class: "buttons" }, go, button(t("back.back"), () => app.go("#/"))));
  return { band: band(told.question), column };
}

function band(question: Question): HTMLElement {
  const { place, held_by: side, pieces } = question;
  const name = place?.name ?? (place ? `${place.lon}, ${place.lat}` : "");
  const sideName = question.ground?.situation.sides?.find((one) => one.id === side)?.name ?? side;
  const titles = { which_force: "back.force", which_place: "back.place", which_claim: "back.claim", which_side: "back.side" } as const;
  const title = question.question === "which_force" && name && sideName
    ? t("back.held", { place: name, side: sideName }) : t(titles[question.question]);
  const nearest = pieces?.[0];
  return h("div", { class: "band contested", role: "status" },
    h("div", { class: "band-glyph contested" }, h("span", { class: "big", "aria-hidden": "true" }, "?")),
    h("div", { class: "band-words" }, h("p", { class: "over" }, h("span", { class: "chip-solid contested" }, t("back.first")), t("back.nothing")),
      h("h1", { tabindex: -1 }, title)),
    nearest && name ? h("div", { class: "figures" }, h("div", { class: "figure" }, h("b", {}, km(nearest.distance_m)), h("span", {}, t("back.from", { place: name })))) : null);
}

function show(app: App, one: Choice): HTMLElement {
  const input = h("input", {
    type: "radio", name: "choice", id: `choice-${one.id}`, value: one.id, checked: one.id === chosen,
    onchange: () => {
      chosen = one.id;
      app.pick(null);
    },
  });
  return h("label", { class: one.id === chosen ? "choice on" : "choice", for: `choice-${one.id}` }, input,
    h("span", { class: "what" }, h("b", {}, one.title), h("small", {}, one.words)), one.beside ? h("b", { class: "says" }, one.beside) : null);
}

function describe(piece: Piece): string {
  const away = piece.distance_m < 1 ? t("back.at")
    : t("back.begins", { km: km(piece.distance_m), bearing: say(`bearing.${Math.round(piece.bearing_deg / 45) % 8}`) });
  const more = piece.area_uncertain_km2 >= 1 ? t("back.more", { n: number(piece.area_uncertain_km2) }) : "";
  return [away, t(piece.joined ? "back.joined" : "back.alone"), more].filter(Boolean).join("; ");
}

function listChoices(app: App, question: Question): Choice[] {
  const told = app.question;
  if (!told) return [];
  const again = (more: object): void => void app.ask({ ...told.ask, ...more });
  if (question.question === "which_place") {
    return (question.places ?? []).map((one, i) => ({
      id: `place-${i}`, title: one.name, words: [one.admin, one.country].filter(Boolean).join(", "), beside: one.population ? number(one.population) : "",
      button: t("back.judge.this"), choose: () => again({ place: `${one.lon},${one.lat}` }),
    }));
  }
  if (question.question === "which_side") {
    return (question.sides ?? []).map((one) => ({
      id: `side-${one.id}`, title: one.name, words: "", button: t("back.judge.this"), choose: () => again({ side: one.id }),
    }));
  }
  if (question.question === "which_claim") {
    return (question.claims ?? []).map((one, i) => ({
      id: `claim-${i}`, title: String(i + 1), words: [one.claimant, one.sentence].filter(Boolean).join(": "), button: t("back.judge.this"),
      choose: () => again({ claim_number: one.claim }),
    }));
  }
  const pieces = (question.pieces ?? []).map((piece, i): Choice => {
    const letter = String.fromCharCode(65 + i);
    const kind = say(`kind.${piece.kind}`);
    const where = piece.nearest_place ? t("near", { place: piece.nearest_place }) : "";
    return {
      id: piece.id, title: `${letter}  ${t("back.piece", { kind, where })}`.trim(), beside: t("back.km2", { n: number(piece.area_km2) }),
      words: describe(piece), button: t("back.judge", { letter }), choose: () => again({ force_in: piece.id }),
    };
  });
  return [...pieces, otherPlace(app, again), onlyMen(app)];
}

let other = "";

function otherPlace(app: App, again: (more: object) => void): Choice {
  const input = h("input", {
    type: "text", id: "other", list: "other-places", maxlength: 200, autocomplete: "off", "aria-label": t("back.other"),
    oninput: (event) => {
      other = (event.target as HTMLInputElement).value;
      suggest(other, "other-places");
    },
    onfocus: () => {
      if (chosen !== "other") {
        chosen = "other";
        app.pick(null);
      }
    },
  });
  input.value = other;
  return {
    id: "other", title: t("back.other"), words: [t("back.other.hint"), input, h("datalist", { id: "other-places" })], button: t("back.judge.place"),
    choose: () => {
      if (other.trim()) again({ force_in: other.trim() });
      else document.getElementById("other")?.focus();
    },
  };
}

function onlyMen(app: App): Choice {
  return {
    id: "men", title: t("back.men"), words: t("back.men.hint"), button: t("rating.unverifiable"),
    choose: () => {
      app.draft.note = t("back.men.done");
      app.go("#/");
    },
  };
}
