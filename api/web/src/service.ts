/** The service this page came from, and no other. */

import type { Asked, Feature, Judgement, Place, Problem, Question, Scenario, Situation, Verification, Claim } from "./types";

const JSON_TYPE = "application/json";

/** What went wrong, as the service tells it: what, where, and the remedy. */
export class Trouble extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/** What is asked back before anything is judged. */
export class AskedBack extends Error {
  constructor(
    readonly question: Question,
    readonly claim: Claim | null,
    readonly words: string,
  ) {
    super(words);
  }
}

async function tell(response: Response): Promise<Error> {
  const text = await response.text();
  let problem: Problem;
  try {
    problem = JSON.parse(text) as Problem;
  } catch {
    problem = { type: "", title: response.statusText, status: response.status, detail: text.slice(0, 300) };
  }
  if (response.status === 409 && problem.question) {
    return new AskedBack(problem.question, problem.claim ?? null, problem.detail);
  }
  return new Trouble(problem);
}

async function call(path: string, init: RequestInit, taken: number[] = []): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    const detail = "The service does not answer. Is `encircle serve` still running?";
    throw new Trouble({ type: "", title: "No answer", status: 0, detail });
  }
  if (!response.ok && !taken.includes(response.status)) throw await tell(response);
  return response;
}

async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await call(path, { headers: { accept: JSON_TYPE }, ...(signal ? { signal } : {}) });
  return (await response.json()) as T;
}

