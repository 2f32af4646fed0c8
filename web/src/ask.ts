// One question to the graph. Whatever goes wrong is one of three things, and says what the person can do.
import { signal } from "@preact/signals";

import { tellTime } from "./clock";
import type { TypedDocumentString } from "./graph/graphql";

export type Trouble = "offline" | "signed-out" | "refused";

export class AskError extends Error {
  constructor(
    readonly trouble: Trouble,
    message: string,
  ) {
    super(message);
  }
}

type Failed = { message: string; extensions?: { code?: string } };
type Answer = { data?: unknown; errors?: Failed[] };

/** The credential of whoever asks; null for nobody, and once the server has refused it. */
export const bearer = signal<string | null>(null);

/** As a header has it. */
export const authorization = (): { Authorization?: string } => (bearer.peek() ? { Authorization: `Bearer ${bearer.peek()}` } : {});

/** The document by its hash: the server knows what its own client asks. */
export function known(operation: { __meta__?: Record<string, unknown> | undefined }) {
  return { extensions: { persistedQuery: { version: 1, sha256Hash: String(operation.__meta__?.["hash"]).replace("sha256:", "") } } };
}

/** Whether the server has another client than this one, and does not know the document. */
export const isUnknown = (errors: readonly Failed[] | undefined) =>
  errors?.some((error) => error.extensions?.code === "PERSISTED_QUERY_NOT_FOUND") ?? false;

export async function ask<Result, Variables>(
  operation: TypedDocumentString<Result, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Result> {
  const asker = bearer.peek();
  const first = await post({ variables, ...known(operation) }, signal);
  const answer = isUnknown(first.errors) ? await post({ variables, query: operation.toString() }, signal) : first;
  const [error] = answer.errors ?? [];
  if (error && !answer.data) {
    const code = error.extensions?.code;
    if (code === "UNAUTHENTICATED" && asker && bearer.peek() === asker) bearer.value = null;
    throw new AskError(code === "UNAUTHENTICATED" ? "signed-out" : code === "UNAVAILABLE" ? "offline" : "refused", error.message);
  }
  return answer.data as Result;
}

async function post(body: object, signal?: AbortSignal): Promise<Answer> {
  const headers = { "Content-Type": "application/json", ...authorization() };
  let response: Response;
  try {
    response = await fetch("/graphql", { method: "POST", headers, body: JSON.stringify(body), signal: signal ?? null });
  } catch (fault) {
    if (signal?.aborted) throw fault;
    throw new AskError("offline", "The server cannot be reached.");
  }
  tellTime(response.headers.get("Date"));
  try {
    return await response.json();
  } catch {
    throw new AskError("offline", `The server answered ${response.status}.`);
  }
}
