import assert from "node:assert/strict";
import { beginsDeployed, story } from "../e2e/harness/story";
import { until } from "../e2e/harness/until";
import { withBrowser } from "../e2e/harness/browser";
import { Visit } from "../e2e/harness/visit";

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
/** At this width, a page must need no horizontal scrolling (WCAG 2.2, 1.4.10). */
const NARROWEST = { width: 320, height: 640 };

story("the live page, for everybody", () => {
  beginsDeployed();
  const browser = withBrowser();

  for (const colorScheme of ["light", "dark"] as const) {
    for (const viewport of [DESKTOP, PHONE, NARROWEST]) {
      it(`has no accessibility violation, ${colorScheme} and ${viewport.width} px wide`, async () => {
        const visit = await Visit.open(browser(), { colorScheme, viewport });
        await showsTiles(visit);
        await visit.page.locator("summary").click();
        assert.deepEqual(await visit.violations(), []);
        assert.equal(await visit.isTooWide(), false);
        visit.assertNoComplaint();
        await visit.close();
      });
    }
  }

  it("works with the keyboard alone", async () => {
    const visit = await Visit.open(browser());
    const { keyboard } = visit.page;
    await keyboard.press("Tab");
    assert.equal(await focused(visit), "rate");
    await keyboard.press("ArrowRight");
    assert.equal(await visit.text("#rate-shown"), "21");
    await keyboard.press("End");
    assert.equal(await visit.text("#rate-shown"), "200");
    await keyboard.press("Tab");
    assert.equal(await focused(visit), "toggle");
    await keyboard.press("Space");
    assert.deepEqual(await Promise.all(["#toggle", "#status"].map((id) => visit.text(id))), [
      "Start",
      "Stopped. The page shows the state from before.",
    ]);
    const { length } = visit.requests;
    await visit.page.waitForTimeout(1_000);
    assert.equal(visit.requests.length, length, "it still sends requests");
    await keyboard.press("Enter");
    assert.equal(await visit.text("#toggle"), "Stop");
    await until("it sends requests again", 5_000, () => Promise.resolve(visit.requests.length > length));
    visit.assertNoComplaint();
    await visit.close();
  });
});

async function showsTiles(visit: Visit): Promise<void> {
  await until("the page shows two pods", 10_000, async () => (await visit.live()).length === 2);
  // A tile that is still fading in has other colours.
  await visit.page.waitForFunction(() => document.getAnimations().every((one) => !("animationName" in one)));
}

/** The id of the focused element, if its focus is visible. */
async function focused(visit: Visit): Promise<string> {
  return visit.page.evaluate(() => {
    const element = document.activeElement;
    return element !== null && getComputedStyle(element).outlineStyle !== "none" ? element.id : "";
  });
}
