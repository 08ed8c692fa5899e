/** The mark is the verdict: a dot in a ring, and the gap is the way out. */

import { s } from "./dom";
import type { Answer, Code } from "./types";

const ARC = (from: number, to: number, r = 11): string => {
  const point = (deg: number): string => {
    const a = ((deg - 90) * Math.PI) / 180;
    return `${(16 + r * Math.cos(a)).toFixed(2)} ${(16 + r * Math.sin(a)).toFixed(2)}`;
  };
  return `M${point(from)}A${r} ${r} 0 ${to - from > 180 ? 1 : 0} 1 ${point(to)}`;
};
const stroke = { fill: "none", stroke: "currentColor", "stroke-width": 4.2 };
const dot = (): SVGElement => s("circle", { cx: 16, cy: 16, r: 4, fill: "currentColor" });
const ring = (): SVGElement => s("circle", { cx: 16, cy: 16, r: 11, ...stroke });
const tick = (x: number): SVGElement => s("path", { d: `M${x} 24.5v5`, ...stroke, "stroke-width": 1.7 });

const PARTS: Record<Code, () => SVGElement[]> = {
  C0: () => [s("path", { d: ARC(300, 420), ...stroke }), dot()],
  C1: () => [s("path", { d: ARC(230, 490), ...stroke }), dot()],
  C2: () => [s("path", { d: ARC(220, 500), ...stroke }), dot(), tick(12), tick(16), tick(20)],
  C3: () => [s("path", { d: ARC(230, 490), ...stroke }), s("path", { d: ARC(134, 226), ...stroke, "stroke-dasharray": "3.4 2.6" }), dot()],
  E1: () => [s("path", { d: ARC(20, 340), ...stroke }), dot(), s("path", { d: "M16 12V2M12.6 5 16 1.6 19.4 5", ...stroke, "stroke-width": 2 })],
  E2: () => [ring(), dot()],
  N: () => [s("circle", { cx: 16, cy: 16, r: 11, ...stroke, "stroke-width": 2 })],
  U: () => [
    s("circle", { cx: 16, cy: 16, r: 11, ...stroke, "stroke-width": 3, "stroke-dasharray": "4 3.2" }),
    s("text", { x: 16, y: 21, "text-anchor": "middle", "font-size": 14, "font-weight": 700, fill: "currentColor" }, "?"),
  ],
};

export type Tone = "open" | "contested" | "closed" | "none";
export const toneOf = (code: Code): Tone =>
  code === "C3" ? "contested" : code.startsWith("C") ? "open" : code.startsWith("E") ? "closed" : "none";

export const glyph = (code: Code, size = 24): SVGElement =>
  s("svg", { viewBox: "0 0 32 32", width: size, height: size, class: `glyph ${toneOf(code)}`, "aria-hidden": "true" }, PARTS[code]());

/** The same mark for a map, where nothing has a colour of its own. */
export function paintGlyph(pen: CanvasRenderingContext2D, code: Code, ink: string, halo: string): void {
  pen.fillStyle = halo;
  pen.beginPath();
  pen.arc(14, 14, 14, 0, 7);
  pen.fill();
  pen.save();
  pen.translate(14 - 11.2, 14 - 11.2);
  pen.scale(0.7, 0.7);
  pen.strokeStyle = ink;
  pen.fillStyle = ink;
  for (const part of PARTS[code]()) {
    const told = (name: string): string => part.getAttribute(name) ?? "";
    pen.lineWidth = Number(told("stroke-width") || 0);
    pen.setLineDash(told("stroke-dasharray").split(" ").filter(Boolean).map(Number));
    const path = new Path2D();
    if (part.tagName === "circle") path.arc(Number(told("cx")), Number(told("cy")), Number(told("r")), 0, 7);
    else if (part.tagName === "path") path.addPath(new Path2D(told("d")));
    else {
      pen.font = "700 14px sans-serif";
      pen.textAlign = "center";
      pen.fillText("?", 16, 21);
      continue;
    }
    if (told("fill") !== "none") pen.fill(path);
    if (told("stroke")) pen.stroke(path);
  }
  pen.restore();
}

const RATINGS: Record<string, string> = {
  supported: "M5 12.5l4.5 4.5L19 7.5", supported_weaker_definition: "M5 12.5l4.5 4.5L19 7.5", contradicted: "M6 6l12 12M18 6L6 18",
  overstated: "M12 19V5M6 11l6-6 6 6", premature: "M12 6v6l4 3M12 3a9 9 0 1 0 .1 0", misattributed: "M5 8h14l-4-4M19 16H5l4 4",
};
export const ratingGlyph = (rating: string): SVGElement =>
  s("svg", { viewBox: "0 0 24 24", width: 15, height: 15, "aria-hidden": "true" },
    s("path", { d: RATINGS[rating] ?? "M9 9a3 3 0 1 1 3 3v2.5M12 18.5v.1", fill: "none", stroke: "currentColor", "stroke-width": 3, "stroke-linecap": "round" }));

/** Yes is a full disc, no an empty one; the word always stands beside it. */
export const answerGlyph = (answer: Answer): SVGElement =>
  s("svg", { viewBox: "0 0 16 16", width: 14, height: 14, "aria-hidden": "true" },
    s("circle", { cx: 8, cy: 8, r: 6.4, fill: answer === "yes" ? "currentColor" : "none", stroke: "currentColor", "stroke-width": 2.2, "stroke-dasharray": answer === "unknown" ? "2.4 2" : null }),
    answer === "contested" ? s("path", { d: "M8 2.6a5.4 5.4 0 0 1 0 10.8z", fill: "currentColor" }) : null);

export const checkGlyph = (holds: boolean): SVGElement =>
  s("svg", { viewBox: "0 0 24 24", width: 18, height: 18, "aria-hidden": "true", class: holds ? "holds" : "fails" },
    s("path", { d: holds ? "M5 12.5l4.5 4.5L19 7.5" : "M6 6l12 12M18 6L6 18", fill: "none", stroke: "currentColor", "stroke-width": 3 }));

export const mark = (): SVGElement =>
  s("svg", { viewBox: "0 0 32 32", width: 26, height: 26, "aria-hidden": "true" }, PARTS.C1().map((part) => part));