async function post(path: string, body: unknown, accept: string, signal?: AbortSignal): Promise<Response> {
  return call(path, {
    method: "POST",
    headers: { accept, "content-type": JSON_TYPE },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
}

export type GivenMap = { name: string; content: string } | { name: string; base64: string };
/** A question as it is sent; what is left out, the claim's own words say. */
export interface Ask {
  claim: string;
  maps: GivenMap[];
  place?: string;
  side?: string;
  made_at?: string;
  claimant?: string;
  definition?: string;
  value?: string;
  number?: number;
  claim_number?: number;
  force_in?: string;
  as_of?: string;
  rows_side?: string;
  anchor_at?: string[];
  keep_good?: boolean;
}
/** What is taken of a feature: certain, or ground that is the enemy's or the force's own side's. */
export type Assumed = true | "hostile" | "passable";
/** What is supposed of the evidence: features not there, and features taken otherwise. */
export interface Supposed {
  without: string[];
  assume: Record<string, Assumed>;
}

// -- the case file ----------------------------------------------------------------------------------

let key = "";

/** The key that a case file is read and written with; kept as long as the page. */
export const useKey = (text: string): void => {
  key = text.trim();
};
export const hasKey = (): boolean => key !== "";
const withKey = (headers: Record<string, string>): Record<string, string> => (key ? { ...headers, authorization: `Bearer ${key}` } : headers);

async function read<T>(path: string): Promise<T> {
  return (await (await call(path, { headers: withKey({ accept: JSON_TYPE }) })).json()) as T;
}

const fileOf = (id: string): string => `/v1/cases/${encodeURIComponent(id)}`;

export interface Revision {
  id: string;
  /** What it is of: an observation, a layer, the settings, or who may read. */
  what?: string;
  revision: number;
  act: string;
  recorded_at: string;
  by: string | null;
  why: string | null;
}
export interface Posted {
  accepted: { id: string }[];
  refused: { row?: number; detail: string; remedy?: string }[];
  /** None where the service does not know (yet) what changed: its notices say so. */
  changes: { force: string; was: { status?: string } | null; is: { status?: string } | null; because?: string[] }[] | null;
  notices?: string[];
}

export const listFiles = async (): Promise<{ id: string; created_at: string }[]> =>
  (await read<{ cases: { id: string; created_at: string }[] }>("/v1/cases")).cases;
export const readFileSituation = (id: string): Promise<Situation> => read(`${fileOf(id)}/situation`);
export const judgeFile = (id: string, force: string): Promise<Judgement> =>
  read(`${fileOf(id)}/forces/${encodeURIComponent(force)}/judgement`);

const LINES_AT_ONCE = 1000;

/** The whole log, newest last, page by page; none for whoever may not read it. `told` how many lines were read. */
export async function readLog(id: string, told: (lines: number) => void): Promise<Revision[]> {
  const log: Revision[] = [];
  let path: string | null = `${fileOf(id)}/audit?limit=${LINES_AT_ONCE}&brief=true`;
  try {
    while (path) {
      const page: { revisions: Revision[]; next: string | null } = await read(path);
      log.push(...page.revisions);
      path = page.next;
      if (path) told(log.length);
    }
    return log;
  } catch (error) {
    if (error instanceof Trouble && (error.problem.status === 401 || error.problem.status === 403)) return [];
    throw error;
  }
}

/** Read what became of a post; where all of it was refused the answer says why, and is one. */
async function readPosted(response: Response): Promise<Posted> {
  const posted = (await response.json()) as Posted & Problem;
  if (!response.ok && !posted.refused) throw new Trouble(posted);
  return { ...posted, changes: posted.changes ?? null };
}

/** Post an observation; `key` names the post: sent again under it, it is not kept twice. */
export async function postObservation(id: string, feature: string, key: string): Promise<Posted> {
  const headers = withKey({ accept: JSON_TYPE, "content-type": JSON_TYPE, "idempotency-key": key });
  return readPosted(await call(`${fileOf(id)}/observations`, { method: "POST", headers, body: feature }, [422]));
}

export async function takeBack(id: string, name: string, why: string): Promise<void> {
  await call(`${fileOf(id)}/observations/${encodeURIComponent(name)}?why=${encodeURIComponent(why)}`, { method: "DELETE", headers: withKey({ accept: JSON_TYPE }) });
}

/** Post a table as it is, under a key as above; the rows of `side` that name no force are of `force`. */
export async function postTable(id: string, table: Blob, kind: string, said: Record<string, string>, key: string): Promise<Posted> {
  const told = new URLSearchParams(Object.entries(said).filter(([, text]) => text));
  const headers = withKey({ accept: JSON_TYPE, "content-type": kind, "idempotency-key": key });
  return readPosted(await call(`${fileOf(id)}/observations?${told}`, { method: "POST", headers, body: table }, [422]));
}

export const readObservation = (id: string, name: string): Promise<Revision & { body: Feature }> =>
  read(`${fileOf(id)}/observations/${encodeURIComponent(name)}`);

/** Correct an observation: the revision that was read, and a reason, go with it. */
export async function correct(id: string, name: string, feature: Feature, why: string, revision: number): Promise<Pick<Posted, "changes" | "notices">> {
  const response = await call(`${fileOf(id)}/observations/${encodeURIComponent(name)}`, {
    method: "PUT", headers: withKey({ accept: JSON_TYPE, "content-type": JSON_TYPE, "if-match": `"${revision}"` }), body: JSON.stringify({ feature, why }),
  });
  return (await response.json()) as Pick<Posted, "changes" | "notices">;
}

export interface Delivery {
  status: string;
  attempts: number;
  error: string | null;
  recorded_at: string;
  body: { condition?: string; holds?: boolean; headline?: string };
}
export interface Watch {
  id: string;
  force: string;
  condition: string;
  url: string | null;
  actor: string;
  created_at: string;
  held: boolean | null;
  ended_at: string | null;
  deliveries: Delivery[];
}
export const listWatches = async (id: string): Promise<Watch[]> => (await read<{ watches: Watch[] }>(`${fileOf(id)}/watches`)).watches;
export async function beginWatch(id: string, asked: { force: string; condition: string; url?: string }): Promise<{ secret: string }> {
  const response = await call(`${fileOf(id)}/watches`, {
    method: "POST", headers: withKey({ accept: JSON_TYPE, "content-type": JSON_TYPE }), body: JSON.stringify(asked),
  });
  return (await response.json()) as { secret: string };
}
export async function endWatch(id: string, name: string): Promise<void> {
  await call(`${fileOf(id)}/watches/${encodeURIComponent(name)}`, { method: "DELETE", headers: withKey({ accept: JSON_TYPE }) });
}

/** What readers without a key are given: how late, and how coarse. */
export interface Terms {
  open: boolean;
  delay_h: number;
  coarsen_m: number;
}
export const readTerms = async (id: string): Promise<Terms> => (await read<{ publication: Terms }>(fileOf(id))).publication;
export async function publish(id: string, terms: Terms, why: string): Promise<boolean> {
  await call(`${fileOf(id)}/publication`, {
    method: "PUT", headers: withKey({ accept: JSON_TYPE, "content-type": JSON_TYPE }), body: JSON.stringify({ ...terms, ...(why ? { why } : {}) }),
  });
  return true;
}

export const listScenarios = (): Promise<Scenario[]> => get("/v1/scenarios");
export const getScenario = (id: string, signal?: AbortSignal): Promise<Situation> =>
  get(`/v1/scenarios/${encodeURIComponent(id)}`, signal);
export const getScenarioJudgement = (id: string, signal?: AbortSignal): Promise<Judgement> =>
  get(`/v1/scenarios/${encodeURIComponent(id)}/judgement`, signal);
export const findPlaces = (called: string, signal?: AbortSignal): Promise<Place[]> =>
  get(`/v1/places?called=${encodeURIComponent(called)}`, signal);

export async function askQuestion(ask: Ask, signal: AbortSignal): Promise<Asked> {
  const response = await post("/v1/questions", { ...ask, with_maps: true }, JSON_TYPE, signal);
  return (await response.json()) as Asked;
}

export async function writeAnswer(ask: Ask, accept: string, card = "landscape"): Promise<Blob> {
  return (await post("/v1/questions", { ...ask, card }, accept)).blob();
}

export async function judge(situation: Situation, supposed: Supposed, signal?: AbortSignal): Promise<Judgement> {
  const response = await post("/v1/judgements", { situation, options: supposed }, JSON_TYPE, signal);
  return (await response.json()) as Judgement;
}

export async function drawJudgement(situation: Situation, supposed: Supposed, accept: string): Promise<Blob> {
  return (await post("/v1/judgements", { situation, options: supposed }, accept)).blob();
}

export async function verify(situation: Situation, judgement: Judgement): Promise<Verification> {
  const response = await post("/v1/judgements/verify", { situation, judgement }, JSON_TYPE);
  return (await response.json()) as Verification;
}
