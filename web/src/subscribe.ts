// What the graph tells as it happens: over a WebSocket, or as server-sent events where no WebSocket gets through.
import { effect, signal } from "@preact/signals";
import { createClient as createEvents } from "graphql-sse";
import { createClient as createSockets } from "graphql-ws";

import { authorization, bearer, isUnknown, known } from "./ask";
import type { TypedDocumentString } from "./graph/graphql";

/** Without one WebSocket that was ever opened. */
const ENOUGH_FAILURES = 2;
const LONGEST_PAUSE = 30_000;

/** How often it came back: what happened meanwhile is not told. */
export const reconnected = signal(0);

let opened = false;
let failures = 0;

/** Not all at once, when a server is back. */
const pause = (retries: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, Math.min(LONGEST_PAUSE, 500 * 2 ** retries) * (0.5 + Math.random())));

const sockets = createSockets({
  url: location.origin.replace(/^http/, "ws") + "/graphql",
  connectionParams: authorization,
  lazyCloseTimeout: 5_000,
  retryAttempts: Infinity,
  retryWait: pause,
  shouldRetry: (fault) => !(fault instanceof Error) && (opened || failures < ENOUGH_FAILURES),
  on: {
    connected: () => {
      if (opened) reconnected.value = reconnected.peek() + 1;
      opened = true;
    },
    closed: () => void (failures += 1),
  },
});

const events = createEvents({
  url: "/graphql",
  headers: () => authorization() as Record<string, string>,
  retryAttempts: Infinity,
  retry: pause,
});

// A connection is of whoever opened it.
let of = bearer.peek();
effect(() => {
  if (bearer.value !== of && opened) sockets.terminate();
  of = bearer.value;
});

type Told<Result> = { data?: Result | null; errors?: readonly { message: string; extensions?: { code?: string } }[] };

/** Until what is returned is called. A connection that breaks is made again. */
export function subscribe<Result, Variables extends Record<string, unknown>>(
  operation: TypedDocumentString<Result, Variables>,
  variables: Variables,
  next: (told: Result) => void,
): () => void {
  let stop: () => void = () => undefined;
  let stopped = false;
  const begin = (by: typeof sockets | typeof events, document: { query: string; extensions?: object }) => {
    if (stopped) return;
    const inText = () => !document.query && begin(by, { query: operation.toString() });
    stop = (by as typeof events).subscribe<Result>({ ...document, variables } as never, {
      next: ({ data, errors }: Told<Result>) => {
        if (data) next(data);
        else if (isUnknown(errors)) inText();
      },
      error: (fault: unknown) => {
        if (Array.isArray(fault)) isUnknown(fault) && inText();
        else if (by === sockets && !opened) begin(events, document);
      },
      complete: () => undefined,
    });
  };
  // Both libraries want a text; the server takes an empty one for none.
  begin(!opened && failures >= ENOUGH_FAILURES ? events : sockets, { query: "", ...known(operation) });
  return () => {
    stopped = true;
    stop();
  };
}
