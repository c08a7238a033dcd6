import type { V1Container } from "@kubernetes/client-node";
import { containersOf, type Pod } from "./pods";
import { isRootDeclared } from "./declared-root";

/** A rule that every pod of a stack must comply with. */
export interface Rule {
  /** The name in the engine's messages. */
  readonly name: string;
  /** If true, a violation is a warning that doesn't stop the update. */
  readonly advisory?: true;
  readonly description: string;
  /** A sentence for each violation: what is wrong and what to do. */
  readonly violations: (pod: Pod) => string[];
}

/** The rules. This project's own objects comply with them; they check what somebody adds. */
export const rules: readonly Rule[] = [
  {
    name: "probes-present",
    description: "Kubernetes can tell when a container is ready, and when it hangs.",
    violations: ({ containers = [] }) =>
      containers.flatMap((container) =>
        (["readinessProbe", "livenessProbe"] as const)
          .filter((probe) => container[probe] === undefined)
          .map((probe) => `Container ${nameOf(container)} has no ${probe}: give it one.`),
      ),
  },
  {
    name: "limits-set",
    description: "No pod can use up all of a node.",
    violations: (pod) =>
      containersOf(pod).flatMap((container) =>
        ["cpu", "memory"]
          .filter((resource) => !isSet(container.resources?.limits?.[resource]))
          .map(
            (resource) => `Container ${nameOf(container)} has no limit: set resources.limits.${resource}.`,
          ),
      ),
  },
  {
    name: "non-root",
    description: "No container runs as root, unless the stack's config says so.",
    violations: (pod) =>
      isRootDeclared(pod.annotations) ? [] : containersOf(pod).flatMap((container) => asRoot(pod, container)),
  },
  {
    name: "declared-root",
    advisory: true,
    description: "A pod that runs as root is reported, also if the stack's config asks for it.",
    violations: (pod) =>
      isRootDeclared(pod.annotations) ? ["The pod runs as root: config key user is 0."] : [],
  },
  {
    name: "no-latest-tag",
    description: "An image's name always means the same content.",
    violations: (pod) =>
      containersOf(pod)
        .filter(({ image }) => image !== undefined && !isPinned(image))
        .map(
          (container) =>
            `Container ${nameOf(container)} runs ${container.image}: name a tag other than latest, or a digest.`,
        ),
  },
  {
    name: "not-privileged",
    description: "No container can do more to its node than any other process.",
    violations: (pod) => [...onHost(pod), ...containersOf(pod).flatMap(privileges)],
  },
];

/** For Kubernetes, 0 is no limit. */
function isSet(limit: string | number | undefined): boolean {
  return limit !== undefined && Number.parseFloat(String(limit)) !== 0;
}

/** A container's own securityContext overrides its pod's. */
function asRoot(pod: Pod, container: V1Container): string[] {
  const { runAsNonRoot, runAsUser } = { ...pod.securityContext, ...container.securityContext };
  const name = `Container ${nameOf(container)}`;
  if (runAsUser === 0) return [`${name} runs as user 0: set securityContext.runAsUser to another one.`];
  return runAsNonRoot === true ? [] : [`${name} may run as root: set securityContext.runAsNonRoot to true.`];
}

/** `name[:tag][@digest]`. The port of a registry also comes after a colon. */
function isPinned(image: string): boolean {
  if (image.includes("@")) return true;
  const [, tag] = /:([^/:]+)$/.exec(image) ?? [];
  return tag !== undefined && tag !== "latest";
}

function onHost(pod: Pod): string[] {
  const shared = (["hostNetwork", "hostPID", "hostIPC"] as const).filter((key) => pod[key] === true);
  const mounted = (pod.volumes ?? []).filter(({ hostPath }) => hostPath !== undefined);
  return [
    ...shared.map((key) => `The pod shares its node's namespace: remove ${key}.`),
    ...mounted.map(({ name }) => `Volume ${name} is a folder of the node: use another kind than hostPath.`),
  ];
}

function privileges(container: V1Container): string[] {
  const { privileged, allowPrivilegeEscalation, capabilities } = container.securityContext ?? {};
  const name = `Container ${nameOf(container)}`;
  const added = (capabilities?.add ?? []).filter((capability) => capability !== "NET_BIND_SERVICE");
  const ports = (container.ports ?? []).filter(({ hostPort }) => hostPort !== undefined && hostPort !== 0);
  return [
    ...(privileged === true ? [`${name} is privileged: remove securityContext.privileged.`] : []),
    ...(allowPrivilegeEscalation === false
      ? []
      : [`${name} may gain privileges: set securityContext.allowPrivilegeEscalation to false.`]),
    ...added.map(
      (capability) => `${name} has the capability ${capability}: remove it from capabilities.add.`,
    ),
    ...ports.map(({ hostPort }) => `${name} takes port ${hostPort} of the node: remove hostPort.`),
  ];
}

function nameOf({ name = "without a name" }: V1Container): string {
  return name;
}
