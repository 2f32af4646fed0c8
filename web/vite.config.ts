import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [preact()],
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
