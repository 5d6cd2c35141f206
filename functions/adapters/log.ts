/** One structured line. `undefined` fields are left out. */
export function log(line: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify(line));
}
