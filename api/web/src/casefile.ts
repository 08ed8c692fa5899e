/** What is done to a case file: posted, corrected, taken back, watched, published; and what came of it. */

import type { App, Case } from "./app";
import {
  beginWatch, correct, endWatch, listWatches, postObservation, postTable, publish, readObservation, readTerms, takeBack, Trouble,
  type Revision, type Terms, type Watch,
} from "./service";
import { emptySighting, readPlace, tellPosted, writeSighting, type Sighting } from "./screens/files";
import { tellTable } from "./files";
import { hash, newName } from "./keep";
import type { Feature, Problem } from "./types";
import { t } from "./words";

/** A correction being written, of the revision that was read when it was begun. */
export interface Correction {
  id: string;
  revision: number;
  feature: Feature;
  name: string;
  side: string;
  seen: string;
  at: string;
  note: string;
  present: string;
  why: string;
  told: string;
}
export interface WatchDraft {
  force: string;
  on: "status" | "verdict" | "neck";
  value: string;
  url: string;
  secret: string;
}
/** What readers without a key are to be given, as it is typed. */
export interface TermsDraft {
  open: boolean;
  delay_h: string;
  coarsen_m: string;
  why: string;
}

/** The keys of posts: as long as the same is sent and no answer came, it is the same post. */
class PostKeys {
  private readonly keys = new Map<string, string>();

  of(sent: string): string {
    const key = this.keys.get(sent) ?? newName();
    this.keys.set(sent, key);
    return key;
  }

  answered(sent: string): void {
    this.keys.delete(sent);
  }
}

/** What somebody began to write in a case; it stays until it was taken, whatever goes wrong meanwhile. */
interface Begun {
  sighting: Sighting;
  sightingKeys: PostKeys;
  tableKeys: PostKeys;
  rowsSide: string;
  correction: Correction | null;
  /** Reasons for taking back, by what is taken back. */
  reasons: Map<string, string>;
  terms: TermsDraft | null;
  watch: WatchDraft;
}

const NECK_M = "3000";

const begin = (): Begun => ({
  sighting: emptySighting(), sightingKeys: new PostKeys(), tableKeys: new PostKeys(), rowsSide: "", correction: null, reasons: new Map(), terms: null,
  watch: { force: "", on: "status", value: "E2", url: "", secret: "" },
});

export class CaseFile {
  /** What was begun in the case that is open. */
  begun = begin();
  watches: Watch[] | null = null;
  terms: Terms | null = null;
  told = "";
  private readonly byCase = new Map<string, Begun>();
  private readonly lengths = new Map<string, number>();

  constructor(private readonly app: App) {}

  /** Forget all that was begun: the key was given up, whoever sits here next is somebody else. */
  forget(): void {
    this.byCase.clear();
    this.close();
  }

  close(): void {
    this.dropUntouched();
    this.begun = begin();
    this.watches = null;
    this.terms = null;
    this.told = "";
    this.lengths.clear();
  }

  /** Open a case with what was begun in it. */
  async open(id: string): Promise<void> {
    this.begun = this.byCase.get(id) ?? begin();
    this.byCase.set(id, this.begun);
    await this.read(id);
  }

  /** Read what the key at hand may read of a case beside its map. */
  async read(id: string): Promise<void> {
    this.dropUntouched();
    const read = await this.app.during(t("wait.opening"), () => Promise.all([orNothing(listWatches(id)), orNothing(readTerms(id))]));
    if (read) [this.watches, this.terms] = read;
  }

  /** Terms that nobody changed are no draft: what is read next may be others. */
  private dropUntouched(): void {
    const { terms } = this;
    const draft = this.begun.terms;
    const isSame = terms && draft && draft.open === terms.open && draft.delay_h === String(terms.delay_h) && draft.coarsen_m === String(terms.coarsen_m);
    if (isSame && !draft.why) this.begun.terms = null;
  }

  /** How many rows of a long list are shown, and showing more. */
  shownOf(list: string, most: number): number {
    return this.lengths.get(list) ?? most;
  }

  showMore(list: string, length: number): void {
    this.lengths.set(list, length);
    this.app.changed();
  }

