// Bundles the browser islands and the style sheet into the Python package. Usage: node build.mjs [folder]
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = resolve(process.argv[2] ?? join(here, "../src/babelscope/web/static"));

await mkdir(target, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: ["src/app.ts", "src/theme.ts", "src/app.css"],
  outdir: target,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome123", "firefox121", "safari17.5"],
  legalComments: "inline",
  logLevel: "warning",
});
await copyFile(join(here, "src/favicon.svg"), join(target, "favicon.svg"));
