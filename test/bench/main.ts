// `npm run bench` starts this.
import { main } from "../../commands/terminal/main";

void main({ bench: () => import("./bench.js") }, ["bench", ...process.argv.slice(2)]);
