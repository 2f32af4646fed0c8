import { useSignal } from "@preact/signals";

import { show } from "../map/map";
import { chosen, edges } from "../state";
import { words } from "../words";

type Hit = { label: string; latitude: number; longitude: number; id?: string };

const HITS = 6;

/** Places of the graph by name, and addresses where the server knows a geocoder. */
export function Search({ geocoder }: { geocoder: string | null }) {
  const text = useSignal("");
  const addresses = useSignal<Hit[]>([]);
  const wanted = text.value.trim().toLowerCase();
  const places: Hit[] = wanted
    ? edges.value
        .filter(({ node }) => node.name.toLowerCase().includes(wanted))
        .slice(0, HITS)
        .map(({ node }) => ({ label: node.name, id: node.id, ...node.location }))
    : [];
  const go = (hit: Hit | undefined) => {
    if (!hit) return;
    show(hit.latitude, hit.longitude);
    if (hit.id) chosen.value = hit.id;
    text.value = "";
    addresses.value = [];
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (places[0] || !geocoder) return go(places[0]);
    addresses.value = await lookUp(geocoder, text.value);
    if (addresses.value.length === 1) go(addresses.value[0]);
  };
  const hits = [...places, ...addresses.value];
  return (
    <form class="search" role="search" onSubmit={submit}>
      <input
        type="search"
        placeholder={words.search}
        aria-label={words.search}
        value={text.value}
        onInput={(e) => (text.value = e.currentTarget.value)}
      />
      {hits.length > 0 && (
        <ul>
          {hits.map((hit) => (
            <li key={hit.id ?? hit.label}>
              <button type="button" onClick={() => go(hit)}>{hit.label}</button>
            </li>
          ))}
        </ul>
      )}
    </form>
  );
}

/** GeoJSON features, as Photon and Pelias answer; nothing where it cannot be reached. */
async function lookUp(geocoder: string, text: string): Promise<Hit[]> {
  try {
    const url = new URL(geocoder);
    url.searchParams.set("q", text);
    const { features } = await (await fetch(url)).json();
    return features.slice(0, HITS).map((feature: any) => ({
      label: feature.properties.label ?? [feature.properties.name, feature.properties.city].filter(Boolean).join(", "),
      longitude: feature.geometry.coordinates[0],
      latitude: feature.geometry.coordinates[1],
    }));
  } catch {
    return [];
  }
}
