/** Objects that test files share in a process of jest, see environment.js. */
declare const shared: {
  readonly texts: Map<string, string>;
  /**
   * Loads a file outside of jest's modules, once for all test files.
   * @param file relative to the project
   * @param options `again` loads the file again, but not its imports
   */
  load(file: string, options?: { readonly again: boolean }): unknown;
};
