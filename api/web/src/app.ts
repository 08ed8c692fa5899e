/**
 * What the page knows, and what can be done with it; whoever shows it is told of every change.
 *
 * Long for one reason: what is known is changed in one place only.
 */

import { readFile, MOST_BYTES, MOST_FILES, sizeOf } from "./files";
import { digest, keep, recall, setWish, wish } from "./keep";
import { PALETTES, type PaletteName } from "./map/palette";
import {
  askQuestion, AskedBack, getScenario, getScenarioJudgement, hasKey, judge, judgeFile, listScenarios, postObservation, readFileSituation, readLog,
  takeBack, Trouble, useKey, verify, type Ask, type Assumed, type GivenMap, type Revision, type Supposed,
} from "./service";
import { emptySighting, forgetFiles, tellPosted, writeSighting, type Sighting } from "./screens/files";
import type { Asked, Claim, Judgement, Problem, Question, Reading, Scenario, Situation, Verification } from "./types";
import { t } from "./words";

export type Screen = "ask" | "question" | "verdict" | "proof" | "doubt" | "archive" | "files" | "how";
export type Theme = "auto" | "light" | "dark";

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
  /** Who said what when, where it is a case file and may be read. */
  log: Revision[];
}
export interface Draft {
  claim: string;
  place: string;
  made_at: string;
  claimant: string;
  maps: GivenMap[];
  note: string;
}
export interface Wait {
  words: string;
  since: number;
  stop: AbortController;
}
export interface WhatIf {
  judgement: Judgement | null;
  failed: string;
}

/** What an address begins with, and what kind of case it names. */
const KINDS: Record<string, Case["kind"]> = { case: "scenario", asked: "asked", file: "file" };

export class App {
  screen: Screen = "ask";
  theme: Theme = (wish("theme") as Theme | null) ?? "auto";
  palette: PaletteName = PALETTES.find((one) => one === wish("palette")) ?? "side";
  reading: Reading = "pessimistic";
  draft: Draft = { claim: "", place: "", made_at: "", claimant: "", maps: [], note: "" };
  question: { question: Question; claim: Claim | null; words: string; ask: Ask } | null = null;
  case: Case | null = null;
  scenarios: Scenario[] = [];
  supposed: Supposed = { without: [], assume: {} };
  whatIf: WhatIf | null = null;
  verification: Verification | null = null;
  picked: string | null = null;
  sighting: Sighting = emptySighting();
  wait: Wait | null = null;
  trouble: Problem | null = null;
  private loading: Case | null = null;
  private readonly known = new Map<string, Case>();
  private readonly judged = new Map<string, Judgement>();

  constructor(private readonly changed: () => void) {}

