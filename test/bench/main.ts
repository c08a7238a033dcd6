// What `npm run bench` starts.
import { main } from "../../commands/terminal/main";

void main({ bench: () => import("./bench.js") }, ["bench", ...process.argv.slice(2)]);
