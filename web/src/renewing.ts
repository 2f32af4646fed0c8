// When what is shown is asked for again: on news, when a price ends, when somebody looks again. Never by everybody at
// once, and not once for each reason.
import { effect, signal } from "@preact/signals";

import { looked, serverNow } from "./clock";
import { askAgain, edges, lastAsked, looking } from "./state";

const SOON = { least: 4_000, spread: 8_000 };
const AGAIN_AFTER = 60_000;
const LONGEST_TIMER = 2 ** 31 - 1;

/** When the offers of the open sheet end. */
export const sheetEnds = signal<(string | null)[]>([]);

let soon = 0;

/** In a few seconds, with whatever else is to be asked for by then. */
export function askSoon(): void {
  soon ||= window.setTimeout(() => {
    soon = 0;
    askIfSeen();
  }, SOON.least + Math.random() * SOON.spread);
}

export function renew(): void {
  // Prices and whatever no server tells of change, too, and a network that was away comes back.
  setInterval(askIfSeen, AGAIN_AFTER);
  addEventListener("online", askAgain);
  addEventListener("visibilitychange", () => {
    if (Date.now() - lastAsked() > AGAIN_AFTER) askIfSeen();
  });
  effect(() => {
    const ends = [...edges.value.map(({ cheapest }) => cheapest?.validUntil ?? null), ...sheetEnds.value]
      .map((end) => (end ? Date.parse(end) : Infinity))
      .filter((end) => end > looked.value);
    const next = ends.reduce((first, end) => Math.min(first, end), Infinity);
    if (next === Infinity) return;
    const timer = setTimeout(end, Math.min(LONGEST_TIMER, Math.max(0, next - serverNow())));
    return () => clearTimeout(timer);
  });
}

function end(): void {
  looked.value = serverNow();
  askSoon();
}

/** Not in the middle of an answer of many pages, which would never be whole; but one that hangs is given up. */
function askIfSeen(): void {
  if (document.visibilityState !== "visible") return;
  if (looking.peek() && Date.now() - lastAsked() < AGAIN_AFTER) askSoon();
  else askAgain();
}
