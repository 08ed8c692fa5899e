/** Patterns and signs, painted once each: what marks ground in grey print too, and who stands where. */

import type { Base, Hue, Mark } from "./palette";

export const SCALE = 2;
type Pen = CanvasRenderingContext2D;

/** Paint an image of so many pixels (at one pixel of the page). */
export function paint(width: number, height: number, draw: (pen: Pen) => void): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = width * SCALE;
  canvas.height = height * SCALE;
  const pen = canvas.getContext("2d") as Pen;
  pen.scale(SCALE, SCALE);
  pen.lineJoin = "round";
  draw(pen);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

function trace(pen: Pen, points: [number, number][], closed = false): void {
  pen.beginPath();
  points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  if (closed) pen.closePath();
}

const dot = (pen: Pen, x: number, y: number, r: number): void => {
  pen.beginPath();
  pen.arc(x, y, r, 0, 7);
  pen.fill();
};

const MARKS: Record<Exclude<Mark, "none">, (pen: Pen, ink: string) => void> = {
  dots: (pen, ink) => {
    pen.fillStyle = ink;
    pen.globalAlpha = 0.45;
    dot(pen, 2, 2, 0.9);
    dot(pen, 6, 6, 0.9);
  },
  lines: (pen, ink) => {
    pen.fillStyle = ink;
    pen.globalAlpha = 0.5;
    pen.fillRect(0, 3.6, 8, 0.8);
  },
  crosses: (pen, ink) => {
    pen.strokeStyle = ink;
    pen.globalAlpha = 0.5;
    trace(pen, [[4, 2.2], [4, 5.8]]);
    pen.stroke();
    trace(pen, [[2.2, 4], [5.8, 4]]);
    pen.stroke();
  },
  rings: (pen, ink) => {
    pen.strokeStyle = ink;
    pen.lineWidth = 0.7;
    pen.beginPath();
    pen.arc(4, 4, 1.6, 0, 7);
    pen.stroke();
  },
};

/** The mark on a party's ground. */
export const paintMark = (mark: Exclude<Mark, "none">, ink: string): ImageData =>
  paint(8, 8, (pen) => MARKS[mark](pen, ink));

/** Hatched at 45°: nobody is sure who holds it. */
export const paintHatch = (ink: string): ImageData =>
  paint(8, 8, (pen) => {
    pen.strokeStyle = ink;
    pen.lineWidth = 1.1;
    pen.globalAlpha = 0.75;
    for (const shift of [-8, 0, 8]) {
      trace(pen, [[shift, 8], [shift + 8, 0]]);
      pen.stroke();
    }
  });

/** Sparse crosses: under fire. */
export const paintFire = (ink: string): ImageData =>
  paint(22, 22, (pen) => {
    pen.strokeStyle = ink;
    pen.lineWidth = 1.2;
    pen.globalAlpha = 0.6;
    trace(pen, [[11, 8], [11, 14]]);
    pen.stroke();
    trace(pen, [[8, 11], [14, 11]]);
    pen.stroke();
  });

export const ECHELONS: Record<string, string> = {
  squad: "•", section: "••", platoon: "•••", company: "I", battery: "I", battalion: "II", regiment: "III",
  brigade: "X", division: "XX", corps: "XXX", army: "XXXX", "army group": "XXXXX", army_group: "XXXXX",
};

export interface Sign {
  friend: boolean;
  sure: boolean;
  echelon: string;
}

/** A group, after APP-6: its own side a crossed rectangle, the enemy a diamond; dashed where in doubt. */
export function paintUnit(sign: Sign, hue: Hue, base: Base): ImageData {
  return paint(34, 40, (pen) => {
    const [x, y] = [17, 24];
    pen.strokeStyle = hue.ink;
    pen.lineWidth = 1.7;
    const box: [number, number][] = sign.friend
      ? [[x - 11, y - 7.5], [x + 11, y - 7.5], [x + 11, y + 7.5], [x - 11, y + 7.5]]
      : [[x, y - 12], [x + 12, y], [x, y + 12], [x - 12, y]];
    trace(pen, box, true);
    pen.save();
    pen.strokeStyle = base.halo;
    pen.lineWidth = 5;
    pen.stroke();
    pen.restore();
    pen.fillStyle = base.halo;
    pen.fill();
    if (!sign.sure) pen.setLineDash([3, 2.2]);
    pen.stroke();
    pen.setLineDash([]);
    pen.fillStyle = hue.ink;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    if (!sign.sure) {
      pen.font = "700 11px 'Inter Variable', sans-serif";
      pen.fillText("?", x, y + 0.5);
    } else {
      const arm: [number, number] = sign.friend ? [11, 7.5] : [6, 6];
      pen.lineWidth = 1.2;
      trace(pen, [[x - arm[0], y - arm[1]], [x + arm[0], y + arm[1]]]);
      pen.stroke();
      trace(pen, [[x - arm[0], y + arm[1]], [x + arm[0], y - arm[1]]]);
      pen.stroke();
    }
    const rank = ECHELONS[sign.echelon.toLowerCase()] ?? "";
    if (rank) {
      pen.font = "700 9.5px 'Inter Variable', sans-serif";
      pen.lineWidth = 3;
      pen.strokeStyle = base.halo;
      const top = sign.friend ? y - 13 : y - 17;
      pen.strokeText(rank, x, top);
      pen.fillText(rank, x, top);
    }
  });
}