  get dark(): boolean {
    return this.theme === "dark" || (this.theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  }

  get shown(): Shown | null {
    return this.case?.maps[this.case.at] ?? null;
  }

  /** What is told: on the evidence, or with something supposed. */
  get judgement(): Judgement | null {
    return this.whatIf ? this.whatIf.judgement : (this.shown?.judgement ?? null);
  }

  get isSupposing(): boolean {
    return this.supposed.without.length + Object.keys(this.supposed.assume).length > 0;
  }

  /** Read the address and show what it names. */
  async route(): Promise<void> {
    const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?");
    const [first = "", id = "", tab = ""] = path.split("/").map(decodeURIComponent);
    const told = new URLSearchParams(query);
    this.trouble = null;
    this.reading = told.get("unclear") === "passable" ? "optimistic" : "pessimistic";
    const kind = KINDS[first];
    if (kind) await this.openCase(kind, id, tab, told);
    else {
      this.screen = first === "question" && this.question ? "question" : first === "archive" || first === "files" || first === "how" ? first : "ask";
      this.changed();
    }
  }

  private async openCase(kind: Case["kind"], id: string, tab: string, told: URLSearchParams): Promise<void> {
    const isNew = this.case?.id !== id;
    const found = await this.findCase(kind, id); // until it is there, what was shown stays
    if (!found) return;
    if (isNew) this.forget();
    this.case = found;
    const at = Number(told.get("map") ?? found.at);
    const moved = found.at !== at && Boolean(found.maps[at]);
    if (moved) found.at = at;
    if (moved || isNew) this.verification = null;
    this.screen = tab === "proof" || tab === "doubt" ? tab : "verdict";
    const supposed = readSupposed(told);
    const same = JSON.stringify(supposed) === JSON.stringify(this.supposed) && !moved && !isNew;
    this.supposed = supposed;
    if (!same) {
      this.picked = null;
      this.whatIf = null;
    }
    this.changed();
    if (!same && this.isSupposing) await this.suppose();
  }

  private forget(): void {
    this.case = null;
    this.whatIf = null;
    this.verification = null;
    this.picked = null;
    this.supposed = { without: [], assume: {} };
  }

  private async findCase(kind: Case["kind"], id: string): Promise<Case | null> {
    const known = this.known.get(id);
    if (known) return known;
    if (kind === "asked") {
      const kept = await recall(id);
      if (kept) return this.remember(caseOf(id, kept.ask, kept.answer));
      this.draft.note = t("share.missing");
      location.hash = "#/";
      return null;
    }
    if (kind === "file") return this.during(t("wait.opening"), async () => this.remember(await openFile(id)));
    return this.during(t("wait.opening"), async (signal) => {
      const [situation, judgement] = await Promise.all([getScenario(id, signal), getScenarioJudgement(id, signal)]);
      await this.loadScenarios();
      this.judged.set(id, judgement);
      const made = caseOfScenario(id, situation, judgement, this.scenarios);
      for (const map of made.maps) map.judgement ??= this.judged.get(map.id) ?? null;
      return this.remember(made);
    });
  }

  private remember(one: Case): Case {
    this.known.set(one.id, one);
    return one;
  }

  async loadScenarios(): Promise<void> {
    if (this.scenarios.length) return;
    try {
      this.scenarios = (await listScenarios()).filter((one) => one.as_of && !one.error);
    } catch {
      this.scenarios = []; // a service without a library has none to offer, and answers all the same
    }
    this.changed();
  }

  /** Do something that takes a while: told, timed, and stopped on demand. */
  private async during<T>(words: string, work: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    this.wait?.stop.abort();
    const wait = { words, since: Date.now(), stop: new AbortController() };
    this.wait = wait;
    this.trouble = null;
    this.changed();
    try {
      return await work(wait.stop.signal);
    } catch (error) {
      if (error instanceof AskedBack) throw error;
      if (this.wait === wait) this.trouble = describe(error);
      return null;
    } finally {
      if (this.wait === wait) this.wait = null;
      this.changed();
    }
  }

  stop(): void {
    this.wait?.stop.abort();
  }

  // -- asking ---------------------------------------------------------------------------------

  async addFiles(files: Iterable<File>): Promise<void> {
    this.draft.note = "";
    for (const file of files) {
      const map = file.size <= MOST_BYTES ? await readFile(file) : null;
      const whole = this.draft.maps.reduce((sum, one) => sum + sizeOf(one), 0) + (map ? sizeOf(map) : 0);
      if (!map || whole > MOST_BYTES || this.draft.maps.length >= MOST_FILES) {
        this.draft.note = t("ask.tooLarge", { name: file.name, mb: MOST_BYTES / 2 ** 20 });
        continue;
      }
      this.draft.maps = [...this.draft.maps.filter((one) => one.name !== map.name), map];
    }
    this.changed();
  }

  removeFile(name: string): void {
    this.draft.maps = this.draft.maps.filter((one) => one.name !== name);
    this.changed();
  }

  async check(): Promise<void> {
    const { claim, maps, place, made_at, claimant } = this.draft;
    const note = !claim.trim() ? t("ask.needClaim") : !maps.length ? t("ask.needMaps") : "";
    this.draft.note = note;
    if (note) {
      this.changed();
      return;
    }
    const told = { place: place.trim(), made_at: made_at.trim(), claimant: claimant.trim() };
    await this.ask({ claim: claim.trim(), maps, ...Object.fromEntries(Object.entries(told).filter(([, text]) => text)) });
  }

  /** Ask, or ask again with something put right. */
  async ask(ask: Ask): Promise<void> {
    try {
      const answer = await this.during(t("wait.asking"), (signal) => askQuestion(ask, signal));
      if (!answer) return;
      const id = await digest(ask);
      await keep(id, { ask, answer });
      this.question = null;
      this.forget();
      this.remember(caseOf(id, ask, answer));
      location.hash = `#/asked/${id}`;
    } catch (error) {
      if (!(error instanceof AskedBack)) throw error;
      this.question = { question: error.question, claim: error.claim, words: error.words, ask };
      if (location.hash === "#/question") await this.route();
      else location.hash = "#/question";
    }
  }

  // -- a case -----------------------------------------------------------------------------------

  /** Write the address of what is shown. */
  address(tab: "" | "proof" | "doubt" = "", more: { at?: number; supposed?: Supposed; reading?: Reading } = {}): string {
    if (!this.case) return "#/";
    const told = new URLSearchParams();
    const { without, assume } = more.supposed ?? this.supposed;
    const at = more.at ?? this.case.at;
    if ((more.reading ?? this.reading) === "optimistic") told.set("unclear", "passable");
    if (this.case.kind === "asked") told.set("map", String(at));
    for (const id of without) told.append("without", id);
    for (const [id, as] of Object.entries(assume)) told.append(as === true ? "certain" : as, id);
    const first = Object.keys(KINDS).find((one) => KINDS[one] === this.case?.kind) ?? "";
    const query = told.toString();
    return `#/${[first, encodeURIComponent(this.case.id), tab].filter(Boolean).join("/")}${query ? `?${query}` : ""}`;
  }

  go(address: string): void {
    if (location.hash === address) void this.route();
    else location.hash = address;
  }

  read(reading: Reading): void {
    const tab = this.screen === "proof" || this.screen === "doubt" ? this.screen : "";
    history.replaceState(null, "", this.address(tab, { reading }));
    this.reading = reading;
    this.changed();
  }

  turn(at: number): void {
    const { case: one } = this;
    const map = one?.maps[at];
    if (!one || !map) return;
    if (one.kind === "scenario" && map.id !== one.id) this.go(`#/case/${encodeURIComponent(map.id)}`);
    else this.go(this.address("", { at, supposed: { without: [], assume: {} } }));
  }

  /** Judge the days of a case that were not judged yet, one after the other. */
  async loadSeries(): Promise<void> {
    const { case: one } = this;
    if (this.loading === one) return;
    this.loading = one;
    const missing = one?.kind === "scenario" ? one.maps.filter((map) => map.used && !map.judgement) : [];
    for (const map of missing) {
      if (this.case !== one) break;
      try {
        map.judgement = await getScenarioJudgement(map.id);
        this.judged.set(map.id, map.judgement);
      } catch (error) {
        map.because = describe(error).detail;
        map.used = false;
      }
      this.changed();
    }
    if (this.loading === one) this.loading = null;
  }

  async checkProof(): Promise<void> {
    const { shown, judgement } = this;
    if (!shown?.situation || !judgement) return;
    const { situation } = shown;
    const found = await this.during(t("wait.verifying"), () => verify(situation, judgement));
    if (found && this.judgement === judgement) this.verification = found;
    this.changed();
  }

  pick(id: string | null): void {
    this.picked = id;
    this.changed();
  }

  /** Suppose something of a feature; null: as it is drawn. */
  doubt(ids: string[], as: "gone" | Assumed | null): void {
    const { without, assume } = this.supposed;
    const kept = without.filter((one) => !ids.includes(one));
    const sure = Object.fromEntries(Object.entries(assume).filter(([one]) => !ids.includes(one)));
    const supposed = {
      without: as === "gone" ? [...kept, ...ids] : kept,
      assume: as !== null && as !== "gone" ? { ...sure, ...Object.fromEntries(ids.map((one) => [one, as])) } : sure,
    };
    const { picked } = this;
    this.go(this.address("doubt", { supposed }));
    this.picked = picked;
  }

  undo(): void {
    this.go(this.address(this.screen === "proof" || this.screen === "doubt" ? this.screen : "", { supposed: { without: [], assume: {} } }));
  }

  private async suppose(): Promise<void> {
    const { shown, supposed } = this;
    if (!shown?.situation) return;
    const { situation } = shown;
    this.verification = null;
    const { picked } = this;
    const found = await this.during(t("wait.judging"), async (signal): Promise<WhatIf> => {
      try {
        return { judgement: await judge(situation, supposed, signal), failed: "" };
      } catch (error) {
        if (error instanceof Trouble && error.problem.status === 422) return { judgement: null, failed: describe(error).detail };
        throw error;
      }
    });
    if (this.supposed !== supposed) return;
    this.picked = picked ?? this.picked;
    this.whatIf = found;
    this.changed();
  }

  // -- a case file ----------------------------------------------------------------------------------

  get isSignedIn(): boolean {
    return hasKey();
  }

  signIn(key: string): void {
    useKey(key);
    forgetFiles();
    for (const [id, one] of this.known) if (one.kind === "file") this.known.delete(id);
    this.changed();
  }

  /** Post one position, and show what it changed. */
  async post(one: Case): Promise<void> {
    const { situation, judgement } = one.maps[0] ?? {};
    const feature = writeSighting(this.sighting, situation?.situation.force ?? "", judgement?.side ?? "");
    if (!feature) {
      this.sighting.told = t("files.missing");
      this.changed();
      return;
    }
    const posted = await this.during(t("wait.judging"), () => postObservation(one.id, feature));
    if (!posted) return;
    this.sighting = { ...emptySighting(), told: tellPosted(posted) };
    await this.reopen(one);
  }

  async takeBack(name: string, why: string): Promise<void> {
    const { case: one } = this;
    if (one?.kind !== "file") return;
    const done = await this.during(t("wait.judging"), async () => {
      await takeBack(one.id, name, why);
      return true;
    });
    if (done) await this.reopen(one);
  }

  private async reopen(one: Case): Promise<void> {
    this.known.delete(one.id);
    await this.route();
  }

  // -- how it looks ---------------------------------------------------------------------------------

  setTheme(theme: Theme): void {
    this.theme = theme;
    setWish("theme", theme === "auto" ? null : theme);
    this.changed();
  }

  setPalette(palette: PaletteName): void {
    this.palette = palette;
    setWish("palette", palette);
    this.changed();
  }
}

function readSupposed(told: URLSearchParams): Supposed {
  const taken = (name: string, as: Assumed): [string, Assumed][] => told.getAll(name).map((id) => [id, as]);
  const assume = Object.fromEntries([...taken("certain", true), ...taken("hostile", "hostile"), ...taken("passable", "passable")]);
  return { without: told.getAll("without"), assume };
}

function describe(error: unknown): Problem {
  if (error instanceof Trouble) return error.problem;
  if (error instanceof DOMException && error.name === "AbortError") {
    return { type: "", title: t("stopped"), status: 0, detail: t("stopped") };
  }
  return { type: "", title: t("error.title"), status: 0, detail: error instanceof Error ? error.message : String(error) };
}

/** Make a case of an answer. */
function caseOf(id: string, ask: Ask, answer: Asked): Case {
  const maps = answer.maps.map((map): Shown => ({
    id: map.map, title: map.title || map.map, mapper: map.mapper, asOf: map.as_of, situation: map.situation,
    judgement: map.judgement, rating: map.rating, used: map.used && map.judgement !== null, because: map.because,
  }));
  const first = Math.max(0, maps.findIndex((one) => one.judgement));
  return { kind: "asked", id, claim: answer.claim, answer, ask, maps, at: answer.shown ?? first, log: [] };
}

const STEM = /-\d{4}-\d{2}-\d{2}$/;

/** Make a case of a scenario, with the other days of its chronology. */
function caseOfScenario(id: string, situation: Situation, judgement: Judgement, scenarios: Scenario[]): Case {
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

/** Open a case file: its map of now, the verdict on the force it is about, and its log. */
async function openFile(id: string): Promise<Case> {
  const situation = await readFileSituation(id);
  const force = situation.situation.force ?? "";
  const [judgement, log] = await Promise.all([judgeFile(id, force), readLog(id)]);
  const map: Shown = {
    id, title: situation.situation.title ?? id, mapper: null, asOf: judgement.as_of, situation, judgement, rating: null, used: true, because: "",
  };
  return { kind: "file", id, claim: null, answer: null, ask: null, maps: [map], at: 0, log };
}
