import { UsageError } from "../errors";

/** Why something cannot be done, for the person who asked. */
export class OperationRejectedError extends Error {
  override readonly name = "OperationRejectedError";
}

/** Milliseconds that one operation may take; a request does not wait for ever for another reader of the queue. */
export const TIMEOUT_MS = 25_000;

/** Webhooks per second: a person asks for few, which need no pace. */
export const RATE = 100;

/** Returns the rejection for an error of one webhook. */
export function rejection(error: unknown): OperationRejectedError {
  return new OperationRejectedError(error instanceof Error ? error.message : String(error));
}

/** Turns what the operator named wrongly into a rejection; other errors stay. */
export async function orRejected<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    throw error instanceof UsageError ? rejection(error) : error;
  }
}
