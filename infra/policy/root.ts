/** By this annotation a pod says that its stack's config asks for root (key `user`), and not only its image. */
const ANNOTATION = "koa-on-minikube/root";
const DECLARED = "declared by config key user";

/** The annotation that a pod of this user needs. */
export function rootAnnotation(user: number): Readonly<Record<string, string>> {
  return user === 0 ? { [ANNOTATION]: DECLARED } : {};
}

/** Whether config asks for root, by a pod's annotations. */
export function isRootDeclared(annotations: Readonly<Record<string, string>> = {}): boolean {
  return annotations[ANNOTATION] === DECLARED;
}
