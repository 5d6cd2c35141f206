/** What the files of tests share in a process of jest's: environment.js. */
declare const shared: {
  readonly texts: Map<string, string>;
  /**
   * Loads a file outside of jest's modules, once for all files of tests.
   * @param file relative to the project
   * @param options whether it, though not what it imports, is loaded again
   */
  load(file: string, options?: { readonly again: boolean }): unknown;
};
