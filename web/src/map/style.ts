// The ground that the signs stand on: the operator's style, its tiles, or none. Below it is the plain
// colour of the style sheet: a background layer would fill the whole map once more for every frame.
import type { StyleSpecification } from "maplibre-gl";

import type { Settings } from "../settings";

export function styleOf({ style, tiles }: Settings, dark: boolean): string | StyleSpecification {
  if (style) return style;
  if (!tiles) return { version: 8, sources: {}, layers: [] };
  return {
    version: 8,
    sources: { tiles: { type: "raster", tiles: [tiles.url], tileSize: 256, maxzoom: 19, attribution: tiles.attribution } },
    layers: [{ id: "tiles", type: "raster", source: "tiles", paint: dark ? DIMMED : {} }],
  };
}

const DIMMED = { "raster-brightness-max": 0.6, "raster-saturation": -0.6 };
