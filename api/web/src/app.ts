/**
 * What the page knows, and what can be done with it; whoever shows it is told of every change.
 *
 * Long for one reason: what is known is changed in one place only.
 */

import { HALF, readLink, type Link, type Tab, type View } from "./address";
import { CaseFile } from "./casefile";
import { caseOf, caseOfScenario, openFile, type Case, type Shown } from "./cases";
import { nameApart, readFile, MOST_BYTES, MOST_FILES, sizeOf } from "./files";
import { digest, keep, recall, setWish, wish, type Kept, type KeptQuestion } from "./keep";
import { PALETTES, type PaletteName } from "./map/palette";
import {
  askQuestion, AskedBack, getScenario, getScenarioJudgement, hasKey, judge, listScenarios, Trouble,
  useKey, verify, type Ask, type Assumed, type GivenMap, type Supposed,
} from "./service";
import { forgetFiles } from "./screens/files";
import type { Judgement, Problem, Reading, Scenario, Verification } from "./types";
import { t } from "./words";

export type { Case, Shown } from "./cases";
export type Screen = "ask" | "question" | "verdict" | "proof" | "doubt" | "archive" | "files" | "how";
export type Theme = "auto" | "light" | "dark";

export interface Draft {
  claim: string;
  place: string;
  made_at: string;
  claimant: string;
  as_of: string;
  rows_side: string;
  anchor_at: string;
  keep_good: boolean;
  maps: GivenMap[];
  note: string;
}
export interface Wait {
  words: string;
  since: number;
  /** What is written is not stopped halfway: whether it was kept would not be known. */
  canStop: boolean;
  stop: AbortController;
}
export interface WhatIf {
  judgement: Judgement | null;
  failed: string;
}

/** What an address begins with, and what kind of case it names. */
const KINDS: Record<string, Case["kind"]> = { case: "scenario", asked: "asked", file: "file" };
/** Cases of different kinds may have one name. */
const nameCase = (kind: Case["kind"], id: string): string => `${kind} ${id}`;

export class App {
  screen: Screen = "ask";
  theme: Theme = (wish("theme") as Theme | null) ?? "auto";
  palette: PaletteName = PALETTES.find((one) => one === wish("palette")) ?? "side";
  reading: Reading = "pessimistic";
  draft: Draft = { claim: "", place: "", made_at: "", claimant: "", as_of: "", rows_side: "", anchor_at: "", keep_good: false, maps: [], note: "" };
  question: (KeptQuestion & { id: string }) | null = null;
  case: Case | null = null;
  scenarios: Scenario[] = [];
  supposed: Supposed = { without: [], assume: {} };
  whatIf: WhatIf | null = null;
  verification: Verification | null = null;
  picked: string | null = null;
  wait: Wait | null = null;
  trouble: Problem | null = null;
  /** What of the link that led here could not be read. */
  linkNote = "";
  readonly file = new CaseFile(this);
  /** The map beside the one shown, where two are compared, and how far it is drawn over it. */
  beside: string | null = null;
  swipe = HALF;
  /** Where the reader moved the map to: longitude, latitude, zoom. */
  view: View | null = null;
  found = "";
  private loading: Case | null = null;
  private routes = 0;
  private readonly known = new Map<string, Case>();
  private readonly judged = new Map<string, Judgement>();

  /** `noted` is told where only the address changed, `changed` where there is something else to show. */
  constructor(readonly changed: () => void, private readonly noted: () => void) {}

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

  /** Read the address and show what it names; of what cannot be read, say which part. */
  async route(): Promise<void> {
    const link = readLink(location.hash);
    const route = ++this.routes;
    this.trouble = null;
    this.linkNote = link.broken ? t("link.broken", { part: link.broken }) : sayLeft(link.left);
    this.reading = link.reading;
    this.view = link.view;
    const kind = link.broken ? undefined : KINDS[link.first];
    if (kind) await this.openCase(kind, link, () => route === this.routes);
    else await this.openScreen(link);
  }

  private async openScreen(link: Link): Promise<void> {
    const first = link.broken ? "" : link.first;
    this.found = link.find;
    if (first === "question") await this.openQuestion(link.id);
    this.screen = first === "question" && this.question ? "question" : first === "archive" || first === "files" || first === "how" ? first : "ask";
    this.changed();
  }

  private async openQuestion(id: string): Promise<void> {
    if (this.question?.id === id) return;
    const kept = await recall<KeptQuestion>(`question-${id}`);
    this.question = kept ? { ...kept, id } : null;
    if (!kept) this.draft.note = t("share.missing");
  }

