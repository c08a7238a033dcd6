import { main, type CommandModule } from "./terminal/main";

/** Every command of `npm run`. Each is loaded on demand. */
export const commands: Readonly<Record<string, () => Promise<CommandModule>>> = {
  dashboard: () => import("./dashboard.js"),
  dev: () => import("./dev.js"),
  doctor: () => import("./doctor.js"),
  down: () => import("./down.js"),
  forward: () => import("./forward.js"),
  lint: () => import("./lint.js"),
  load: () => import("./load.js"),
  logs: () => import("./logs.js"),
  promote: () => import("./promote.js"),
  render: () => import("./render.js"),
  releases: () => import("./releases.js"),
  rollback: () => import("./rollback.js"),
  start: () => import("./start.js"),
  status: () => import("./status.js"),
  test: () => import("./test.js"),
  up: () => import("./up.js"),
};

/** Runs a command. @param typed its name and its arguments */
export function run(typed: readonly string[]): Promise<never> {
  return main(commands, typed);
}
