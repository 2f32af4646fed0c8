// The map, and how it and the signals keep step.
import "maplibre-gl/dist/maplibre-gl.css";

import { effect } from "@preact/signals";
import {
  AttributionControl,
  type GeoJSONSource,
  GeolocateControl,
  type MapMouseEvent,
  Map as MapView,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { useEffect, useRef } from "preact/hooks";

import type { Settings } from "../settings";
import { type Edge, answered, area, chosen, edges, page } from "../state";
import { words } from "../words";
import { draw, fillOf, labelOf, pillId } from "./pills";
import { styleOf } from "./style";

setWorkerUrl(workerUrl);

const SOURCE = "places";
/** Signs that are drawn already; of more, those that nothing shows are given back. */
const MOST_SIGNS = 500;
const FARTHEST_M = 50_000;

let view: MapView | null = null;

/** Show this position, from near enough to tell places apart. */
export function show(latitude: number, longitude: number, zoom = 15): void {
  view?.easeTo({ center: [longitude, latitude], zoom: Math.max(zoom, view.getZoom()) });
}

export function Map({ settings }: { settings: Settings }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const map = create(box.current!, settings);
    view = map;
    const stop = effect(() => put(map, edges.value, chosen.value));
    const measured = effect(() => measure(map, answered.value));
    return () => {
      stop();
      measured();
      map.remove();
    };
  }, [settings]);
  return <div class="map" ref={box} role="region" aria-label={words.map} />;
}

function create(container: HTMLElement, settings: Settings): MapView {
  const { latitude, longitude, zoom } = settings.start;
  const map = new MapView({
    container,
    style: styleOf(settings, matchMedia("(prefers-color-scheme: dark)").matches),
    center: [longitude, latitude],
    zoom,
    attributionControl: false,
    fadeDuration: 0,
    dragRotate: false,
    pitchWithRotate: false,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  const here = new GeolocateControl({ trackUserLocation: true });
  map.addControl(here, "top-right");
  map.addControl(new ScaleControl({}), "bottom-left");
  map.addControl(new AttributionControl({ compact: true }), "bottom-right");
  map.setMissingStyleImageResolver((id) => {
    const image = draw(id);
    if (image && !map.hasImage(id)) map.addImage(id, image, { pixelRatio: 2 });
  });
  map.on("load", () => {
    addLayers(map);
    put(map, edges.value, chosen.value);
  });
  map.on("moveend", () => void (area.value = areaOf(map)));
  map.once("load", () => void startHere(here));
  map.once("idle", () => void container.setAttribute("data-ready", "true"));
  area.value = areaOf(map);
  map.on("click", (event) => void choose(map, event));
  map.on("mousemove", (event) => {
    map.getCanvas().style.cursor = at(map, event) ? "pointer" : "";
  });
  return map;
}

/** Where the person is, if they have let this page know before; nobody is asked just for having come. */
async function startHere(here: GeolocateControl): Promise<void> {
  const { state } = await navigator.permissions.query({ name: "geolocation" });
  if (state === "granted" && !chosen.peek()) here.trigger();
}

function addLayers(map: MapView): void {
  map.addSource(SOURCE, { type: "geojson", data: empty, cluster: true, clusterRadius: 44, clusterMaxZoom: 14 });
  map.addLayer({
    id: "places",
    type: "symbol",
    source: SOURCE,
    layout: {
      "icon-image": ["case", ["has", "point_count"], ["concat", "cluster||", ["get", "point_count_abbreviated"]], ["get", "pill"]],
      "icon-allow-overlap": true,
      "icon-size": ["case", ["boolean", ["get", "chosen"], false], 1.3, 1],
      "symbol-sort-key": ["case", ["boolean", ["get", "chosen"], false], 1, 0],
    },
  });
}

const empty = { type: "FeatureCollection" as const, features: [] };

function put(map: MapView, found: Edge[], selected: string | null): void {
  const source = map.getSource(SOURCE) as GeoJSONSource | undefined;
  const pills = found.map((edge) => pillId(fillOf(edge), labelOf(edge)));
  if (!source) return;
  source.setData({
    type: "FeatureCollection",
    features: found.map((edge, number) => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: [edge.node.location.longitude, edge.node.location.latitude] },
      properties: { id: edge.node.id, pill: pills[number], chosen: edge.node.id === selected },
    })),
  });
  const signs = map.listImages();
  if (signs.length > MOST_SIGNS) {
    const shown = new Set(pills);
    map.once("idle", () => signs.forEach((sign) => shown.has(sign) || !map.hasImage(sign) || map.removeImage(sign)));
  }
}

/** Notes when the places of this answer have been drawn: what a tap waits for, as `make bench-web` measures it. */
function measure(map: MapView, answer: number): void {
  map.once("idle", () => {
    performance.clearMarks("places-drawn");
    performance.mark("places-drawn", { detail: answer });
  });
}

/** What is under the pointer, with a finger's breadth around it. */
function at(map: MapView, { point: { x, y } }: MapMouseEvent) {
  if (!map.getLayer("places")) return undefined;
  return map.queryRenderedFeatures([[x - 6, y - 6], [x + 6, y + 6]], { layers: ["places"] })[0];
}

async function choose(map: MapView, event: MapMouseEvent): Promise<void> {
  const feature = at(map, event);
  if (!feature || feature.geometry.type !== "Point") return;
  const [longitude, latitude] = feature.geometry.coordinates as [number, number];
  if (feature.properties.cluster_id === undefined) {
    page.value = "places";
    chosen.value = feature.properties.id;
    return;
  }
  const source = map.getSource(SOURCE) as GeoJSONSource;
  const zoom = await source.getClusterExpansionZoom(feature.properties.cluster_id);
  map.easeTo({ center: [longitude, latitude], zoom });
}

/** Around the middle, as far as the corners. */
function areaOf(map: MapView) {
  const centre = map.getCenter().wrap();
  const [west, south, east, north] = map.getBounds().toArray().flat() as [number, number, number, number];
  const radius = Math.min(FARTHEST_M, Math.max(100, Math.ceil(centre.distanceTo(map.getBounds().getNorthEast()))));
  const bounds = { south: Math.max(-90, south), west: wrapped(west), north: Math.min(90, north), east: wrapped(east) };
  return { latitude: centre.lat, longitude: centre.lng, radius, bounds };
}

function wrapped(longitude: number): number {
  return ((((longitude + 180) % 360) + 360) % 360) - 180;
}
