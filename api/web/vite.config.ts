import { defineConfig } from "vite";

// Built into the package, beside the service that gives it: whoever installs it needs no Node.
export default defineConfig({
  base: "/page/",
  publicDir: "public",
  build: {
    outDir: "../static",
    emptyOutDir: true,
    assetsDir: "",
    target: "es2022",
    modulePreload: { polyfill: false },
    sourcemap: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1300,
  },
});
