/** The annotation of a pod whose root user comes from the stack's config (key `user`), not from its image alone. */
const ANNOTATION = "koa-on-minikube/root";
const DECLARED = "declared by config key user";

/** The annotation of a pod that runs as this user. */
export function rootAnnotation(user: number): Readonly<Record<string, string>> {
  return user === 0 ? { [ANNOTATION]: DECLARED } : {};
}

/** Whether config asks for root, by a pod's annotations. */
export function isRootDeclared(annotations: Readonly<Record<string, string>> = {}): boolean {
  return annotations[ANNOTATION] === DECLARED;
}
