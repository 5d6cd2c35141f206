import { UnavailableError } from "../domain/errors";

/** Wraps any error of a call as an {@link UnavailableError}. */
export async function orUnavailable<T>(service: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    throw new UnavailableError(service, { cause });
  }
}
