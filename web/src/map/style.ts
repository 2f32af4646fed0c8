// The ground that the signs stand on: the operator's style, its tiles, or a plain one that needs no network.
import type { StyleSpecification } from "maplibre-gl";

import type { Settings } from "../settings";

export function styleOf({ style, tiles }: Settings, dark: boolean): string | StyleSpecification {
  if (style) return style;
  const ground = { id: "ground", type: "background" as const, paint: { "background-color": dark ? "#1b232b" : "#e9eef2" } };
  if (!tiles) return { version: 8, sources: {}, layers: [ground] };
  return {
    version: 8,
    sources: { tiles: { type: "raster", tiles: [tiles.url], tileSize: 256, maxzoom: 19, attribution: tiles.attribution } },
    layers: [
      ground,
      { id: "tiles", type: "raster", source: "tiles", paint: dark ? { "raster-brightness-max": 0.6, "raster-saturation": -0.6 } : {} },
    ],
  };
}