  private async openCase(kind: Case["kind"], link: Link, isWanted: () => boolean): Promise<void> {
    const isNew = this.case?.id !== link.id || this.case.kind !== kind;
    const found = await this.findCase(kind, link.id); // until it is there, what was shown stays
    if (!found || !isWanted()) return;
    if (isNew) this.forget();
    this.case = found;
    if (isNew && kind === "file") await this.file.open(link.id);
    if (!isWanted()) return;
    const moved = this.moveTo(found, link);
    if (moved || isNew) this.verification = null;
    this.screen = link.tab || "verdict";
    this.swipe = link.swipe;
    this.beside = link.tab ? null : link.beside;
    if (this.beside) await this.loadBeside();
    const same = JSON.stringify(link.supposed) === JSON.stringify(this.supposed) && !moved && !isNew;
    this.supposed = link.supposed;
    if (!same) {
      this.picked = link.picked;
      this.whatIf = null;
    } else if (link.picked) this.picked = link.picked;
    this.changed();
    if (!same && this.isSupposing) await this.suppose();
  }

  /** Turn to the map that a link names; what it names that is not there is told. */
  private moveTo(one: Case, { map, beside, picked, left }: Link): boolean {
    const at = map ?? one.at;
    const moved = one.at !== at && Boolean(one.maps[at]);
    if (moved) one.at = at;
    const missing = [
      one.maps[at] ? "" : `map=${map}`, beside === null || one.maps.some((each) => each.id === beside) ? "" : `beside=${beside}`,
      picked === null || one.maps[one.at]?.situation?.features.some((each) => each.id === picked) !== false ? "" : `at=${picked}`,
    ];
    this.linkNote = sayLeft([...left, ...missing.filter(Boolean)]);
    return moved;
  }

  /** Read the map to compare with, and judge it where it was not. */
  private async loadBeside(): Promise<void> {
    const other = this.case?.maps.find((one) => one.id === this.beside);
    if (!other || (other.situation && other.judgement)) return;
    const read = await this.during(t("wait.opening"), (signal) => Promise.all([getScenario(other.id, signal), getScenarioJudgement(other.id, signal)]));
    if (read) [other.situation, other.judgement] = read;
  }

  /** The map that is compared with the one shown. */
  get other(): Shown | null {
    if (this.screen !== "verdict" || this.isSupposing || !this.beside) return null;
    return this.case?.maps.find((one) => one.id === this.beside && one.situation && one.judgement && one !== this.shown) ?? null;
  }

  compare(id: string | null): void {
    this.beside = id;
    this.go(this.address(""));
  }

  /** Keep in the address what changes without another screen. */
  note(): void {
    if (this.case && ["verdict", "proof", "doubt"].includes(this.screen)) history.replaceState(null, "", this.address(this.tab));
    else if (this.screen === "archive") history.replaceState(null, "", this.found ? `#/archive?find=${encodeURIComponent(this.found)}` : "#/archive");
    this.noted();
  }

  /** Which part of a case is shown. */
  get tab(): Tab {
    return this.screen === "proof" || this.screen === "doubt" ? this.screen : "";
  }

  private forget(): void {
    this.beside = null;
    this.file.close();
    this.case = null;
    this.whatIf = null;
    this.verification = null;
    this.picked = null;
    this.supposed = { without: [], assume: {} };
  }

