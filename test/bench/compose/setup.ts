/** One way to run several instances of the service behind one address. Its methods return what a person types. */
export interface Setup {
  readonly name: string;
  readonly url: string;
  /** Two instances of the first version. */
  start(): Promise<void>;
  scale(replicas: number): Promise<string[]>;
  deployNewVersion(): Promise<string[]>;
  /** What a person does after instances have come back by themselves. */
  afterCrash(): Promise<string[]>;
  /** What a person does about an instance that hangs. */
  afterHang(container: string): Promise<string[]>;
  /** The variables with which `docker` finds the containers. */
  readonly docker: NodeJS.ProcessEnv;
  /** The service's containers that run. */
  containers(): Promise<string[]>;
  stop(): Promise<void>;
}
