// The service's app as main.ts makes it, with or without metrics. For metrics-overhead.ts, which bundles it.
import { createApp } from "../../service/app";
import { identify } from "../../service/identity";
import { createLog } from "../../service/log";
import { Metrics } from "../../service/metrics";
import { answerWith, createServer, listen } from "../../service/server";
import { parseSettings } from "../../service/settings";

const settings = parseSettings({ LOG_LEVEL: "silent" });
const identity = identify(settings);
const metrics = process.argv[2] === "with" ? { metrics: new Metrics(identity) } : {};
const log = createLog(settings, identity);
const server = createServer();
server.maxRequestsPerSocket = 0; // autocannon would not notice that it is asked to open another connection
answerWith(server, createApp({ identity, log, phase: () => "ready", ...metrics }).callback());
process.on("message", () => process.send?.({ cpu: process.cpuUsage() }));
void listen(server, 0, "PORT").then((port) => process.send?.({ port }));
