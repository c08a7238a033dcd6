import { join } from "node:path";
import { chromium, type BrowserContextOptions } from "playwright-core";
import { until } from "../e2e/harness/until";
import { findBrowser } from "../e2e/harness/browser";
import { Visit } from "../e2e/harness/visit";

/** The README and docs/ show the pictures from this folder. */
const DOCS = join(__dirname, "..", "..", "docs");

const WIDE: BrowserContextOptions = { viewport: { width: 1120, height: 800 }, deviceScaleFactor: 2 };
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 };

/** How long the pages are open before the pictures are taken, in milliseconds: a person scales meanwhile. */
const WAIT_MS = 120_000;
/** How long the person then has to begin a rollout, in milliseconds. */
const ROLLOUT_MS = 300_000;

/** Takes the pictures in docs/ of a service that runs: `npx tsx test/full/screenshots.ts`. */
async function main(): Promise<void> {
  const browser = await chromium.launch({ executablePath: findBrowser() ?? "chromium" });
  const light = await Visit.open(browser, { ...WIDE, colorScheme: "light" });
  const dark = await Visit.open(browser, { ...WIDE, colorScheme: "dark" });
  const phone = await Visit.open(browser, { ...PHONE, colorScheme: "dark" });
  console.log(`open for ${WAIT_MS / 1000} s: scale, or delete a pod`);
  await light.page.waitForTimeout(WAIT_MS);
  await take(light, "light");
  await take(dark, "dark");
  await take(phone, "phone");
  console.log(`taken; now roll out another release`);
  await until("two releases with two live pods each", ROLLOUT_MS, async () => {
    const releases = (await light.live()).map(({ release }) => release);
    const counts = [...new Set(releases)].map((one) => releases.filter((release) => release === one).length);
    return counts.length === 2 && Math.min(...counts) >= 2;
  });
  await take(light, "rollout");
  await browser.close();
}

async function take({ page }: Visit, name: string): Promise<void> {
  await page.screenshot({ path: join(DOCS, `page-${name}.png`), fullPage: true });
}

void main();
