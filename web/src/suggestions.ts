// What a typed name may mean: places of the graph, and addresses where the server knows a geocoder.
import { type Signal, effect, signal } from "@preact/signals";

import { ask } from "./ask";
import { NamesDocument } from "./graph/graphql";
import { area } from "./state";

/** `metres`: how far a place is from the middle of the map; of an address nobody says. */
export type Suggestion = { label: string; more: string | null; metres: number | null; latitude: number; longitude: number; id: string | null };

/** `of`: the text that was asked for, to tell nothing found from not asked yet. */
export type Suggestions = { of: string; found: Suggestion[] };

const LEAST_LETTERS = 2;
/** A person who types on is not asked about. */
const PAUSE_MS = 120;
const ADDRESSES = 4;
const NONE: Suggestions = { of: "", found: [] };

/** Follows the text until `stop` is called: asked once typing pauses, and only the latest text is answered. */
export function suggest(text: Signal<string>, geocoder: string | null): { suggestions: Signal<Suggestions>; stop: () => void } {
  const suggestions = signal(NONE);
  const stop = effect(() => {
    const wanted = text.value.trim();
    if (wanted.length < LEAST_LETTERS) {
      suggestions.value = NONE;
      return;
    }
    const abandoned = new AbortController();
    const timer = setTimeout(async () => {
      const kinds = await Promise.all([places(wanted, abandoned.signal), geocoder ? addresses(geocoder, wanted, abandoned.signal) : []]);
      if (!abandoned.signal.aborted) suggestions.value = { of: wanted, found: kinds.flat() };
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abandoned.abort();
    };
  });
  return { suggestions, stop };
}

async function places(name: string, signal: AbortSignal): Promise<Suggestion[]> {
  const { latitude, longitude } = area.peek() ?? { latitude: 0, longitude: 0 };
  try {
    const { placesNamed } = await ask(NamesDocument, { name, near: { latitude, longitude } }, signal);
    return placesNamed.map(({ place, distance }) => ({
      label: place.name,
      more: place.address,
      metres: distance,
      id: place.id,
      ...place.location,
    }));
  } catch {
    return []; // what is wrong is said below the search already
  }
}

/** GeoJSON features, as Photon and Pelias answer; nothing where it cannot be reached. */
async function addresses(geocoder: string, text: string, signal: AbortSignal): Promise<Suggestion[]> {
  try {
    const url = new URL(geocoder);
    url.searchParams.set("q", text);
    const { features } = await (await fetch(url, { signal })).json();
    return features.slice(0, ADDRESSES).map(({ properties, geometry }: Feature) => ({
      label: properties.label ?? [properties.name, properties.city].filter(Boolean).join(", "),
      more: null,
      metres: null,
      id: null,
      longitude: geometry.coordinates[0],
      latitude: geometry.coordinates[1],
    }));
  } catch {
    return [];
  }
}

type Feature = { properties: { label?: string; name?: string; city?: string }; geometry: { coordinates: [number, number] } };
