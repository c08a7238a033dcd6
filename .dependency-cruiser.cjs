/**
 * Who may import whom, type imports included: each room, and the rooms that its files may import from beside itself.
 * A room is a folder with all that is below it, or a single file.
 */
const rooms = {
  service: [],
  common: [],

  "cluster/connection": ["common"],
  "cluster/objects": ["cluster/connection", "infra/config", "common"],
  "cluster/releases": ["cluster/objects", "cluster/connection", "common"],
  "cluster/images": ["cluster/releases", "cluster/objects", "cluster/connection", "common"],
  "cluster/kinds": ["cluster/images", "cluster/objects", "cluster/connection", "common"],
  "cluster/diagnosis": [
    "cluster/releases",
    "cluster/objects",
    "cluster/connection",
    "infra/config",
    "common",
  ],
  "cluster/index.ts": ["cluster/kinds", "cluster/connection", "common"],

  "infra/config": ["common"],
  "infra/image": ["infra/config", "cluster", "common"],
  "infra/workload": ["infra/config", "infra/policy/declared-root.ts", "cluster", "common"],
  "infra/policy": ["common"],
  infra: ["cluster", "common"],

  "toolchain/offline": ["toolchain", "common"],
  toolchain: ["common"],

  "commands/dev": ["commands", "infra/config", "infra/image", "cluster", "toolchain", "common"],
  commands: [
    "infra/config",
    "infra/image/build-context.ts",
    "infra/render.ts",
    "cluster",
    "toolchain",
    "common",
  ],

  test: ["service", "common", "cluster", "infra", "toolchain", "commands"],
};

const inside = (room) => `^${room.replaceAll(".", "\\.")}(/|$)`;
const names = Object.keys(rooms);
/** Rooms inside of a room have rules of their own. */
const nested = (room) => names.filter((other) => other.startsWith(`${room}/`)).map(inside);

module.exports = {
  allowed: names.map((room) => ({
    from: { path: inside(room), ...(nested(room).length > 0 && { pathNot: nested(room) }) },
    to: { path: [inside(room), ...rooms[room].map(inside)] },
  })),
  allowedSeverity: "error",
  forbidden: [
    { name: "no-circle", severity: "error", from: {}, to: { circular: true } },
    {
      // Whoever needs nothing that only exists without downloads never loads it.
      name: "one-door-to-offline",
      severity: "error",
      from: { pathNot: "^(toolchain|test/toolchain)/offline/" },
      to: { path: "^toolchain/offline/(?!index\\.ts$)" },
    },
  ],
  options: {
    includeOnly: names.map((room) => inside(room)),
    tsPreCompilationDeps: true, // without it, type imports are invisible
    tsConfig: { fileName: "tsconfig.json" },
  },
};
