import { defineConfig } from "vite";

const platform = "http://localhost:5000";

export default defineConfig({
  build: {
    // Nothing inlined: the page's policy allows files of its own origin, and no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // `npm run dev` beside a running platform.
  server: { proxy: { "/api": platform, "/auth": platform } },
});
