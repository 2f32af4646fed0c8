// One question to the graph. Whatever goes wrong is one of three things, and says what the person can do.
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

const hashes = new Map<string, Promise<string>>();
let bearer: string | null = null;

export function signIn(token: string | null): void {
  bearer = token;
}

export async function ask<Result, Variables>(
  operation: TypedDocumentString<Result, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Result> {
  const query = operation.toString();
  const sha256Hash = await hash(query);
  const extensions = sha256Hash && { persistedQuery: { version: 1, sha256Hash } };
  const first = await post(extensions ? { variables, extensions } : { query, variables }, signal);
  const unknown = first.errors?.some((error) => error.extensions?.code === "PERSISTED_QUERY_NOT_FOUND");
  const answer = unknown ? await post({ query, variables, extensions }, signal) : first;
  const [error] = answer.errors ?? [];
  if (error && !answer.data) {
    const code = error.extensions?.code;
    throw new AskError(code === "UNAUTHENTICATED" ? "signed-out" : code === "UNAVAILABLE" ? "offline" : "refused", error.message);
  }
  return answer.data as Result;
}

type Answer = { data?: unknown; errors?: { message: string; extensions?: { code?: string } }[] };

async function post(body: object, signal?: AbortSignal): Promise<Answer> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (bearer) headers["Authorization"] = `Bearer ${bearer}`;
  let response: Response;
  try {
    response = await fetch("/graphql", { method: "POST", headers, body: JSON.stringify(body), signal: signal ?? null });
  } catch (fault) {
    if (signal?.aborted) throw fault;
    throw new AskError("offline", "The server cannot be reached.");
  }
  try {
    return await response.json();
  } catch {
    throw new AskError("offline", `The server answered ${response.status}.`);
  }
}

/** SHA-256 in hex; null where the page is not served securely, which has no crypto. */
function hash(text: string): Promise<string | null> {
  if (!globalThis.crypto?.subtle) return Promise.resolve(null);
  let known = hashes.get(text);
  if (!known) {
    known = crypto.subtle
      .digest("SHA-256", new TextEncoder().encode(text))
      .then((bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join(""));
    hashes.set(text, known);
  }
  return known;
}