  async post(one: Case): Promise<void> {
    const { begun } = this;
    const { sighting } = begun;
    const { situation, judgement } = one.maps[0] ?? {};
    const feature = writeSighting(sighting, situation?.situation.force ?? "", judgement?.side ?? "");
    if (!feature) {
      sighting.told = t("files.missing");
      this.app.changed();
      return;
    }
    const body = JSON.stringify(feature);
    const posted = await this.app.write(() => postObservation(one.id, body, begun.sightingKeys.of(body)));
    if (!posted) return;
    begun.sightingKeys.answered(body);
    if (!posted.accepted.length) sighting.told = tellPosted(posted);
    else if (begun.sighting === sighting) begun.sighting = { ...emptySighting(), told: tellPosted(posted) };
    await this.app.reopen(one);
  }

  /** Take tables, one after the other: each row is kept, or refused by its number; what is no table is refused by its name. */
  async take(one: Case, files: File[]): Promise<void> {
    const { begun } = this;
    const told: string[] = [];
    let trouble: Problem | null = null; // what one file met is told though the next was taken
    for (const file of files) {
      const said = await this.postRows(one, file);
      if (said) told.push(files.length > 1 ? `${file.name}: ${said}` : said);
      else trouble ??= this.app.trouble;
    }
    if (!told.length) return;
    begun.sighting.told = told.join(" ");
    await this.app.reopen(one);
    this.app.trouble ??= trouble;
    this.app.changed();
  }

  /** Post the rows of a table, and say what became of them; nothing where no answer came. */
  private async postRows(one: Case, file: File): Promise<string> {
    const kind = await tellTable(file);
    if (!kind) return t("files.noTable", { name: file.name });
    const { rowsSide, tableKeys } = this.begun;
    const force = one.maps[0]?.situation?.situation.force ?? "";
    const said = { side: one.maps[0]?.judgement?.side ?? "", force, rows_side: rowsSide };
    const sent = `${await hash(new Uint8Array(await file.arrayBuffer()))} ${JSON.stringify(said)}`;
    const posted = await this.app.write(() => postTable(one.id, file, kind, said, tableKeys.of(sent)));
    if (posted) tableKeys.answered(sent);
    return posted ? tellPosted(posted) : "";
  }

  async takeBack(one: Case, name: string): Promise<void> {
    const { reasons } = this.begun;
    const why = (reasons.get(name) ?? "").trim();
    if (!why) return;
    const done = await this.app.write(async () => {
      await takeBack(one.id, name, why);
      return true;
    });
    if (!done) return;
    reasons.delete(name);
    await this.app.reopen(one);
  }

  // -- corrections --------------------------------------------------------------------------------

  /** Begin to correct an observation as it stands now. */
  async begin(one: Case, name: string): Promise<void> {
    const read = await this.app.during(t("wait.opening"), () => readObservation(one.id, name));
    if (read) this.begun.correction = writeCorrection(read);
    this.app.changed();
  }

  stop(): void {
    this.begun.correction = null;
    this.app.changed();
  }

  /** Send a correction; where somebody was there before, say so, show what they said, and keep what was written. */
  async send(one: Case): Promise<void> {
    const { begun } = this;
    const { correction } = begun;
    if (!correction) return;
    if (!correction.why.trim()) {
      correction.told = t("correct.needWhy");
      this.app.changed();
      return;
    }
    const feature = readCorrection(correction);
    if (!feature) {
      correction.told = t("correct.badPlace");
      this.app.changed();
      return;
    }
    const done = await this.app.write(async () => {
      try {
        return await correct(one.id, correction.id, feature, correction.why.trim(), correction.revision);
      } catch (error) {
        if (!(error instanceof Trouble) || error.problem.status !== 409) throw error;
        const now = writeCorrection(await readObservation(one.id, correction.id));
        correction.told = t("correct.conflict", { by: now.by, n: now.revision, says: sayCorrection(now) });
        correction.revision = now.revision;
        layOver(correction, now);
        return null;
      }
    });
    if (!done) {
      this.app.changed();
      return;
    }
    if (begun.correction === correction) begun.correction = null;
    this.told = tellPosted({ accepted: [{ id: correction.id }], refused: [], changes: done.changes ?? null, ...(done.notices ? { notices: done.notices } : {}) });
    await this.app.reopen(one);
  }

  // -- watches and publication ----------------------------------------------------------------------

