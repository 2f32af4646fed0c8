// What the operator of the server settled for this client.
export type Settings = {
  /** A MapLibre style, or null for a plain background. */
  style: string | null;
  /** Tiles as https://…/{z}/{x}/{y}.png, and the words that they ask for; null for none. */
  tiles: { url: string; attribution: string } | null;
  /** An address that answers ?q=… with GeoJSON features (Photon, Pelias); null for none. */
  geocoder: string | null;
  start: { latitude: number; longitude: number; zoom: number };
  /** A token of the demo's driver; only a demo gives one away. */
  demoToken: string | null;
};

export async function readSettings(): Promise<Settings> {
  const answer = await fetch("/web.json");
  if (!answer.ok) throw new Error(`web.json: ${answer.status}`);
  return answer.json();
}
