// My stays at places with a gate, as they begin and end, and what the gate decides while I wait at it.
import { effect, signal } from "@preact/signals";

import { signedIn } from "./account";
import { MyPassagesDocument, type MyPassagesSubscription, MyStaysDocument, type MyStaysSubscription } from "./graph/graphql";
import { subscribe } from "./subscribe";

export type Stay = MyStaysSubscription["sessionChanged"];
export type Passage = MyPassagesSubscription["ownPassages"];

/** The latest first. */
export const stays = signal<readonly Stay[]>([]);
/** The latest that was told. */
export const passage = signal<Passage | null>(null);

/** What was asked for, and what was told meanwhile of the same stay, which is newer. */
export function know(found: readonly Stay[]): void {
  const told = new Map(stays.peek().map((stay) => [stay.id, stay]));
  const all = [...found.map((stay) => told.get(stay.id) ?? stay), ...stays.peek().filter(({ id }) => !found.some((stay) => stay.id === id))];
  stays.value = all.sort((a, b) => b.enteredAt.localeCompare(a.enteredAt));
}

export function follow(): void {
  effect(() => {
    if (!signedIn.value) {
      stays.value = [];
      passage.value = null;
      return;
    }
    const ends = [
      subscribe(MyStaysDocument, {}, ({ sessionChanged }) => {
        stays.value = [sessionChanged, ...stays.peek().filter(({ id }) => id !== sessionChanged.id)];
      }),
      subscribe(MyPassagesDocument, {}, ({ ownPassages }) => void (passage.value = ownPassages)),
    ];
    return () => ends.forEach((end) => end());
  });
}
