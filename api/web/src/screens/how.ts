/** How it works, in four sentences; the rest is in the documentation. */

import { h } from "../dom";
import { glyph } from "../glyph";
import type { Code } from "../types";
import { t } from "../words";
import type { Screen } from "./parts";

const CODES: Code[] = ["C0", "C1", "C2", "C3", "E1", "E2", "N", "U"];

export function howScreen(): Screen {
  return {
    band: null,
    column: h("div", { class: "how" }, h("h1", { tabindex: -1 }, t("how.title")),
      h("ol", { class: "bullets" }, (["how.1", "how.2", "how.3", "how.4"] as const).map((key) => h("li", {}, t(key)))),
      statusLegend(), h("p", {}, h("a", { href: "/docs" }, t("how.more")))),
  };
}

export const statusLegend = (): HTMLElement =>
  h("ul", { class: "statuses" }, CODES.map((code) => h("li", {}, glyph(code), t(`status.${code}`))));
