import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { minikubeOf, type Minikube } from "../../toolchain/cluster";
import { MARK } from "../../toolchain/cluster/profile";
import type { Sandbox } from "./sandbox";

/** The public key of the minikube home under test, and that of another user. */
export const KEY = "ssh-rsa ours";
export const OTHER_KEY = "ssh-rsa theirs";

/** The state of a node. */
export interface Made {
  /** The key that minikube has copied into it. Without it the container has only just been created. */
  readonly key?: string;
  /** The pods that have run in it, as `namespace_name_uid`. */
  readonly pods?: readonly string[];
}

/** The behaviour of the fake minikube. */
export interface FakeMinikube {
  /** The exit code of `minikube start`. */
  readonly exitCode?: number;
  /** The exit code of `minikube ssh`. */
  readonly ssh?: number;
  /** The output of `minikube status`. */
  readonly status?: object;
}

const STOPPED = { Host: "Stopped" };

const UID = "86b88764-9ca7-47f0-afe9-7b5e38d159e5";
/** The pods that have run in a node that was never Ready, and in one that was. */
export const NOT_READY = [
  "kube-system_etcd-a_251e6dab10d54cd2b29a1f126f399f03",
  `kube-system_kube-proxy-x_${UID}`,
];
export const READY = [...NOT_READY, `kube-system_coredns-66bc5c9577-hvzlc_${UID}`];

/**
 * The profile `a` of a minikube and a docker that are scripts. A container is a folder with the node's files. minikube's
 * calls are noted.
 */
export class FakeNode {
  constructor(private readonly sandbox: Sandbox) {
    sandbox.script(
      "docker",
      `cd ${this.daemon} 2>/dev/null || exit 1
       case "$1 $2" in
         cp\\ *) at=\${2#*:}; [ -e "\${2%%:*}$at" ] && tar -cf - -C "\${2%%:*}\${at%/*}" "\${at##*/}" ||
           { echo "Error response from daemon: Could not find the file $at in container" >&2; exit 1; } ;;
         "container inspect") [ -d "$3" ] && cat "$3.inspect" || { echo "Error: No such container: $3" >&2; exit 1; } ;;
         *) [ -e "$1-$3" ] && cat "$1-$3" || { echo "Error: no such $1: $3" >&2; exit 1; } ;;
       esac`,
    );
    mkdirSync(this.daemon, { recursive: true });
  }

  private get daemon(): string {
    return join(this.sandbox.root, "docker");
  }

  get profileFolder(): string {
    return join(this.sandbox.machine.minikubeHome, "profiles", "a");
  }

  get exists(): boolean {
    return existsSync(join(this.daemon, "a"));
  }

  /** Makes the container, as minikube does, or as a person does by hand. */
  container({ key, pods = [] }: Made, by: "minikube" | "hand" = "minikube", id = "1"): void {
    const label = by === "minikube" ? "a" : "";
    this.sandbox.file(join(this.daemon, "a.inspect"), `/a ${id} node:1 2026-01-01T00:00:00Z ${label}\n`);
    mkdirSync(join(this.daemon, "a"), { recursive: true });
    if (key !== undefined)
      this.sandbox.file(join(this.daemon, "a/home/docker/.ssh/authorized_keys"), `${key}\n`);
    for (const pod of pods) mkdirSync(join(this.daemon, "a/var/log/pods", pod), { recursive: true });
  }

  /** A volume or network, with what `docker inspect` prints of it. */
  other(kind: "volume" | "network", label = "", name = "a"): void {
    this.sandbox.file(join(this.daemon, `${kind}-${name}`), `${label}\n`);
  }

  removeContainer(): void {
    rmSync(join(this.daemon, "a"), { recursive: true });
  }

  /** The profile's config, as minikube writes it: before it makes the node, and again at the end of a start. */
  config({ by = "up", finished = true, image = "node:1", driver = "docker", nodes = [""] } = {}): void {
    const Addons = finished ? { dashboard: false } : {};
    const DockerOpt = by === "up" ? [MARK] : null;
    const Nodes = nodes.map((Name) => ({ Name }));
    const config = { Driver: driver, KicBaseImage: image, DockerOpt, Addons, Nodes };
    this.sandbox.file(join(this.profileFolder, "config.json"), JSON.stringify(config));
    const machine = join(this.sandbox.machine.minikubeHome, "machines", "a");
    this.sandbox.file(join(machine, "config.json"), "{}");
    this.sandbox.file(join(machine, "id_rsa.pub"), `${KEY}\n`);
  }

  /** A minikube. Its start makes a node and ends with this exit code, its delete removes everything. */
  minikube({ exitCode = 0, ssh = 0, status = STOPPED }: FakeMinikube = {}): Minikube {
    const { sandbox } = this;
    const machine = join(sandbox.machine.minikubeHome, "machines/a");
    sandbox.script(
      "minikube",
      `echo "$*" >>${sandbox.root}/calls
       config=${this.profileFolder}/config.json
       case $1 in
         start)
           mkdir -p ${this.profileFolder} ${machine} ${this.daemon}/a/home/docker/.ssh
           grep -q finished $config 2>/dev/null || case "$*" in
             *${MARK}*) echo '{"Driver":"docker","DockerOpt":["${MARK}"]}' >$config ;;
             *) [ -e $config ] || echo '{"Driver":"docker"}' >$config ;;
           esac
           echo '{}' >${machine}/config.json
           echo '${KEY}' | tee ${machine}/id_rsa.pub >${this.daemon}/a/home/docker/.ssh/authorized_keys
           [ -e ${this.daemon}/a.inspect ] || echo "/a $$ node:1 now a" >${this.daemon}/a.inspect
           [ ${exitCode} = 0 ] || exit ${exitCode}
           sed -i 's/}$/,"Addons":{"finished":true}}/' $config ;;
         delete) rm -rf ${this.profileFolder} ${machine} ${this.daemon}/a ${this.daemon}/a.inspect ;;
         ssh) exit ${ssh} ;;
         status) echo '${JSON.stringify(status)}' ;;
       esac`,
    );
    const found = { name: "minikube", version: "1.38.1", source: "PATH", dir: sandbox.bin } as const;
    return minikubeOf(found, sandbox.machine);
  }
}
