import { chromium, type Browser } from "playwright-core";
import { isExecutable, which } from "../../../toolchain/acquire/path";
import { findOrSkip } from "./installed";
import { machine } from "./place";

/** The names of Chromium and Chrome on PATH. */
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MISSING = "there is no Chromium or Chrome; install one, or name it by CHROME_PATH";
/** Chrome's executable on macOS. */
const APPLICATION = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
const INSTALL_TIMEOUT_MS = 600_000;

/** The browser requests the tested page, and nothing that browsers request by themselves. */
const ARGS = [
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
];

/**
 * A real browser for the tests of a part of the story. They are skipped, with the reason, if there is none and
 * none can be installed.
 */
export function withBrowser(): () => Browser {
  let browser: Browser | undefined;
  before("open a browser", async function () {
    this.timeout(INSTALL_TIMEOUT_MS);
    const executablePath = await findOrSkip(this, findBrowser, "chromium", MISSING);
    browser = await chromium.launch({ executablePath, args: ARGS });
  });
  after("close the browser", () => browser?.close());
  return () => {
    if (browser === undefined) throw new Error("the browser is not open yet");
    return browser;
  };
}

/** The executable of a browser that is there; CHROME_PATH names another one. */
export function findBrowser(): string | undefined {
  const { env } = machine;
  if (env.CHROME_PATH) return env.CHROME_PATH;
  const path = [env.PATH, "/usr/bin"].join(":");
  const found = NAMES.map((name) => which(name, path)).find((file) => file !== undefined);
  return found ?? (isExecutable(APPLICATION) ? APPLICATION : undefined);
}
