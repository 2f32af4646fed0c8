// The pictures of the README, of a demo that is started for them: npm run pictures
import { launch, open, start } from "../tests/demo.mjs";

const DOCS = new URL("../../docs/", import.meta.url);
const DESKTOP = { viewport: { width: 1200, height: 750 } };
const PHONE = { viewport: { width: 390, height: 780 }, deviceScaleFactor: 1.5, hasTouch: true };

const named = (page, name) => page.locator(".row", { hasText: name }).first();
const PICTURES = [
  ["map.png", { ...DESKTOP }, async (page) => {
    await named(page, "LBBW").click();
    await page.getByText("How the price is made").first().click();
  }],
  ["map-dark.png", { ...DESKTOP, colorScheme: "dark" }, async () => undefined],
  ["map-phone-light.png", { ...PHONE }, async (page) => {
    await page.getByRole("combobox", { name: "Find a place" }).fill("gal");
    await page.locator("#suggestions").getByRole("option").first().waitFor();
  }],
  ["map-phone.png", { ...PHONE, colorScheme: "dark" }, (page) => named(page, "Hof Birkenwald").click()],
];

/** The next Monday, when the demo's yard is open. */
function monday() {
  const day = new Date(Date.now() + 86_400_000);
  while (day.getDay() !== 1) day.setDate(day.getDate() + 1);
  return day.toISOString().slice(0, 10);
}

const [demo, browser] = await Promise.all([start(), launch()]);
try {
  for (const [name, options, prepare] of PICTURES) {
    const { page, context } = await open(browser, demo.url, options);
    await page.getByLabel("From").fill(`${monday()}T10:00`);
    await page.getByLabel("From").blur();
    await named(page, "Hof Birkenwald").waitFor();
    await page.locator(".map[data-ready=true]").waitFor();
    await prepare(page);
    await page.waitForTimeout(2_000); // the map has come to rest
    await page.screenshot({ path: new URL(name, DOCS).pathname });
    await context.close();
  }
} finally {
  await browser.close();
  await demo.stop();
}
