import { cp, mkdir, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { acquire } from "../../../toolchain/acquire";
import { testTools } from "../../../toolchain/tools";
import { machine } from "../../e2e/harness/place";
import { until } from "../../e2e/harness/until";
import { NAME, type World } from "../place";
import type { Setup } from "./setup";

/** The port of nginx on this machine's loopback. */
const PORT = 30_991;
const NGINX = `${NAME}-nginx:1`;
/** The name of the file that is written for a run. */
const FILE = "compose.yaml";

/** nginx as a person writes it first, and with what is known to help. */
const nginxConfigs = {
  default: "events {}\nhttp { server { listen 80; location / { proxy_pass http://api:3000; } } }\n",
  // The name is looked up again each second. If one instance doesn't answer, the next one is asked.
  best: `events {}
http {
  resolver 127.0.0.11 valid=1s;
  server {
    listen 80;
    set $api http://api:3000;
    location / {
      proxy_pass $api;
      proxy_connect_timeout 1s;
      proxy_read_timeout 2s;
      proxy_next_upstream error timeout http_502 http_503 non_idempotent;
      proxy_next_upstream_tries 4;
    }
  }
}
`,
} as const;

/**
 * The service under Docker Compose on this machine's own daemon, behind nginx.
 *
 * @param versions two images of the service, in the node's daemon
 */
export async function composeSetups(world: World, versions: readonly [string, string]): Promise<Setup[]> {
  const { dir } = await acquire(testTools.compose, machine, () => {});
  await copyImages(world, versions);
  await buildNginx(world);
  return (["default", "best"] as const).map((kind) =>
    setup(world, kind, versions, join(dir, "docker-compose")),
  );
}

function setup(
  world: World,
  kind: keyof typeof nginxConfigs,
  [first, second]: readonly [string, string],
  executable: string,
): Setup {
  const docker = world.hostDocker;
  const folder = join(world.folder, "compose");
  let image = first;
  const compose = async (args: string) => {
    const env = { ...docker, IMAGE: image };
    await world.run([executable, "-p", NAME, ...args.split(" ")], { cwd: folder, env });
    return `docker compose ${args}`;
  };
  // By default, nginx looks up the name only when it starts or reloads.
  const reload = async () => (kind === "default" ? [await compose("exec proxy nginx -s reload")] : []);
  const containers = async () => {
    const filters = `--filter label=com.docker.compose.project=${NAME} --filter label=com.docker.compose.service=api`;
    const ids = await world.run(`docker ps -q ${filters}`, { env: docker });
    return ids.split("\n").filter((id) => id !== "");
  };
  const scale = async (replicas: number) => [
    await compose(`up -d --no-recreate --scale api=${replicas}`),
    ...(await reload()),
  ];
  const healthy = (count: number) =>
    until(`${count} healthy containers`, 60_000, async () => {
      const ids = await world.run(`docker ps -q --filter name=${NAME}-api --filter health=healthy`, {
        env: docker,
      });
      return ids.split("\n").length === count;
    });
  /** Compose replaces all instances at once. This starts the new ones beside the old ones first. */
  const besideOld = async () => {
    const old = await containers();
    const started = await compose(`up -d --no-recreate --scale api=${2 * old.length}`);
    await healthy(2 * old.length);
    await world.run(["docker", "stop", ...old], { env: docker });
    await world.run(["docker", "rm", ...old], { env: docker });
    const scaled = await compose(`up -d --no-recreate --scale api=${old.length}`);
    return [started, "wait until they are healthy", "docker stop OLD…", "docker rm OLD…", scaled];
  };
  return {
    name: kind === "default" ? "Compose, nginx as it comes" : "Compose, nginx at its best",
    url: `http://127.0.0.1:${PORT}`,
    docker,
    start: async () => {
      image = first;
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, "nginx.conf"), nginxConfigs[kind]);
      await writeFile(join(folder, FILE), composeFile());
      await compose("up -d");
      await healthy(2);
    },
    scale,
    deployNewVersion: async () => {
      image = second;
      return kind === "best"
        ? await besideOld()
        : [await compose("up -d --scale api=2"), ...(await reload())];
    },
    afterCrash: reload,
    afterHang: async (container) => {
      await world.run(["docker", "restart", container], { env: docker });
      return ["find it with docker ps", "docker restart CONTAINER", ...(await reload())];
    },
    containers,
    stop: () => compose("down --remove-orphans --timeout 1").then(() => {}),
  };
}

/** With a healthcheck, restarts and time to drain, as the service needs them. JSON is YAML too. */
function composeFile(): string {
  const probe =
    'fetch("http://127.0.0.1:3000/readyz").then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))';
  return JSON.stringify({
    services: {
      api: {
        image: "$IMAGE",
        user: "65532:65532",
        environment: { PORT: "3000", DRAIN_MS: "4000", SHUTDOWN_MS: "13000" },
        deploy: { replicas: 2, resources: { limits: { cpus: "1", memory: "256M" } } },
        healthcheck: { test: ["CMD", "node", "-e", probe], interval: "2s", timeout: "2s", retries: 3 },
        restart: "always",
        stop_grace_period: "15s",
      },
      proxy: {
        image: NGINX,
        depends_on: ["api"],
        ports: [`127.0.0.1:${PORT}:80`],
        volumes: ["./nginx.conf:/etc/nginx/nginx.conf:ro"],
        restart: "always",
      },
    },
  });
}

async function copyImages(world: World, images: readonly string[]): Promise<void> {
  const file = join(world.folder, "images.tar");
  await world.run(["docker", "save", "-o", file, ...images], { env: world.nodeDocker });
  await world.run(`docker load -i ${file}`, { env: world.hostDocker });
}

/** nginx of Debian's package, with the libraries that it links to, as this machine has them. */
async function buildNginx(world: World): Promise<void> {
  const folder = join(world.folder, "nginx");
  const root = join(folder, "root");
  await mkdir(folder);
  await world.run("apt-get download nginx", { cwd: folder });
  const packages = (await world.run("ls", { cwd: folder })).split("\n");
  await world.run(`dpkg-deb -x ${packages.find((name) => name.endsWith(".deb"))} root`, { cwd: folder });
  const libraries = await world.run(`ldd ${join(root, "usr", "sbin", "nginx")}`);
  for (const [path] of libraries.matchAll(/\/\S+/g)) await cp(await realpath(path), join(root, path));
  for (const made of ["etc", "run", "tmp", "var/lib/nginx", "var/log/nginx"]) {
    await mkdir(join(root, made), { recursive: true });
  }
  await writeFile(join(root, "etc", "passwd"), "root:x:0:0::/:\nnobody:x:65534:65534::/:\n");
  await writeFile(join(root, "etc", "group"), "root:x:0:\nnobody:x:65534:\nnogroup:x:65534:\n");
  const command = 'CMD ["/usr/sbin/nginx", "-g", "daemon off; pid /run/nginx.pid; error_log stderr;"]';
  await writeFile(join(folder, "Dockerfile"), `FROM scratch\nCOPY root/ /\nENV PATH=/usr/sbin\n${command}\n`);
  await world.run(`docker build -q -t ${NGINX} .`, { cwd: folder, env: world.hostDocker });
}
