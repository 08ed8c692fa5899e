/** What the service says, as far as the page shows it; docs/contract.md is the whole of it. */

import type { Feature as GeoFeature, FeatureCollection, Geometry, LineString, Point } from "geojson";

export type Answer = "yes" | "no" | "contested" | "unknown";
export type Code = "C0" | "C1" | "C2" | "C3" | "E1" | "E2" | "N" | "U";
export type Verdict = "encircled" | "not_encircled" | "contested" | "indeterminate" | "no_force";
export type Reading = "pessimistic" | "optimistic";
export type LonLat = [number, number];
export const DEFINITIONS = ["land_cut", "vehicle_cut", "fire_control", "isolation", "surrounded"] as const;
export type Definition = (typeof DEFINITIONS)[number];

export interface Source {
  id: string;
  title?: string;
  url?: string;
  origin?: string;
  reliability?: string;
  credibility?: number;
}
export interface Told {
  kind: string;
  name?: string;
  side?: string;
  holder?: string | null;
  basis?: string;
  force?: string;
  grade?: string;
  fire?: string;
  state?: string;
  surface?: string;
  type?: string;
  echelon?: string;
  present?: string;
  access?: string;
  modes?: string[];
  sources?: string[];
  observed_at?: string;
  location_error_m?: number;
  reach_m?: number;
  note?: string;
  claimant?: string;
  statement?: string;
  made_at?: string;
}
export type Feature = GeoFeature<Geometry | null, Told> & { id: string };
export interface Situation {
  type: "FeatureCollection";
  features: Feature[];
  situation: {
    id?: string;
    title?: string;
    as_of?: string;
    force?: string;
    forces?: { id: string; name?: string; side?: string }[];
    sides?: { id: string; name?: string; allies?: string[] }[];
    sources?: Source[];
    area?: Geometry;
    uncovered?: string;
  };
}
export interface Leg {
  geometry: LineString;
  by: string;
  mode: string;
  control: string;
  fire: string | null;
  evidence: string[];
  length_m: number;
}
export interface Way {
  reading: Reading | "both";
  unit: string;
  anchor: string;
  mode: string;
  legs: Leg[];
  length_m: number;
}
export interface Segment {
  geometry: LineString;
  by: string;
  evidence: string[];
  length_m: number;
  edge_of_the_map?: boolean;
}
export interface Ring {
  reading: Reading | "both";
  units: string[];
  segments: Segment[];
  weakest: number;
  area_km2: number;
  ring: Geometry;
}
export interface Certificates {
  open: Way | null;
  closed: Ring | null;
}
export interface Finding {
  rule: string;
  statement: string;
  evidence: string[];
  decides: boolean;
}
export interface Unit {
  id: string;
  name: string | null;
  encircled: boolean | null;
  status: { code: Code; label: string };
  certificates: Certificates;
}
export interface Pivot {
  evidence: string[];
  would_make: string;
  probability: number | null;
  statement: string;
}
export interface Likelihood {
  p_encircled: [number, number];
  term: string;
  importance?: { evidence: string[]; importance: number; statement: string }[];
}
export interface Notice {
  code: string;
  severity: "info" | "caution" | "doubt";
  statement: string;
}
export interface Judgement {
  force: string;
  side: string;
  as_of: string;
  title: string | null;
  verdict: Verdict;
  encircled: boolean | null;
  status: { code: Code; name: string; label: string };
  headline: string;
  definitions: Record<Definition, Answer>;
  cut_off: { units: number; of: number };
  units: Unit[];
  margins: {
    neck_width_m: { optimistic: number; pessimistic: number; at: LonLat | null; evidence: string[] } | null;
    closing_distance_m?: { optimistic: number; pessimistic: number } | null;
    opening_distance_m?: { distance_m: number; between: LonLat[] } | null;
  };
  likelihood: Likelihood | null;
  confidence: { level: string; because: string[] };
  certificates: Certificates;
  pivots: Pivot[];
  findings: Finding[];
  notices: Notice[];
  what_if: unknown;
  names: Record<string, string>;
  provenance: { engine: string; input_sha256: string; situation: string | null };
}
export interface Check {
  name: string;
  holds: boolean;
  statement: string;
  features: string[];
}
export interface Verification {
  holds: boolean;
  checks: Check[];
  proved: unknown;
  not_checked: string[];
  sentence: string;
}
export interface AskedMap {
  map: string;
  title: string;
  mapper: string | null;
  as_of: string;
  used: boolean;
  because: string;
  rating: string | null;
  judgement: Judgement | null;
  situation: Situation | null;
}
export interface Claim {
  claimant: string | null;
  made_at: string | null;
  statement: string | null;
  place?: string | null;
  side?: string | null;
  number?: { rating?: string } | null;
  asserts?: { definition?: Definition; value?: string; number?: number };
  because?: Finding[];
  notices?: Notice[];
}
export interface Asked {
  claim: Claim;
  rating: string;
  agreement: Record<"open" | "closed" | "undecided", number>;
  quote: string;
  maps: AskedMap[];
  shown: number | null;
  place: { lon: number; lat: number; name: string | null } | null;
  notices: Notice[];
}
export interface Piece {
  id: string;
  kind: string;
  distance_m: number;
  bearing_deg: number;
  area_km2: number;
  area_uncertain_km2: number;
  joined: boolean;
  nearest_place: string | null;
  geometry?: Geometry;
}
export interface Question {
  question: "which_force" | "which_place" | "which_claim" | "which_side";
  place?: { name?: string; lon: number; lat: number } | null;
  held_by?: string | null;
  pieces?: Piece[];
  ground?: Situation;
  map?: string;
  places?: Place[];
  claims?: { claim: number; claimant: string | null; sentence: string }[];
  sides?: { id: string; name: string }[];
}
export interface Place {
  name: string;
  label?: string;
  admin: string;
  country: string;
  lon: number;
  lat: number;
  population: number;
}
export interface Scenario {
  id: string;
  title: string;
  as_of: string | null;
  force: string | null;
  verdict: Verdict | null;
  acceptable: Code[];
  error: string | null;
}
export interface Fault {
  feature?: string | null;
  pointer: string;
  detail: string;
  remedy: string;
}
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: Fault[];
  question?: Question;
  claim?: Claim | null;
}
export type { FeatureCollection, Geometry, Point };
