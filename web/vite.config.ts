import { readFileSync } from "node:fs";

import preact from "@preact/preset-vite";
import { type Plugin, defineConfig } from "vite";

/** What the client asks, for the server to know before anybody asks it; it is beside the page, and not handed out. */
const documents: Plugin = {
  name: "documents",
  apply: "build",
  generateBundle() {
    this.emitFile({ type: "asset", fileName: "documents.json", source: readFileSync("src/graph/persisted-documents.json") });
  },
};

export default defineConfig({
  plugins: [preact(), documents],
  build: {
    outDir: "../src/parkgraph/web/static",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    // The map library changes seldom: a browser keeps it while the rest is renewed.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "map", test: /node_modules.maplibre-gl/ }] } } },
  },
  server: { proxy: { "/graphql": "http://127.0.0.1:8000", "/web.json": "http://127.0.0.1:8000" } },
});
