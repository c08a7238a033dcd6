import * as z from "zod";
import { FIRST_NODE_PORT, NODE_PORTS } from "../../common/node-ports";
import { isDnsLabel, isDnsSubdomain, isRepository } from "./grammar";
import {
  A_LIST,
  autoscale,
  build,
  destinations,
  env,
  flag,
  gateway,
  json,
  labels,
  MAX_REPLICAS,
  nodeSelector,
  path,
  probe,
  resources,
  rolledBack,
  someWords,
  text,
  tolerations,
  tracks,
  wholeNumber,
  words,
  writable,
} from "./values";

/** What people read about a key: in docs/config.md, which is generated from this, and in errors. */
interface Documentation {
  /** The arguments of `npx pulumi config set`, with a valid value. */
  readonly example: string;
  /** What the key is, with its range and unit. */
  readonly description: string;
  /** What a value other than the default costs or breaks. */
  readonly cost: string;
  /** Whether it may be set with --secret: its value is then in plain text only in the container. */
  readonly mayBeSecret?: true;
}

export const documentation = z.registry<Documentation>();

/** In characters. Kubernetes appends to the name to name a pod, and a pod's name has 63 at most. */
const MAX_NAME = 40;
/** In seconds. Nobody waits longer than an hour for a rollout that makes no progress. */
const MAX_PROGRESS_DEADLINE = 3600;
/** In seconds, so that the deadline derived from it stays below the longest one. */
const MAX_START = 3000;
/** What Linux and Kubernetes allow. */
const MAX_USER = 2 ** 31 - 1;

/** How a service can be reached. */
const EXPOSE = ["NodePort", "LoadBalancer", "Gateway", "ClusterIP"] as const;