  async watch(one: Case): Promise<void> {
    const { watch } = this.begun;
    const { force, on, value, url } = watch;
    const condition = on === "neck" ? `neck_width_m < ${value.trim() || NECK_M}` : `${on} == ${value}`;
    const asked = { force: force || (one.maps[0]?.situation?.situation.force ?? ""), condition, ...(url.trim() ? { url: url.trim() } : {}) };
    const made = await this.app.write(() => beginWatch(one.id, asked));
    if (!made) return;
    watch.secret = url.trim() ? made.secret : "";
    await this.listAgain(one);
  }

  async unwatch(one: Case, name: string): Promise<void> {
    const done = await this.app.write(async () => {
      await endWatch(one.id, name);
      return true;
    });
    if (done) await this.listAgain(one);
  }

  private async listAgain(one: Case): Promise<void> {
    const listed = await this.app.during(t("wait.opening"), () => orNothing(listWatches(one.id)));
    if (listed) this.watches = listed;
    this.app.changed();
  }

  /** What is being typed of the terms of publication, begun from those that hold. */
  draftTerms({ open, delay_h, coarsen_m }: Terms): TermsDraft {
    this.begun.terms ??= { open, delay_h: String(delay_h), coarsen_m: String(coarsen_m), why: "" };
    return this.begun.terms;
  }

  async publish(one: Case, draft: TermsDraft): Promise<void> {
    const { begun } = this;
    const terms = { open: draft.open, delay_h: readAmount(draft.delay_h), coarsen_m: readAmount(draft.coarsen_m) };
    const isGood = terms.delay_h >= 0 && terms.coarsen_m >= 0;
    const done = isGood && (await this.app.write(() => publish(one.id, terms, draft.why.trim())));
    if (done) {
      begun.terms = null;
      this.terms = terms;
    }
    this.told = done ? t("publish.done") : isGood ? "" : t("publish.bad");
    this.app.changed();
  }
}

/** Read a number that is typed; an emptied field is no nought: that would publish at once, and exactly. */
const readAmount = (text: string): number => (text.trim() ? Number(text) : NaN);

/** What may not be read with the key at hand is not shown; every other trouble is told. */
async function orNothing<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Trouble && [401, 403, 404].includes(error.problem.status)) return null;
    throw error;
  }
}

function writeCorrection(read: Revision & { body: Feature }): Correction & { by: string } {
  const { properties, geometry } = read.body;
  return {
    id: read.id, revision: read.revision, feature: read.body, by: read.by ?? "?", name: properties.name ?? "", side: properties.side ?? "",
    seen: (properties.observed_at ?? "").slice(0, 10), at: geometry?.type === "Point" ? geometry.coordinates.slice(0, 2).join(",") : "",
    note: properties.note ?? "", present: properties.present ?? "", why: "", told: "",
  };
}

const FIELDS = ["name", "side", "seen", "at", "note", "present"] as const;

/** Lay what was changed here, and only that, over what another has said since. */
function layOver(mine: Correction, now: Correction): void {
  const before = writeCorrection({ ...now, id: mine.id, body: mine.feature } as unknown as Revision & { body: Feature });
  for (const field of FIELDS) if (mine[field] === before[field]) mine[field] = now[field];
  mine.feature = now.feature;
}

/** Write the feature that a correction makes; nothing where its place is none. */
function readCorrection(one: Correction): Feature | null {
  const { geometry, properties } = one.feature;
  const told: Record<string, unknown> = { ...properties };
  const put = (name: string, value: string, was: unknown): void => {
    if (value.trim()) told[name] = value.trim();
    else if (was !== undefined) delete told[name];
  };
  put("name", one.name, properties.name);
  put("side", one.side, properties.side);
  put("note", one.note, properties.note);
  put("present", one.present, properties.present);
  const was = (properties.observed_at ?? "").slice(0, 10);
  if (one.seen !== was) put("observed_at", one.seen && `${one.seen}T12:00:00Z`, properties.observed_at);
  const place = geometry?.type === "Point" ? readPlace(one.at) : null;
  if (geometry?.type === "Point" && !place) return null;
  const moved = geometry?.type === "Point" && place ? { ...geometry, coordinates: place } : geometry;
  return { ...one.feature, geometry: moved, properties: told as unknown as Feature["properties"] };
}

const sayCorrection = (one: Correction): string => [one.name, one.side, one.present, one.seen, one.at, one.note].filter(Boolean).join(" · ");
