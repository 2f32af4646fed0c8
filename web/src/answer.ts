// The answer to a question of one part of the screen, asked again when it becomes another one.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { ask } from "./ask";
import { say } from "./faults";
import type { TypedDocumentString } from "./graph/graphql";

/**
 * Null until it is there; what was answered before stays meanwhile. `fault`: what the person is told instead. `again`:
 * asked once more when it becomes another number.
 */
export function useAnswer<Result, Variables>(operation: TypedDocumentString<Result, Variables>, variables: Variables, again = 0) {
  const answer = useSignal<Result | null>(null);
  const fault = useSignal<string | null>(null);
  useEffect(() => {
    const abandoned = new AbortController();
    ask(operation, variables, abandoned.signal)
      .then((found) => {
        answer.value = found;
        fault.value = null;
      })
      .catch((problem: Error) => {
        if (!abandoned.signal.aborted) fault.value = say(problem);
      });
    return () => abandoned.abort();
  }, [operation, JSON.stringify(variables), again]);
  return { answer: answer.value, fault: fault.value };
}
