// Who asks. The token lives as long as the tab; a server's demo hands one out.
import { signal } from "@preact/signals";

import { signIn } from "./ask";

const KEPT = "token";

export const signedIn = signal(false);

export function enter(token: string | null): void {
  signIn(token);
  signedIn.value = token !== null;
  if (token) sessionStorage.setItem(KEPT, token);
  else sessionStorage.removeItem(KEPT);
}

export function begin(demoToken: string | null): void {
  enter(sessionStorage.getItem(KEPT) ?? demoToken);
}
