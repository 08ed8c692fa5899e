/** What is done to a case file: posted, corrected, taken back, watched, published; and what came of it. */

import type { App, Case } from "./app";
import {
  beginWatch, correct, endWatch, listWatches, postObservation, postTable, publish, readObservation, readTerms, takeBack, Trouble,
  type Revision, type Terms, type Watch,
} from "./service";
import { emptySighting, readPlace, tellPosted, writeSighting, type Sighting } from "./screens/files";
import type { Feature } from "./types";
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

const NECK_M = "3000";

export class CaseFile {
  sighting: Sighting = emptySighting();
  correction: Correction | null = null;
  watches: Watch[] | null = null;
  terms: Terms | null = null;
  draft: WatchDraft = { force: "", on: "status", value: "E2", url: "", secret: "" };
  rowsSide = "";
  told = "";

  constructor(private readonly app: App) {}

  /** Forget what was begun: another case is shown, or another key is used. */
  forget(): void {
    this.sighting = emptySighting();
    this.correction = null;
    this.watches = null;
    this.terms = null;
    this.told = "";
    this.draft = { ...this.draft, force: "", secret: "" };
  }

  /** Read what the key at hand may read of a case beside its map. */
  async read(id: string): Promise<void> {
    const [watches, terms] = await Promise.all([orNothing(listWatches(id)), orNothing(readTerms(id))]);
    this.watches = watches;
    this.terms = terms;
  }

  async post(one: Case): Promise<void> {
    const { situation, judgement } = one.maps[0] ?? {};
    const feature = writeSighting(this.sighting, situation?.situation.force ?? "", judgement?.side ?? "");
    if (!feature) {
      this.sighting.told = t("files.missing");
      this.app.changed();
      return;
    }
    const posted = await this.app.during(t("wait.judging"), () => postObservation(one.id, feature));
    if (!posted) return;
    this.sighting = { ...emptySighting(), told: tellPosted(posted) };
    await this.app.reopen(one);
  }

  /** Post the rows of a table; each is kept, or refused by its number. */
  async postRows(one: Case, file: File): Promise<void> {
    const force = one.maps[0]?.situation?.situation.force ?? "";
    const said = { side: one.maps[0]?.judgement?.side ?? "", force, rows_side: this.rowsSide };
    const posted = await this.app.during(t("wait.judging"), () => postTable(one.id, file, said));
    if (!posted) return;
    this.sighting = { ...this.sighting, told: tellPosted(posted) };
    await this.app.reopen(one);
  }

  async takeBack(one: Case, name: string, why: string): Promise<void> {
    const done = await this.app.during(t("wait.judging"), async () => {
      await takeBack(one.id, name, why);
      return true;
    });
    if (done) await this.app.reopen(one);
  }

  // -- corrections --------------------------------------------------------------------------------

  /** Begin to correct an observation as it stands now. */
  async begin(one: Case, name: string): Promise<void> {
    const read = await this.app.during(t("wait.opening"), () => readObservation(one.id, name));
    if (read) this.correction = writeCorrection(read);
    this.app.changed();
  }

  stop(): void {
    this.correction = null;
    this.app.changed();
  }

  /** Send a correction; where somebody was there before, say so, show what they said, and keep what was written. */
  async send(one: Case): Promise<void> {
    const { correction } = this;
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
    const done = await this.app.during(t("wait.judging"), async () => {
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
    this.correction = null;
    this.told = tellPosted({ accepted: [{ id: correction.id }], refused: [], changes: done.changes ?? null, ...(done.notices ? { notices: done.notices } : {}) });
    await this.app.reopen(one);
  }

  // -- watches and publication ----------------------------------------------------------------------

  async watch(one: Case): Promise<void> {
    const { force, on, value, url } = this.draft;
    const condition = on === "neck" ? `neck_width_m < ${value.trim() || NECK_M}` : `${on} == ${value}`;
    const asked = { force: force || (one.maps[0]?.situation?.situation.force ?? ""), condition, ...(url.trim() ? { url: url.trim() } : {}) };
    const made = await this.app.during(t("wait.judging"), () => beginWatch(one.id, asked));
    if (!made) return;
    this.draft.secret = url.trim() ? made.secret : "";
    await this.listAgain(one);
  }

  async unwatch(one: Case, name: string): Promise<void> {
    const done = await this.app.during(t("wait.judging"), async () => {
      await endWatch(one.id, name);
      return true;
    });
    if (done) await this.listAgain(one);
  }

  private async listAgain(one: Case): Promise<void> {
    this.watches = await orNothing(listWatches(one.id));
    this.app.changed();
  }

  async publish(one: Case, terms: Terms, why: string): Promise<void> {
    const done = await this.app.during(t("wait.judging"), () => publish(one.id, terms, why.trim()));
    if (!done) return;
    this.terms = terms;
    this.told = t("publish.done");
    this.app.changed();
  }
}

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
