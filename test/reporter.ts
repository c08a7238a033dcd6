import { reporters } from "mocha";

/** Mocha's Spec reporter, with the result as the very last line: `12 passed, 0 failed, 1 skipped`. */
class Reporter extends reporters.Spec {
  override epilogue(): void {
    super.epilogue();
    const { passes, failures, pending } = this.stats;
    const skipped = pending > 0 ? `, ${pending} skipped` : "";
    console.log(`${passes} passed, ${failures} failed${skipped}`);
  }
}

// Mocha takes the module itself for the class.
export = Reporter;
