/** Through time: the days of a case, the turns between them, and the neck on both readings. */

import type { App, Shown } from "../app";
import { h, s } from "../dom";
import { glyph } from "../glyph";
import { day, t } from "../words";
import { button, km, section } from "./parts";

const PLAY_MS = 1000;
const DAY_MS = 86_400_000;
const [WIDTH, HEIGHT] = [400, 74];
let playing = 0;
let playedFor = "";

/** The days of one mapper, in order: what two mappers show of two days is no course of events. */
const order = (maps: Shown[], mapper: string | null): number[] =>
  [...maps.keys()].filter((i) => maps[i]?.used && maps[i]?.mapper === mapper).sort((a, b) => (maps[a]?.asOf ?? "").localeCompare(maps[b]?.asOf ?? ""));

/** Stop what plays, where another case is opened or the reader takes over. */
export function stopPlaying(): void {
  clearInterval(playing);
  playing = 0;
}

export function timePart(app: App): HTMLElement | null {
  const one = app.case;
  if (!one) return null;
  const days = order(one.maps, one.maps[one.at]?.mapper ?? null);
  const dates = new Set(days.map((i) => one.maps[i]?.asOf.slice(0, 10)));
  if (dates.size < 2) return null;
  const at = Math.max(0, days.indexOf(one.at));
  const stem = one.kind === "scenario" ? one.id.replace(/-\d{4}-\d{2}-\d{2}$/, "") : one.id;
  if (playing && playedFor !== stem) stopPlaying();
  const turn = (to: number): void => {
    const target = days[to];
    if (target !== undefined) app.turn(target);
  };
  const slider = h("input", {
    type: "range", min: 0, max: days.length - 1, step: 1, value: at, id: "time", "aria-label": t("time.day"),
    "aria-valuetext": day(one.maps[one.at]?.asOf), onchange: (event) => {
      stopPlaying();
      turn(Number((event.target as HTMLInputElement).value));
    },
  });
  const judged = days.filter((i) => one.maps[i]?.judgement).length;
  return section(t("time.title"), judged < days.length ? t("time.loading", { n: judged, of: days.length }) : day(one.maps[one.at]?.asOf),
    h("div", { class: "time" },
      h("div", { class: "buttons" },
        button("←", () => turn(at - 1), { "aria-label": t("time.prev"), disabled: at === 0, id: "time-prev" }),
        play(app, stem, days),
        button("→", () => turn(at + 1), { "aria-label": t("time.next"), disabled: at === days.length - 1, id: "time-next" }), slider),
      strip(app, days, turn), series(one.maps, days, at)));
}

function play(app: App, stem: string, days: number[]): HTMLElement {
  const start = (): void => {
    if (playing) {
      stopPlaying();
      app.pick(app.picked);
      return;
    }
    playedFor = stem;
    playing = window.setInterval(() => {
      const now = days.indexOf(app.case?.at ?? 0);
      const next = days[now + 1];
      if (next === undefined || now < 0) {
        stopPlaying();
        app.pick(app.picked);
      } else if (!app.wait) app.turn(next);
    }, PLAY_MS);
    app.pick(app.picked);
  };
  return button(t(playing ? "time.stop" : "time.play"), start, { id: "time-play" });
}

function strip(app: App, days: number[], turn: (to: number) => void): HTMLElement {
  const maps = app.case?.maps ?? [];
  return h("ol", { class: "strip" }, days.map((i, n) => {
    const map = maps[i];
    const before = maps[days[n - 1] ?? -1];
    const gap = before && map ? Math.round((Date.parse(map.asOf) - Date.parse(before.asOf)) / DAY_MS) : 0;
    const code = map?.judgement?.status.code;
    const turned = before?.judgement && code && before.judgement.status.code !== code;
    const shown = map?.asOf.slice(5, 10) ?? "";
    const label = `${day(map?.asOf)}${code ? `: ${t(`status.${code}`)}` : ""}${turned ? ` (${t("time.turn")})` : ""}`;
    return h("li", {}, gap > 1 ? h("small", { class: "gap" }, t("time.break", { n: gap })) : null,
      button([code ? glyph(code, 26) : h("span", { "aria-hidden": "true" }, "…"), h("small", {}, shown)], () => turn(n), {
        class: turned ? "plain turned" : "plain", "aria-label": `${shown}, ${label}`, title: label, "aria-current": app.case?.at === i ? "date" : null, id: `day-${n}`,
      }));
  }));
}

/** The neck, day by day: a band between the readings; broken where no map was judged. */
function series(maps: Shown[], days: number[], at: number): HTMLElement | null {
  const necks = days.map((i) => {
    const { judgement } = maps[i] ?? {};
    if (!judgement) return null;
    const neck = judgement.margins.neck_width_m;
    return judgement.encircled ? { low: 0, high: 0 } : neck ? { low: neck.pessimistic, high: neck.optimistic } : null;
  });
  const most = Math.max(...necks.map((one) => one?.high ?? 0));
  if (most <= 0) return null;
  const x = (n: number): number => (days.length < 2 ? WIDTH / 2 : 12 + (n * (WIDTH - 24)) / (days.length - 1));
  const y = (m: number): number => HEIGHT - 10 - (m / most) * (HEIGHT - 22);
  const runs: number[][] = [];
  necks.forEach((one, n) => {
    if (!one) return;
    const last = runs.at(-1);
    if (last && last.at(-1) === n - 1) last.push(n);
    else runs.push([n]);
  });
  const path = (run: number[], which: "low" | "high"): string => run.map((n, i) => `${i ? "L" : "M"}${x(n).toFixed(1)} ${y(necks[n]?.[which] ?? 0).toFixed(1)}`).join("");
  const lines = runs.flatMap((run) => [
    s("path", { d: `${path(run, "high")}${[...run].reverse().map((n) => `L${x(n).toFixed(1)} ${y(necks[n]?.low ?? 0).toFixed(1)}`).join("")}Z`, class: "series-band" }),
    s("path", { d: path(run, "low"), class: "series-low" }), s("path", { d: path(run, "high"), class: "series-high" }),
    ...run.map((n) => s("circle", { cx: x(n), cy: y(necks[n]?.low ?? 0), r: n === at ? 5 : 3, class: "series-dot" })),
  ]);
  const words = days.map((i, n) => `${day(maps[i]?.asOf)}: ${necks[n] ? `${km(necks[n]?.low ?? 0)} – ${km(necks[n]?.high ?? 0)}` : "–"}`).join("; ");
  return h("figure", {}, s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${t("time.series")}: ${words}`, class: "series" },
    s("path", { d: `M6 ${HEIGHT - 10}H${WIDTH - 6}`, class: "axis" }), lines, s("text", { x: 8, y: 10, class: "axis-words" }, km(most))),
  h("figcaption", {}, t("time.series")));
}
