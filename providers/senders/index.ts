/* A file of its own, so that a function's bundle can take the configured schemes out of all of them. */
export * from "./all";
