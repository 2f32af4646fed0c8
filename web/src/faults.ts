// What somebody is told when a question was not answered.
import { AskError } from "./ask";
import { words } from "./words";

/** In their own words, but for what the server says of the question itself. */
export function say(fault: unknown): string {
  if (!(fault instanceof AskError)) return words.offline;
  return fault.trouble === "refused" ? fault.message : fault.trouble === "signed-out" ? words.signedOut : words.offline;
}
