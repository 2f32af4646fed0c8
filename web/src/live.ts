// The places in view, kept as they are now: counts change while one looks at them.
import { effect } from "@preact/signals";

import { LiveDocument, type LiveSubscription } from "./graph/graphql";
import { askSoon } from "./renewing";
import { area, askAgain, edges } from "./state";
import { reconnected, subscribe } from "./subscribe";

type Changed = LiveSubscription["placesChanged"];

/** Watches what the map shows, from here on; the search goes on without it. */
export function watch(): void {
  effect(() => void (reconnected.value && askAgain()));
  effect(() => {
    const bounds = area.value?.bounds;
    return bounds && subscribe(LiveDocument, { bounds }, (told) => take(told.placesChanged));
  });
}

function take({ missed, gone, places }: Changed): void {
  askSoon(); // prices, and what came
  if (missed) return;
  const changed = new Map(places.map((place) => [place.id, place]));
  edges.value = edges
    .peek()
    .filter(({ node }) => !gone.includes(node.id))
    .map((edge) => {
      const now = changed.get(edge.node.id);
      return now ? { ...edge, node: { ...edge.node, ...now } } : edge;
    });
}
