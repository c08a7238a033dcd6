/** How long the program waits for others, in milliseconds, before it says that there is no answer. */
export const limits = {
  /** One answer of the API server or of Docker. Both are on this machine; together with the start of the program
   * it has to stay below the 5 seconds after which a person thinks that it hangs. */
  answer: 3_000,
} as const;
