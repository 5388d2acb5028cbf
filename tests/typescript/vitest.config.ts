import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../../generated/typescript", import.meta.url));

export default defineConfig({
  root,
  cacheDir: `${root}/node_modules/.vite`,
  test: {
    dir: here,
    include: ["*.test.ts"],
    testTimeout: 120_000,
    // The machine may be busy with other tests; more processes do not make it faster.
    pool: "threads",
    poolOptions: { threads: { singleThread: true } },
    coverage: {
      provider: "v8",
      include: ["src/**"],
      reporter: ["text"],
      thresholds: { lines: 90, functions: 90, branches: 90, statements: 90 },
    },
  },
});
