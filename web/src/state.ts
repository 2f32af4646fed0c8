// What the person asked for, and what is known of it. Everything on the screen follows from these signals.
import { batch, computed, effect, signal } from "@preact/signals";

import { AskError, type Trouble, ask, bearer } from "./ask";
import { type PlaceSort, SearchDocument, type SearchQuery, type SearchQueryVariables } from "./graph/graphql";

export type Edge = SearchQuery["nearby"]["edges"][number];
export type Source = SearchQuery["nearby"]["sources"][number];
export type Bounds = { south: number; west: number; north: number; east: number };
export type Area = { latitude: number; longitude: number; radius: number; bounds: Bounds };

const QUARTER = 15 * 60_000;
const MOST_PLACES = 5_000;
/** Of many pages: the first is shown as soon as it is there. */
const SHOWN_EVERY = 1_000;
const USUAL_STAY = 2 * 60 * 60_000;

const nextQuarter = () => Math.ceil(Date.now() / QUARTER) * QUARTER;

export const area = signal<Area | null>(null);
export const arrive = signal(new Date(nextQuarter()));
export const leave = signal(new Date(nextQuarter() + USUAL_STAY));
export const heightCm = signal<number | null>(readNumber("heightCm"));
export const electric = signal(localStorage.getItem("electric") === "true");
export const disabledPermit = signal(localStorage.getItem("disabledPermit") === "true");
export const sort = signal<PlaceSort>("DISTANCE");
export const fits = signal(false);

export const edges = signal<Edge[]>([]);
/** How many searches have been answered, each as soon as something of it can be shown. */
export const answered = signal(0);
export const total = signal<number | null>(null);
export const sources = signal<Source[]>([]);
export const looking = signal(false);
export const trouble = signal<Trouble | null>(null);
export const refusal = signal<string | null>(null);
export const chosen = signal<string | null>(new URLSearchParams(location.search).get("place"));
/** Of the place whose sheet was left last: to it one comes back. */
export const left = signal<string | null>(null);
export const page = signal<"places" | "mine">("places");

export const stay = computed(() => ({ arrive: arrive.value.toISOString(), leave: leave.value.toISOString() }));
export const vehicle = computed(() => ({
  kind: "CAR" as const,
  heightCm: heightCm.value,
  electric: electric.value,
  disabledPermit: disabledPermit.value,
}));

/** How often what is shown was asked for again. */
export const again = signal(0);
let asked = Date.now();
let isStayChosen = false;

export const lastAsked = () => asked;

export function askAgain(): void {
  asked = Date.now();
  batch(() => {
    if (!isStayChosen && arrive.peek().getTime() < asked) stayFrom(new Date(nextQuarter()));
    again.value = again.peek() + 1;
  });
}

/** The stay that the person wants, from now on: until they say so, it is one that begins soon. */
export function chooseStay(from: Date, until: Date): void {
  isStayChosen = true;
  batch(() => {
    arrive.value = from;
    leave.value = until;
  });
}

/** It keeps its length. */
function stayFrom(from: Date): void {
  leave.value = new Date(from.getTime() + leave.peek().getTime() - arrive.peek().getTime());
  arrive.value = from;
}

export function leaveSheet(): void {
  left.value = chosen.peek();
  chosen.value = null;
}

effect(() => {
  if (heightCm.value) localStorage.setItem("heightCm", String(heightCm.value));
  else localStorage.removeItem("heightCm");
  localStorage.setItem("electric", String(electric.value));
  localStorage.setItem("disabledPermit", String(disabledPermit.value));
});

effect(() => {
  const query = chosen.value ? `?place=${encodeURIComponent(chosen.value)}` : location.pathname;
  history.replaceState(null, "", query);
});

// The search follows whatever it depends on; what was asked before is abandoned.
effect(() => {
  const where = area.value;
  const variables = { stay: stay.value, vehicle: vehicle.value, filter: { fits: fits.value }, sort: sort.value };
  again.value;
  if (!where) return;
  const abandoned = new AbortController();
  const timer = setTimeout(() => void search(where, variables, abandoned.signal), 60);
  return () => {
    clearTimeout(timer);
    abandoned.abort();
  };
});

type Wanted = Omit<SearchQueryVariables, "near" | "radius" | "after">;

async function search(where: Area, wanted: Wanted, signal: AbortSignal): Promise<void> {
  const near = { latitude: where.latitude, longitude: where.longitude };
  const asker = bearer.peek();
  looking.value = true;
  try {
    let found: Edge[] = [];
    let after: string | null = null;
    let shownAt = 0;
    do {
      const { nearby }: SearchQuery = await ask(SearchDocument, { ...wanted, near, radius: where.radius, after }, signal);
      found = [...found, ...nearby.edges];
      const isFirst = after === null;
      after = nearby.pageInfo.hasNextPage && found.length < MOST_PLACES ? (nearby.pageInfo.endCursor ?? null) : null;
      if (!isFirst && after && performance.now() < shownAt + SHOWN_EVERY) continue;
      shownAt = performance.now();
      batch(() => {
        if (isFirst) {
          answered.value += 1;
          sources.value = nearby.sources;
        }
        edges.value = found;
        total.value = nearby.totalCount;
      });
    } while (after);
    trouble.value = refusal.value = null;
  } catch (fault) {
    if (signal.aborted) return;
    if (fault instanceof AskError && fault.trouble === "signed-out" && asker) {
      askAgain(); // as nobody, which is all that a search needs
      return;
    }
    trouble.value = fault instanceof AskError ? fault.trouble : "offline";
    refusal.value = fault instanceof AskError && fault.trouble === "refused" ? fault.message : null;
  } finally {
    if (!signal.aborted) looking.value = false;
  }
}

addEventListener("offline", () => void (trouble.value = "offline"));

function readNumber(key: string): number | null {
  const value = Number(localStorage.getItem(key));
  return Number.isFinite(value) && value > 0 ? value : null;
}
