import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** Who may know whom: the rooms that a file in a room can't import from. */
const rooms = {
  service: ["common", "infra", "toolchain", "load", "commands", "test"],
  common: ["service", "infra", "toolchain", "load", "commands", "test"],
  infra: ["service", "toolchain", "load", "commands", "test"],
  toolchain: ["service", "infra", "load", "commands", "test"],
  load: ["common", "service", "infra", "toolchain", "commands", "test"],
  commands: ["service", "infra", "test"],
};

/**
 * The one door: commands read the stack's config, and find its cluster, its pods, its releases and their images, with
 * the same functions as the program, and say what is wrong in the same words. None of them loads what the program
 * needs to declare anything.
 */
const doors = [
  "config",
  "config/environment",
  "cluster",
  "cluster/kubeconfig",
  "cluster/kubernetes-client",
  "resilient-service/labels",
  "diagnosis/.+",
  "releases/.+",
  "image/build-context",
  "image/node-images",
];
const open = { "commands/infra": `/(?!(${doors.join("|")})$)|$` };

const directions = Object.entries(rooms).map(([room, closed]) => ({
  files: [`${room}/**/*.ts`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: closed.map((other) => ({
          regex: `^(\\.\\./)+${other}(${open[`${room}/${other}`] ?? "/|$"})`,
          message: `${room}/ knows nothing of ${other}/`,
        })),
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ["node_modules", ".build", "test/e2e/fixtures"] },
  js.configs.recommended,
  { files: ["**/*.mjs"], languageOptions: { globals: { process: "readonly", console: "readonly" } } },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "no-console": "error",
    },
  },
  { files: ["commands/**/*.ts", "test/**/*.ts"], rules: { "no-console": "off" } },
  ...directions,
);
