/** The annotation of a pod that runs as root because the stack's config says so (key `user`). */
const ANNOTATION = "koa-on-minikube/root";
const DECLARED = "declared by config key user";

/** The annotation that a pod has if its user is root. */
export function rootAnnotation(user: number): Readonly<Record<string, string>> {
  return user === 0 ? { [ANNOTATION]: DECLARED } : {};
}

/** Whether a pod's annotations say that config asks for root. */
export function isRootDeclared(annotations: Readonly<Record<string, string>> = {}): boolean {
  return annotations[ANNOTATION] === DECLARED;
}