/** Friendly ground with its own way onward: a disc with a star of four points. */
export const paintAnchor = (base: Base): ImageData =>
  paint(22, 22, (pen) => {
    pen.fillStyle = base.halo;
    dot(pen, 11, 11, 10.5);
    pen.fillStyle = base.way;
    dot(pen, 11, 11, 9);
    pen.fillStyle = base.halo;
    trace(pen, [[11, 4.5], [12.8, 9.2], [17.5, 11], [12.8, 12.8], [11, 17.5], [9.2, 12.8], [4.5, 11], [9.2, 9.2]], true);
    pen.fill();
  });

export const paintDiamond = (base: Base): ImageData =>
  paint(16, 16, (pen) => {
    trace(pen, [[8, 2], [14, 8], [8, 14], [2, 8]], true);
    pen.fillStyle = base.halo;
    pen.fill();
    pen.strokeStyle = base.muted;
    pen.lineWidth = 1.6;
    pen.stroke();
  });

/** A crossing or a road that is shut. */
export const paintCut = (base: Base): ImageData =>
  paint(18, 18, (pen) => {
    pen.fillStyle = base.halo;
    dot(pen, 9, 9, 8.5);
    pen.strokeStyle = base.fire;
    pen.lineWidth = 1.8;
    pen.beginPath();
    pen.arc(9, 9, 6.6, 0, 7);
    pen.stroke();
    trace(pen, [[5.4, 5.4], [12.6, 12.6]]);
    pen.stroke();
    trace(pen, [[12.6, 5.4], [5.4, 12.6]]);
    pen.stroke();
  });

/** An arrowhead along a line. */
export const paintArrow = (ink: string, halo: string): ImageData =>
  paint(22, 22, (pen) => {
    trace(pen, [[5, 3], [19, 11], [5, 19]], true);
    pen.fillStyle = ink;
    pen.strokeStyle = halo;
    pen.lineWidth = 2;
    pen.fill();
    pen.stroke();
  });

/** Ticks across a way, under fire that vehicles do not reliably survive. */
export const paintTick = (ink: string): ImageData =>
  paint(3, 26, (pen) => {
    pen.fillStyle = ink;
    pen.fillRect(0.6, 0, 1.8, 7);
    pen.fillRect(0.6, 19, 1.8, 7);
  });

/** A tooth of a ring held by the enemy; the line runs with the inside on its left. */
export const paintTooth = (ink: string): ImageData =>
  paint(12, 24, (pen) => {
    trace(pen, [[1, 11], [6, 2.5], [11, 11]], true);
    pen.fillStyle = ink;
    pen.fill();
  });

/** A disc with room for a number. */
export const paintDisc = (ink: string, halo: string): ImageData =>
  paint(26, 26, (pen) => {
    pen.fillStyle = halo;
    dot(pen, 13, 13, 13);
    pen.fillStyle = ink;
    dot(pen, 13, 13, 11.5);
  });

export const paintPlace = (ink: string, halo: string): ImageData =>
  paint(10, 10, (pen) => {
    pen.fillStyle = halo;
    dot(pen, 5, 5, 4.4);
    pen.fillStyle = ink;
    dot(pen, 5, 5, 2.6);
  });

/** A box for a few words, stretched round them. */
export const paintBox = (edge: string, fill: string): ImageData =>
  paint(24, 24, (pen) => {
    pen.beginPath();
    pen.roundRect(2, 2, 20, 20, 5);
    pen.fillStyle = fill;
    pen.fill();
    pen.strokeStyle = edge;
    pen.lineWidth = 1.6;
    pen.stroke();
  });

/** The place that was asked about, where nobody is known to stand. */
export const paintAsked = (base: Base): ImageData =>
  paint(26, 26, (pen) => {
    pen.beginPath();
    pen.arc(13, 13, 11, 0, 7);
    pen.fillStyle = base.contested;
    pen.fill();
    pen.lineWidth = 2;
    pen.strokeStyle = base.halo;
    pen.stroke();
    pen.fillStyle = base.halo;
    pen.font = "700 15px 'Inter Variable', sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText("?", 13, 14);
  });