/** Every key of a stack's config: its type, its default, and what people read about it. A new key is added here. */
export const keys = {
  name: text(
    (value) => isDnsLabel(value) && /^[a-z]/.test(value) && value.length <= MAX_NAME,
    `a name of small letters, digits and - that starts with a letter, ${MAX_NAME} characters at most`,
  )
    .default("api")
    .register(documentation, {
      example: "name api",
      description: "Name of the Deployment, the Service and the image, and the value of the label `name`.",
      cost: "A change replaces every object. If `nodePort` is set, change it too, or run `npm run down` first.",
    }),
  replicas: wholeNumber(0, MAX_REPLICAS)
    .default(2)
    .register(documentation, {
      example: "replicas 2",
      description: `Number of pods, from 0 to ${MAX_REPLICAS}.`,
      cost: "Each pod reserves its `resources.requests` on the node.",
    }),
  autoscale: json(autoscale)
    .optional()
    .register(documentation, {
      example: "--path autoscale.max 10",
      description: `An autoscaler that chooses the number of pods, instead of \`replicas\`: from \`min\` (2 by default) to \`max\` (${MAX_REPLICAS} at most), so that the pods use \`cpuPercent\` (70 by default) of the CPU that they request. See [autoscaling.md](autoscaling.md).`,
      cost: "metrics-server must be in the cluster. In minikube, `npm run up` turns it on.",
    }),
  tracks: json(tracks).prefault("{}").register(documentation, {
    example: "--path tracks.beta.replicas 1",
    description:
      "Tracks by name. Each runs one release behind the same Service and is scaled on its own. A track may have `replicas` (1 by default) or `autoscale`; `release`, the tag that it is pinned to (the code's release by default); and its own `env` and `resources`. `stable` is always there. See [tracks.md](tracks.md).",
    cost: "Each track is a Deployment. Removing a track deletes its Deployment; the pods drain as usual.",
  }),
  labels: json(labels).default({}).register(documentation, {
    example: "--path labels.tier backend",
    description:
      "Labels of every object. They are added to `maturityStage: dev` and `tier: backend`, or replace them. `name` and `release` are set by the stack.",
    cost: "A change is a rollout: the pods carry the labels too.",
  }),
  expose: z.enum(EXPOSE, EXPOSE.join(", ")).default("NodePort").register(documentation, {
    example: "expose LoadBalancer",
    description:
      "How the service is reached: at a port of the nodes (`NodePort`), at an address of its own (`LoadBalancer`), through a Gateway (`Gateway`), or inside the cluster alone (`ClusterIP`). See [clusters.md](clusters.md#how-the-service-is-reached).",
    cost: "Something in the cluster must give a LoadBalancer its address (`minikube tunnel` in minikube). A change moves the service to another URL.",
  }),
  gateway: json(gateway).optional().register(documentation, {
    example: "--path gateway.name infra/public",
    description:
      "With `expose: Gateway`: the `name` of the Gateway that an HTTPRoute joins, `[namespace/]name`, and the `host` that it serves. The Secret with the TLS certificate is named in the Gateway's listener.",
    cost: "The Gateway API and the Gateway must be in the cluster, and the Gateway must admit routes of the stack's namespace.",
  }),
  nodePort: wholeNumber(NODE_PORTS.first, NODE_PORTS.last)
    .optional()
    .register(documentation, {
      example: "nodePort 30080",
      description: `With \`expose: NodePort\`: the port of the node at which the service is reached, from ${NODE_PORTS.first} to ${NODE_PORTS.last}. If it isn't set: ${FIRST_NODE_PORT}, or the next one that no Service in the cluster has. Once the Service is there, it keeps its port.`,
      cost: "`npm run up` publishes it on 127.0.0.1 when it makes the cluster. Another port is reached at the node's own address.",
    }),
  namespace: text(isDnsLabel, "at most 63 small letters, digits and -, such as team-a")
    .default("default")
    .register(documentation, {
      example: "namespace default",
      description:
        "Namespace of every object. The stack makes every namespace but `default`, and enforces the `restricted` Pod Security Standard in it.",
      cost: "A change deletes every object, then makes it in the other namespace: the service is down in between.",
    }),
  context: text((value) => value !== "", "the name of a kube context, such as minikube")
    .default("minikube")
    .register(documentation, {
      example: "context minikube",
      description:
        "Kube context that the stack is deployed to; for minikube, also the profile. kubectl's current context is ignored.",
      cost: "A change makes every object in the other cluster. To leave nothing in this one, run `npm run down` first.",
    }),
  registry: text(isRepository, "a registry's host and a path in it, such as ghcr.io/my-team")
    .optional()
    .register(documentation, {
      example: "registry ghcr.io/my-team",
      description:
        "Registry that images are pushed to, and that the cluster's nodes pull them from. A cluster whose nodes aren't on this machine needs one. If the registry wants credentials, run `docker login` first: the nodes get the same credentials in a Secret.",
      cost: "Images stay in the registry until somebody removes them there.",
    }),
  resources: json(resources).prefault("{}").register(documentation, {
    example: "--path resources.limits.memory 256Mi",
    description:
      "What a pod reserves (`requests`) and may use (`limits`) of `cpu` and `memory`, as Kubernetes quantities.",
    cost: "`requests` are reserved whether they are used or not. A container above its memory limit is killed; one above its CPU limit is slowed down.",
  }),
  nodeSelector: json(nodeSelector).optional().register(documentation, {
    example: "--path nodeSelector.disktype ssd",
    description: "Labels that a node must have for the pods to run on it.",
    cost: "If no node has these labels, the pods wait and the rollout fails. A change is a rollout.",
  }),
  tolerations: json(tolerations).optional().register(documentation, {
    example: "--path 'tolerations[0].key' dedicated",
    description:
      "Taints of nodes that the pods accept, as in Kubernetes: `key`, `operator` (`Equal` by default, or `Exists`), `value`, `effect`, `tolerationSeconds`.",
    cost: "The pods may run on nodes that were kept free for others. A change is a rollout.",
  }),
  priorityClassName: text(isDnsSubdomain, "the name of a PriorityClass of the cluster")
    .optional()
    .register(documentation, {
      example: "priorityClassName system-cluster-critical",
      description:
        "PriorityClass of the pods, which must be in the cluster. If no node has room, Kubernetes stops pods of a lower priority.",
      cost: "Pods of others may be stopped for these. A change is a rollout.",
    }),
  storageClass: text(isDnsSubdomain, "the name of a StorageClass of the cluster")
    .optional()
    .register(documentation, {
      example: "storageClass fast",
      description:
        "StorageClass of the folders in `writable`, except `/tmp`. Without it, they are on the node's disk. Each pod gets volumes of its own, which are deleted with it.",
      cost: "A pod waits until its volumes are there: without a provisioner for the class, the rollout fails. A change is a rollout.",
    }),
  service: text((value) => value !== "", "a folder with a Dockerfile, relative to Pulumi.yaml")
    .default("service")
    .register(documentation, {
      example: "service service",
      description:
        "Folder of the service, with its Dockerfile: an absolute path, or one relative to Pulumi.yaml.",
      cost: "Changed content is a new image and a rollout. `.git` doesn't count, nor what `.dockerignore` names.",
    }),
  build: json(build).prefault("{}").register(documentation, {
    example: "--path build.target STAGE",
    description:
      "How the image is built: `dockerfile` and `context`, relative to the service's folder (for a monorepo, the context may be `..`); `target`, the stage (the last one by default); `args`, values of the Dockerfile's ARGs.",
    cost: "A change is a new image and a rollout. Whoever has the image can read `args`, so secrets are refused there.",
  }),
  bundle: flag.optional().register(documentation, {
    example: "bundle true",
    description:
      "Whether `main.ts` and everything that it imports are bundled into one `main.js`, which then is the only file beside the Dockerfile. By default only for the folder `service`.",
    cost: "With true, the Dockerfile can't copy any other file.",
  }),
  port: wholeNumber(1, 65_535).default(3000).register(documentation, {
    example: "port 3000",
    description: "TCP port that the container listens on. The container reads it as `PORT`.",
    cost: "A change is a rollout.",
  }),
  healthPath: path.default("/healthcheck").register(documentation, {
    example: "healthPath /healthcheck",
    description: "HTTP path that answers 200 to 399 while the container needs no restart.",
    cost: "A path that also checks a database restarts every pod when the database is down.",
  }),
  readyPath: path.default("/readyz").register(documentation, {
    example: "readyPath /readyz",
    description: "HTTP path that answers 200 to 399 while the container wants requests.",
    cost: "The kubelet requests it once a second in each pod.",
  }),
  health: json(probe).optional().register(documentation, {
    example: "--path health.tcp 3000",
    description:
      "For a container without a healthPath: a TCP port that accepts connections (`tcp: 5432`), or a command that exits with 0 (`command: [redis-cli, ping]`).",
    cost: "A port says less than a path: a process that hangs still accepts connections. A command starts a process every 5 s in each pod.",
  }),
  ready: json(probe).optional().register(documentation, {
    example: "--path ready.tcp 3000",
    description:
      "The same for a container without a readyPath. If only `health` is set, it is used for both.",
    cost: "As for health.",
  }),
  startSeconds: wholeNumber(1, MAX_START)
    .default(60)
    .register(documentation, {
      example: "startSeconds 60",
      description: `Seconds that a container may take to start, from 1 to ${MAX_START}. One that takes longer is restarted.`,
      cost: "Above 60, a release that never starts is noticed that much later.",
    }),
  metricsPort: wholeNumber(0, 65_535).default(9464).register(documentation, {
    example: "metricsPort 9465",
    description:
      "TCP port on which the container answers `/metrics`; 0 if it has none. The container reads it as `METRICS_PORT`. The Service doesn't expose it.",
    cost: "With 0, Prometheus finds nothing to scrape.",
  }),
  podMonitor: flag.default(false).register(documentation, {
    example: "podMonitor false",
    description: "Whether to declare a PodMonitor beside the pods' `prometheus.io/…` annotations.",
    cost: "The Prometheus operator must be in the cluster.",
  }),
  networkPolicy: flag.default(true).register(documentation, {
    example: "networkPolicy true",
    description:
      "Whether to declare a NetworkPolicy. It admits requests to the service and, from inside the cluster, to its metrics, and limits what the pods may call to `egress`. See [NetworkPolicy](#networkpolicy).",
    cost: "With false, every pod in the cluster can connect to every port of the pods.",
  }),
  egress: json(destinations, "a list of destinations, in YAML or JSON").optional().register(documentation, {
    example: "--path 'egress[0].cidr' 10.0.0.7/32",
    description:
      "What the pods may call besides DNS: a list of `{ cidr, port }` and `{ namespace, labels, port }`; `[]` for nothing. If it isn't set, they may call everything.",
    cost: "A connection to anything else is refused or times out, if the cluster's network plugin enforces NetworkPolicies.",
  }),
  progressDeadlineSeconds: wholeNumber(1, MAX_PROGRESS_DEADLINE).default(60).register(documentation, {
    example: "progressDeadlineSeconds 60",
    description:
      "Seconds without progress after which a rollout has failed. If it isn't set and startSeconds is above 60, it is startSeconds + 15.",
    cost: "A failed release is noticed that much later. The engine waits 10 s longer.",
  }),
  autoRollback: flag.default(true).register(documentation, {
    example: "autoRollback true",
    description: "Whether `npm run up` goes back to the last good release if a rollout fails.",
    cost: "With false, the pods of the failed release stay beside the good ones, so that you can examine them.",
  }),
  rolledBack: json(rolledBack).optional().register(documentation, {
    example: 'rolledBack \'{"from":"TAG","to":"TAG"}\'',
    description: "Written by `npm run rollback`: while the code is release `from`, release `to` is deployed.",
    cost: "The current code isn't what runs, until it changes or the key is removed.",
  }),
  env: json(env).default({}).register(documentation, {
    example: "--path env.NAME VALUE",
    description:
      "Environment variables of the container, beside those that the stack sets. Values are passed on unchanged, `$` included. If one of them is set with `--secret`, all are kept in a Secret, and only their names can be read elsewhere.",
    cost: "A change is a rollout.",
    mayBeSecret: true,
  }),
  command: json(someWords, A_LIST).optional().register(documentation, {
    example: "--path 'command[0]' node",
    description:
      "What the container runs, word by word, in place of the image's ENTRYPOINT. No shell reads it.",
    cost: "The image's CMD is ignored too, as always in Kubernetes.",
  }),
  args: json(words, A_LIST).optional().register(documentation, {
    example: "--path 'args[0]' server.js",
    description: "Arguments for the command, or for the image's ENTRYPOINT in place of its CMD.",
    cost: "A change is a rollout.",
  }),
  user: wholeNumber(0, MAX_USER).default(65_532).register(documentation, {
    example: "user 65532",
    description:
      "Number of the user and group that the container runs as. 65532 belongs to no account of the image or the node.",
    cost: "0 is root, with Docker's default capabilities: a process that breaks out of the container has the node. Allowed only in the namespace `default`, and every update warns of it.",
  }),
  writable: json(writable).prefault("{}").register(documentation, {
    example: "--path 'writable[\"/tmp\"]' 64Mi",
    description:
      "Folders that the container may write to, and the size of each. Everything else is read-only.",
    cost: "A folder begins empty in each pod, hides what the image has there, and is lost with the pod. A pod that exceeds a size is evicted and replaced.",
  }),
};

export type Key = keyof typeof keys;

/** The value of each key, as it was set or by default. */
export type Keys = Readonly<z.infer<z.ZodObject<typeof keys>>>;

/** What people read about a key. */
export function documentationOf(key: Key): Documentation {
  return documentation.get(keys[key])!;
}
