/// <reference lib="dom" />
import { byId, show } from "./dom";
import { Fleet } from "./fleet";
import { FAILED, History } from "./history";
import { Journal } from "./journal";
import { Palette } from "./palette";
import type { Outcome } from "./pod";
import { Recent } from "./recent";
import { Strip } from "./strip";
import { EventList, showAutoscalers, showFleet, showNumbers } from "./summary";
import { showTracks } from "./tracks";
import { Tiles } from "./tiles";
import { Traffic } from "./traffic";

/** How often the page is drawn, in milliseconds. */
const FRAME_MS = 500;

const journal = new Journal();
const fleet = new Fleet(journal, new Palette());
const history = new History();
const recent = new Recent();
const traffic = new Traffic(learn);
const tiles = new Tiles();
const strip = new Strip();
const eventList = new EventList();
const rate = byId("rate") as HTMLInputElement;
let lost = false;
let why = "";

rate.addEventListener("input", setRate);
byId("toggle").addEventListener("click", toggle);
document.addEventListener("visibilitychange", draw);
window.setInterval(draw, FRAME_MS);
setRate();
traffic.start();
draw();

function learn(outcome: Outcome): void {
  recent.add(outcome);
  if (outcome.pod) {
    history.add(fleet.learn(outcome).colour, outcome.at);
  } else {
    history.add(FAILED, outcome.at);
    ({ why } = outcome);
  }
}

function draw(): void {
  const now = Date.now();
  history.advance(now);
  fleet.review(now);
  checkReachable(now);
  if (document.hidden) return;
  const summary = recent.summary(now);
  showNumbers(history, summary, why);
  showTracks(summary.tracks);
  const members = [...fleet.members.values()];
  showFleet(members);
  showAutoscalers(members);
  tiles.update(fleet.members, summary.parts, now);
  strip.update(history, journal.events, now);
  eventList.update(journal.events, now);
}

/** Notes, once each, that the service can't be reached and that it answers again. */
function checkReachable(now: number): void {
  const isLost = traffic.running && !traffic.reachable;
  if (isLost && !lost) journal.add("lost", now, why);
  if (!isLost && lost && traffic.running) journal.add("back", now, "");
  lost = isLost;
  document.body.classList.toggle("unreachable", lost);
  show(byId("status"), status());
}

function status(): string {
  if (!traffic.running) return "Stopped. The page shows the state from before.";
  if (lost) return `The service can’t be reached (${why}). Trying again, ever less often.`;
  if (fleet.members.size === 0) return "Looking for the service …";
  return `The pods behind ${location.host}, as this page’s own requests meet them.`;
}

function setRate(): void {
  traffic.rate = rate.valueAsNumber;
  show(byId("rate-shown"), rate.value);
  rate.setAttribute("aria-valuetext", `${rate.value} requests a second`);
}

function toggle(): void {
  if (traffic.running) traffic.stop();
  else traffic.start();
  show(byId("toggle"), traffic.running ? "Stop" : "Start");
  draw();
}
