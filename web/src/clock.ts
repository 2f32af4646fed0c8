// The server's clock, by which prices end: that of a phone may be minutes away from it.
import { signal } from "@preact/signals";

let ahead = 0;

export const serverNow = () => Date.now() + ahead;

/** As an answer's header has it. */
export function tellTime(date: string | null): void {
  const told = Date.parse(date ?? "");
  if (!Number.isNaN(told)) ahead = told - Date.now();
}

/** The instant at which what is on the screen was last looked at. */
export const looked = signal(0);

/** Whether it ended while it was on the screen; what has no end does not. */
export const isOver = (until: string | null) => until !== null && Date.parse(until) <= looked.value;
