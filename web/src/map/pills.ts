// The signs on the map: a price, and how full it is by colour and by shape, so that colour alone decides nothing.
import { isOver } from "../clock";
import { money } from "../format";
import type { Edge } from "../state";

export type Fill = "some" | "few" | "full" | "unknown" | "unfit";

/** Okabe and Ito's colours, which the colour-blind tell apart; white text stands out from each. */
const COLOURS: Record<Fill, string> = {
  some: "#0b5fad",
  few: "#9a5b00",
  full: "#4a4a4a",
  unknown: "#3d6b58",
  unfit: "#6b6b6b",
};
const SHAPES: Record<Fill, string> = { some: "●", few: "◐", full: "✕", unknown: "○", unfit: "–" };

export function fillOf(edge: Edge): Fill {
  const { occupancy } = edge.node;
  if (edge.excluded.some(({ code }) => code !== "FULL")) return "unfit";
  if (edge.excluded.length || occupancy?.level === "FULL" || occupancy?.level === "CLOSED") return "full";
  if (!occupancy?.fresh) return "unknown";
  if (occupancy.vacant === 0) return "full";
  if (occupancy.level === "FEW" || (occupancy.vacant !== null && occupancy.vacant < 10)) return "few";
  return occupancy.vacant === null && occupancy.level === "UNKNOWN" ? "unknown" : "some";
}

/** What the stay costs, and how many spaces are free where that is known. */
export function labelOf(edge: Edge): string {
  const { total = null, validUntil = null } = edge.cheapest ?? {};
  const price = total && !isOver(validUntil) ? money(total) : "P";
  const { vacant = null } = edge.node.occupancy ?? {};
  const counts = vacant !== null && (fillOf(edge) === "some" || fillOf(edge) === "few");
  return counts ? `${price} · ${roughly(vacant)}` : price;
}

/** In steps: each label is a picture, and thousands of places share them. */
function roughly(count: number): string {
  const step = [500, 200, 100, 50, 20, 10].find((each) => count >= each);
  return step ? `${step}+` : String(count);
}

const SEPARATOR = "|";

export const pillId = (fill: Fill, label: string) => ["pill", fill, label].join(SEPARATOR);

type Image = { width: number; height: number; data: Uint8ClampedArray };

/** The picture of an id that `pillId` made, or of a cluster (cluster||COUNT), at twice the size. Null for any other. */
export function draw(id: string): Image | null {
  const [kind, fill, label] = id.split(SEPARATOR);
  if (label === undefined || (kind !== "pill" && kind !== "cluster")) return null;
  const text = kind === "cluster" ? label : `${SHAPES[fill as Fill]} ${label}`;
  const canvas = document.createElement("canvas");
  const measure = canvas.getContext("2d")!;
  measure.font = FONT;
  const width = Math.ceil(Math.max(44, measure.measureText(text).width + 24));
  const height = 48;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d")!;
  context.beginPath();
  context.roundRect(2, 2, width - 4, height - 4, kind === "cluster" ? 22 : 14);
  context.fillStyle = kind === "cluster" ? "#ffffff" : COLOURS[fill as Fill];
  context.fill();
  context.lineWidth = 3;
  context.strokeStyle = kind === "cluster" ? "#0b5fad" : "#ffffff";
  context.stroke();
  context.font = FONT;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = kind === "cluster" ? "#0b3a66" : "#ffffff";
  context.fillText(text, width / 2, height / 2 + 1);
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, data };
}

const FONT = "600 24px system-ui, sans-serif";
