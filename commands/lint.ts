import { runChecks } from "./checks";
import { main } from "./steps";

void main(async () => {
  if ((await runChecks()).failed > 0) process.exitCode = 1;
});
