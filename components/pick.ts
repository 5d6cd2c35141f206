/** Returns some properties of an object, such as those of a component that are its outputs. */
export function pick<T extends object, Name extends keyof T>(
  object: T,
  ...names: readonly Name[]
): Pick<T, Name> {
  return Object.fromEntries(names.map((name) => [name, object[name]])) as Pick<T, Name>;
}
