// A client developer can copy the operations: each asks for what its screen needs, and for no more. Of every field that
// is asked for, a copy of the client without it is made; the compiler has to miss it in each.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

const WEB = fileURLToPath(new URL("..", import.meta.url));
const TYPES = "graph/graphql.ts";
const RESULT = /^export type (\w+)(?:Query|Mutation|Subscription) =[^;]*;/gm;
const LEAF = /(?<=[{,] )(?!__typename)(\w+): (?:Array<\w+>|\w+)(?: \| null)?(?:, |(?= \}))/g;

/** The generated types, each time without one field of one operation: [which one, the types]. */
function* without(types) {
  for (const { 0: result, 1: operation, index } of types.matchAll(RESULT)) {
    for (const { 0: leaf, 1: field, index: at } of result.matchAll(LEAF)) {
      const before = result.slice(0, at);
      yield [`${operation}: ${field} after ${before.slice(-60)}`, types.slice(0, index + at) + types.slice(index + at + leaf.length)];
    }
  }
}

test("every field that is asked for is used", () => {
  const folder = mkdtempSync(join(tmpdir(), "parkgraph-operations-"));
  try {
    symlinkSync(join(WEB, "node_modules"), join(folder, "node_modules"));
    const { compilerOptions } = JSON.parse(readFileSync(join(WEB, "tsconfig.json"), "utf8"));
    const mutants = [...without(readFileSync(join(WEB, "src", TYPES), "utf8"))].map(([name, types], number) => {
      mkdirSync(join(folder, String(number)));
      cpSync(join(WEB, "src"), join(folder, String(number)), { recursive: true });
      writeFileSync(join(folder, String(number), TYPES), types);
      return name;
    });
    assert.ok(mutants.length > 50, `only ${mutants.length} fields were found`);
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: { ...compilerOptions, noEmit: true } }));
    const { stdout } = spawnSync(join(WEB, "node_modules/.bin/tsc"), ["--pretty", "false"], { cwd: folder, encoding: "utf8", maxBuffer: 1e9 });
    const missed = new Set([...stdout.matchAll(/^(\d+)\//gm)].map(([, number]) => Number(number)));
    assert.deepEqual(mutants.filter((_, number) => !missed.has(number)), []);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
