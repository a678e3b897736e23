import { defineConfig } from "vite";

export default defineConfig({
  build: {
    // Nothing inlined: the page's policy allows files of its own origin, and no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
