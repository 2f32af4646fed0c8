// A ParkGraph server of the test's own, and a browser in front of it.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const COMMAND = new URL("../../.venv/bin/parkgraph", import.meta.url).pathname;
const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const FLAGS = [
  "--no-sandbox",
  "--enable-unsafe-swiftshader",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

export const executablePath = BROWSERS.find(existsSync);
export const skip = executablePath ? false : "there is no Chromium on this machine";

/** Starts `parkgraph demo`, or with a configuration `parkgraph serve`. Gives its address, and how to end it. */
export async function start(config) {
  const folder = mkdtempSync(join(tmpdir(), "parkgraph-web-"));
  const port = await freePort();
  const args = ["--port", String(port)];
  if (config) {
    const file = join(folder, "parkgraph.toml");
    writeFileSync(file, config);
    args.unshift("serve", "--config", file);
  } else {
    args.unshift("demo");
  }
  const env = { ...process.env, PARKGRAPH_DATA_DIR: join(folder, "data"), PARKGRAPH_WEB_BASEMAP: "plain" };
  const server = spawn(COMMAND, args, { env, stdio: "ignore" });
  // A run that fails ends before it stops its servers: they end what they started themselves, given the time.
  const kill = () => server.kill("SIGTERM");
  process.once("exit", kill);
  const url = `http://127.0.0.1:${port}`;
  while (!(await isReady(url))) {
    if (server.exitCode !== null) throw new Error(`${COMMAND} ended with ${server.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const stop = async () => {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGTERM");
    await ended;
    process.off("exit", kill);
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, stop, token: (role) => execFileSync(COMMAND, ["token", "--role", role], { env }).toString().trim(), ask };

  async function ask(token, query, variables) {
    // Not kept alive: the server may close it while a token is made, and this process would not know.
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${token}`, Connection: "close" };
    const answer = await fetch(`${url}/graphql`, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
    const { data, errors } = await answer.json();
    if (errors) throw new Error(errors[0].message);
    return data;
  }
}

const contexts = new Set();

/** All that are open; one that failed left its own. */
export async function closePages() {
  await Promise.all([...contexts].map((context) => context.close()));
  contexts.clear();
}

export const launch = () => chromium.launch({ executablePath, args: FLAGS });

/** A page whose errors are collected. `prepare`: done with it before it is loaded. */
export async function open(browser, url, { prepare, ...options } = {}) {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Berlin", ...options });
  contexts.add(context);
  const page = await context.newPage();
  await prepare?.(page);
  const errors = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(url);
  return { context, page, errors };
}

async function isReady(url) {
  try {
    return (await fetch(`${url}/readyz`)).ok;
  } catch {
    return false;
  }
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
