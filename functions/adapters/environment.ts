/**
 * Returns the value of an environment variable that the deployment sets.
 * @throws if it is missing: the function cannot work
 */
export function environment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`environment variable ${name} is not set`);
  return value;
}
