// Who asks. The token lives as long as the tab; a server's demo hands one out.
import { computed, effect, signal } from "@preact/signals";

import { bearer } from "./ask";
import { readSettings } from "./settings";

const KEPT = "token";

export const signedIn = computed(() => bearer.value !== null);
/** The server has refused the token; what does not need one goes on. */
export const expired = signal(false);

export function enter(token: string | null): void {
  expired.value = false;
  bearer.value = token;
}

export function begin(demoToken: string | null): void {
  enter(sessionStorage.getItem(KEPT) ?? demoToken);
  let before = bearer.peek();
  effect(() => {
    const token = bearer.value;
    if (token) sessionStorage.setItem(KEPT, token);
    else sessionStorage.removeItem(KEPT);
    if (before && !token) void renew();
    before = token;
  });
}

/** A demo hands out another one; everybody else is asked to sign in again. */
async function renew(): Promise<void> {
  expired.value = true;
  const { demoToken } = await readSettings().catch(() => ({ demoToken: null }));
  if (demoToken && expired.peek()) enter(demoToken);
}
