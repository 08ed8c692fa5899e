/** Cases, made of what the service gives: an answer, a scenario with its other days, a case file. */

import { judgeFile, readFileSituation, readLog, type Ask, type Revision } from "./service";
import type { Asked, Claim, Judgement, Scenario, Situation } from "./types";

/** One map with what was judged on it; a map of the day before may still have to be judged. */
export interface Shown {
  id: string;
  title: string;
  mapper: string | null;
  asOf: string;
  situation: Situation | null;
  judgement: Judgement | null;
  rating: string | null;
  used: boolean;
  because: string;
}
export interface Case {
  kind: "scenario" | "asked" | "file";
  id: string;
  claim: Claim | null;
  answer: Asked | null;
  ask: Ask | null;
  maps: Shown[];
  at: number;
  /** Who said what when, oldest first, where it is a case file and may be read. */
  log: Revision[];
}
/** Make a case of an answer. */
export function caseOf(id: string, ask: Ask, answer: Asked): Case {
  const maps = answer.maps.map((map): Shown => ({
    id: map.map, title: map.title || map.map, mapper: map.mapper, asOf: map.as_of, situation: map.situation,
    judgement: map.judgement, rating: map.rating, used: map.used && map.judgement !== null, because: map.because,
  }));
  const first = Math.max(0, maps.findIndex((one) => one.judgement));
  return { kind: "asked", id, claim: answer.claim, answer, ask, maps, at: answer.shown ?? first, log: [] };
}

const STEM = /-\d{4}-\d{2}-\d{2}$/;

/** Make a case of a scenario, with the other days of its chronology. */
export function caseOfScenario(id: string, situation: Situation, judgement: Judgement, scenarios: Scenario[]): Case {
  const stem = id.replace(STEM, "");
  const family = scenarios.filter((one) => one.id === id || (STEM.test(one.id) && one.id.replace(STEM, "") === stem));
  const days = STEM.test(id) && family.some((one) => one.id === id) ? family : [];
  days.sort((a, b) => (a.as_of ?? "").localeCompare(b.as_of ?? ""));
  const whole = days.length ? days : [{ id, title: judgement.title ?? id, as_of: judgement.as_of }];
  const maps = whole.map((one): Shown => ({
    id: one.id, title: one.title, mapper: null, asOf: one.as_of ?? "", rating: null, used: true, because: "",
    situation: one.id === id ? situation : null, judgement: one.id === id ? judgement : null,
  }));
  return { kind: "scenario", id, claim: null, answer: null, ask: null, maps, at: maps.findIndex((one) => one.id === id), log: [] };
}

/** Open a case file: its map of now, the verdict on the force it is about, and its whole log; `told` how many lines were read. */
export async function openFile(id: string, told: (lines: number) => void): Promise<Case> {
  const situation = await readFileSituation(id);
  const force = situation.situation.force ?? "";
  const [judgement, log] = await Promise.all([judgeFile(id, force), readLog(id, told)]);
  const map: Shown = {
    id, title: situation.situation.title ?? id, mapper: null, asOf: judgement.as_of, situation, judgement, rating: null, used: true, because: "",
  };
  return { kind: "file", id, claim: null, answer: null, ask: null, maps: [map], at: 0, log };
}
