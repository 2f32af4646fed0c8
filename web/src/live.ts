// The places in view, kept as they are now: counts change while one looks at them.
import { effect } from "@preact/signals";

import { LiveDocument, type LiveSubscription } from "./graph/graphql";
import { area, askAgain, edges } from "./state";
import { reconnected, subscribe } from "./subscribe";

type Changed = LiveSubscription["placesChanged"];

/** After news, prices are asked for again: not by everybody who heard them at once, and not for each of them. */
const SOON = { least: 4_000, spread: 8_000 };

let soon = 0;

/** Watches what the map shows, from here on; the search goes on without it. */
export function watch(): void {
  effect(() => void (reconnected.value && askAgain()));
  effect(() => {
    const bounds = area.value?.bounds;
    return bounds && subscribe(LiveDocument, { bounds }, (told) => take(told.placesChanged));
  });
}

function take({ missed, gone, places }: Changed): void {
  const known = new Map(edges.peek().map((edge) => [edge.node.id, edge]));
  if (missed || gone.some((id) => known.has(id)) || places.some(({ id }) => !known.has(id))) {
    askAgain();
    return;
  }
  soon ||= window.setTimeout(pricesAgain, SOON.least + Math.random() * SOON.spread);
  const changed = new Map(places.map((place) => [place.id, place]));
  edges.value = edges.peek().map((edge) => {
    const now = changed.get(edge.node.id);
    return now ? { ...edge, node: { ...edge.node, ...now } } : edge;
  });
}

function pricesAgain(): void {
  soon = 0;
  if (document.visibilityState === "visible") askAgain();
}
