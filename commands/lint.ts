import { runChecks } from "./lint/checks";
import { main } from "./terminal/main";

void main(async () => {
  if ((await runChecks()).failed > 0) process.exitCode = 1;
});
