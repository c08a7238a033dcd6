import { PolicyPack } from "@pulumi/policy";
import { endWithParent } from "../../common/parent";
import { podOf } from "./pods";
import { rules } from "./rules";

endWithParent();

// The constructor serves the pack: the engine asks this process about each resource that a program declares.
new PolicyPack("koa-on-minikube", {
  policies: rules.map(({ name, advisory, description, violations }) => ({
    name,
    description,
    enforcementLevel: advisory ? "advisory" : "mandatory",
    validateResource: ({ type, props }, report) => {
      const pod = podOf(type, props);
      if (pod) violations(pod).forEach((message) => report(message));
    },
  })),
});
