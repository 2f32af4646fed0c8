// Figures of the client in a real browser, as JSON: node bench/measure.mjs DEMO_URL CROWD_URL
import { readFileSync, readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";

import { executablePath, launch, open } from "../tests/demo.mjs";

const ASSETS = new URL("../../src/parkgraph/web/static/assets/", import.meta.url);
const TAPS = 60;
const WARM_UP = 5;
const PAN_MS = 4_000;
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

const [demo, crowd] = process.argv.slice(2);
const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
const perSecond = (gaps) => (1000 * gaps.length) / gaps.reduce((sum, gap) => sum + gap, 0);

/** Script that a browser loads besides the map library, compressed. */
function scriptKb() {
  const ours = readdirSync(ASSETS).filter((name) => /\.m?js$/.test(name) && !/^(map|maplibre)/.test(name));
  return ours.reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, ASSETS))).length, 0) / 1000;
}

/** From the touch to the frame that has the new answer's prices, in ms, the quickest first. */
async function taps(browser) {
  const { page, context } = await open(browser, demo, { viewport: PHONE, hasTouch: true });
  await page.locator(".map[data-ready=true]").waitFor();
  await page.getByText("Vehicle").click();
  await page.evaluate(() => {
    window.drawn = 0;
    new PerformanceObserver((list) => {
      for (const mark of list.getEntriesByName("places-drawn")) {
        if (mark.detail <= window.drawn) continue;
        window.drawn = mark.detail;
        window.drawnAt = mark.startTime;
      }
    }).observe({ type: "mark", buffered: true });
    addEventListener("pointerdown", () => Object.assign(window, { tappedAt: performance.now(), tappedWith: window.drawn }), true);
  });
  const times = [];
  for (let tap = 0; tap < TAPS + WARM_UP; tap++) {
    await page.waitForTimeout(100);
    await page.getByLabel("Only what fits").tap();
    await page.waitForFunction(() => window.drawn > window.tappedWith);
    if (tap >= WARM_UP) times.push(await page.evaluate(() => window.drawnAt - window.tappedAt));
  }
  await context.close();
  return times.sort((a, b) => a - b);
}

/**
 * Milliseconds between frames, and of the page's own work for each, while the map is dragged around over thousands of
 * places; or over none, as no search is answered: what the machine draws of a map at all.
 */
async function frames(browser, viewport, { empty = false } = {}) {
  const { page, context } = await open(browser, "about:blank", { viewport, serviceWorkers: "block" });
  await page.addInitScript(() => {
    const ask = window.requestAnimationFrame.bind(window);
    window.work = [];
    window.requestAnimationFrame = (draw) =>
      ask((now) => {
        const began = performance.now();
        draw(now);
        window.work.push(performance.now() - began);
      });
  });
  if (empty) await page.route("**/graphql*", (route) => route.abort());
  await page.goto(crowd);
  if (!empty) await page.locator(".row").first().waitFor();
  if (!empty) await page.locator(".list[aria-busy=false]").waitFor({ timeout: 240_000 });
  await page.locator(".map[data-ready=true]").waitFor();
  const places = empty ? null : await page.locator(".count").textContent();
  const box = await page.locator(".map").boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const [across, down] = [Math.min(150, 0.4 * box.width), Math.min(100, 0.4 * box.height)];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.evaluate(() => {
    window.frames = [];
    window.work = [];
    let last = performance.now();
    const tick = (now) => {
      window.frames.push(now - last);
      last = now;
      window.panning !== false && requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  const began = Date.now();
  for (let step = 0; Date.now() - began < PAN_MS; step++) {
    await page.mouse.move(x + across * Math.sin(step / 15), y + down * Math.cos(step / 15));
  }
  const [gaps, work] = await page.evaluate(() => (window.panning = false, [window.frames.slice(2), window.work]));
  await page.mouse.up();
  const renderer = await page.evaluate(() => {
    const gl = document.createElement("canvas").getContext("webgl2");
    const named = gl.getParameter(gl.getExtension("WEBGL_debug_renderer_info")?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER);
    return named.includes("SwiftShader") ? "SwiftShader, without a graphics card" : named;
  });
  await context.close();
  return { gaps, work: work.sort((a, b) => a - b), places, renderer };
}

if (!executablePath) throw new Error("there is no Chromium on this machine");
const browser = await launch();
try {
  const tapped = await taps(browser);
  const { gaps, work, places, renderer } = await frames(browser, DESKTOP);
  const { gaps: emptyGaps } = await frames(browser, DESKTOP, { empty: true });
  const { gaps: phoneGaps } = await frames(browser, PHONE);
  const { gaps: emptyPhoneGaps } = await frames(browser, PHONE, { empty: true });
  console.log(JSON.stringify({
    scriptKb: scriptKb(),
    tapP50: at(tapped, 0.5),
    tapP95: at(tapped, 0.95),
    framesPerSecond: perSecond(gaps),
    emptyFramesPerSecond: perSecond(emptyGaps),
    phoneFramesPerSecond: perSecond(phoneGaps),
    emptyPhoneFramesPerSecond: perSecond(emptyPhoneGaps),
    frameWorkP95: at(work, 0.95),
    places,
    renderer,
  }));
} finally {
  await browser.close();
}
