/** What the files of tests share in a process of jest's: environment.js. */
declare const shared: {
  readonly texts: Map<string, string>;
  /** @param file relative to the project */
  load(file: string): unknown;
};