  private async findCase(kind: Case["kind"], id: string): Promise<Case | null> {
    const known = this.known.get(nameCase(kind, id));
    if (known) return known;
    if (kind === "asked") {
      const kept = await recall<Kept>(id);
      if (kept) return this.remember(caseOf(id, kept.ask, kept.answer));
      this.draft.note = t("share.missing");
      location.hash = "#/";
      return null;
    }
    if (kind === "file") return this.during(t("wait.opening"), async () => this.remember(await openFile(id, (n) => this.tellWait(t("wait.log", { n })))));
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
    this.known.set(nameCase(one.kind, one.id), one);
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
  async during<T>(words: string, work: (signal: AbortSignal) => Promise<T>, canStop = true): Promise<T | null> {
    this.wait?.stop.abort();
    const wait = { words, since: Date.now(), canStop, stop: new AbortController() };
    this.wait = wait;
    this.trouble = null;
    this.changed();
    try {
      return await work(wait.stop.signal);
    } catch (error) {
      if (error instanceof AskedBack) throw error;
      // What was not kept is told, whatever else was begun meanwhile.
      if (this.wait === wait || !canStop) this.trouble = describe(error);
      return null;
    } finally {
      if (this.wait === wait) this.wait = null;
      this.changed();
    }
  }

  /** Send what is to be kept, which nobody can stop halfway. */
  write<T>(work: () => Promise<T>): Promise<T | null> {
    return this.during(t("wait.sending"), work, false);
  }

  private tellWait(words: string): void {
    if (!this.wait) return;
    this.wait.words = words;
    this.changed();
  }

  stop(): void {
    this.wait?.stop.abort();
  }

  // -- asking ---------------------------------------------------------------------------------

  async addFiles(files: Iterable<File>): Promise<void> {
    const left: string[] = [];
    for (const file of files) {
      const read = file.size <= MOST_BYTES ? await readFile(file) : null;
      const whole = this.draft.maps.reduce((sum, one) => sum + sizeOf(one), 0) + (read ? sizeOf(read) : 0);
      if (!read || whole > MOST_BYTES || this.draft.maps.length >= MOST_FILES) {
        left.push(t(read && whole <= MOST_BYTES ? "ask.tooMany" : "ask.tooLarge", { name: file.name, mb: MOST_BYTES / 2 ** 20, n: MOST_FILES }));
        continue;
      }
      const same = this.draft.maps.some((one) => JSON.stringify(one) === JSON.stringify(read));
      const name = nameApart(read.name, this.draft.maps.map((one) => one.name));
      if (!same) this.draft.maps = [...this.draft.maps, { ...read, name }];
    }
    this.draft.note = left.join(" ");
    this.changed();
  }

  removeFile(name: string): void {
    this.draft.maps = this.draft.maps.filter((one) => one.name !== name);
    this.changed();
  }

  async check(): Promise<void> {
    const { claim, maps, place, made_at, claimant, as_of, rows_side, anchor_at, keep_good } = this.draft;
    const note = !claim.trim() ? t("ask.needClaim") : !maps.length ? t("ask.needMaps") : "";
    this.draft.note = note;
    if (note) {
      this.changed();
      return;
    }
    const told = { place: place.trim(), made_at: made_at.trim(), claimant: claimant.trim(), as_of: as_of.trim(), rows_side: rows_side.trim() };
    const rear = anchor_at.split(";").map((one) => one.trim()).filter(Boolean);
    await this.ask({
      claim: claim.trim(), maps, ...Object.fromEntries(Object.entries(told).filter(([, text]) => text)),
      ...(rear.length ? { anchor_at: rear } : {}), ...(keep_good ? { keep_good } : {}),
    });
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
      const id = await digest(ask);
      const kept = { question: error.question, claim: error.claim, words: error.words, ask };
      await keep(`question-${id}`, kept);
      this.question = { ...kept, id };
      this.go(`#/question/${id}`);
    }
  }

  // -- a case -----------------------------------------------------------------------------------

  /** Write the address of what is shown. */
  address(tab: Tab = "", more: { at?: number; supposed?: Supposed; reading?: Reading } = {}): string {
    if (!this.case) return "#/";
    const told = new URLSearchParams();
    const { without, assume } = more.supposed ?? this.supposed;
    const at = more.at ?? this.case.at;
    if ((more.reading ?? this.reading) === "optimistic") told.set("unclear", "passable");
    if (this.case.kind === "asked") told.set("map", String(at));
    for (const id of without) told.append("without", id);
    for (const [id, as] of Object.entries(assume)) told.append(as === true ? "certain" : as, id);
    if (!tab && this.beside && !without.length && !Object.keys(assume).length) {
      told.set("beside", this.beside);
      if (this.swipe !== HALF) told.set("swipe", String(Math.round(this.swipe)));
    }
    if (this.view) told.set("view", this.view.join(","));
    if (tab === "doubt" && this.picked) told.set("at", this.picked);
    const first = Object.keys(KINDS).find((one) => KINDS[one] === this.case?.kind) ?? "";
    const query = told.toString();
    return `#/${[first, encodeURIComponent(this.case.id), tab].filter(Boolean).join("/")}${query ? `?${query}` : ""}`;
  }

  go(address: string): void {
    if (location.hash === address) void this.route();
    else location.hash = address;
  }

  read(reading: Reading): void {
    this.reading = reading;
    this.note();
    this.changed();
  }

  turn(at: number): void {
    const { case: one } = this;
    const map = one?.maps[at];
    if (!one || !map) return;
    const kept = this.beside && this.beside !== map.id ? `?${new URLSearchParams({ beside: this.beside })}` : "";
    if (one.kind === "scenario" && map.id !== one.id) this.go(`#/case/${encodeURIComponent(map.id)}${kept}`);
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
    this.note();
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
    this.go(this.address(this.tab, { supposed: { without: [], assume: {} } }));
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

  /** Read cases by another key; what was begun in them stays, unless the key is forgotten. */
  signIn(key: string): void {
    useKey(key);
    forgetFiles();
    for (const [name, one] of this.known) if (one.kind === "file") this.known.delete(name);
    if (!hasKey()) this.file.forget();
    if (this.case?.kind === "file") this.forget();
    this.changed();
  }

  async reopen(one: Case): Promise<void> {
    this.known.delete(nameCase(one.kind, one.id));
    await this.file.read(one.id);
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

const sayLeft = (left: string[]): string => (left.length ? t("link.part", { part: left.join(", ") }) : "");

function describe(error: unknown): Problem {
  if (error instanceof Trouble) return error.problem;
  if (error instanceof DOMException && error.name === "AbortError") {
    return { type: "", title: t("stopped"), status: 0, detail: t("stopped") };
  }
  return { type: "", title: t("error.title"), status: 0, detail: error instanceof Error ? error.message : String(error) };
}
