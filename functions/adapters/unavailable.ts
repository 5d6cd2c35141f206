import { UnavailableError } from "../domain/errors";

/** Marks whatever a call throws as the service's failure. */
export async function orUnavailable<T>(service: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    throw new UnavailableError(service, { cause });
  }
}
