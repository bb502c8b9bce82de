// Every folder of src/ with an index.ts is an entry; the output goes where build.py says, and it moves it into place.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vite";

const source = join(import.meta.dirname, "src");
const entries = Object.fromEntries(
  readdirSync(source)
    .map((room) => [room, join(source, room, "index.ts")])
    .filter(([, file]) => existsSync(file)),
);

export default defineConfig({
  // Relative addresses: the same files serve under any STATIC_URL.
  base: "./",
  publicDir: false,
  // What build.py makes before: the web font with the signs its subset leaves out.
  resolve: { alias: { "@made": join(import.meta.dirname, "..", ".cache", "frontend", "made") } },
  build: {
    outDir: process.env.CUSPIDE_ASSETS ?? join(import.meta.dirname, "..", ".cache", "frontend", "out"),
    emptyOutDir: true,
    manifest: "manifest.json",
    // The Content-Security-Policy refuses data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ["chrome123", "firefox120", "safari17.5"],
    rolldownOptions: { input: entries },
    reportCompressedSize: false,
  },
});
