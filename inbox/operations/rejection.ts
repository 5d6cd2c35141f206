import { UsageError } from "../errors";

/** Thrown if an operation cannot be done; the message explains why to the person who requested it. */
export class OperationRejectedError extends Error {
  override readonly name = "OperationRejectedError";
}

/**
 * Milliseconds that one operation may take, so that a request does not wait forever for another reader of the queue.
 */
export const TIMEOUT_MS = 25_000;

/** Webhooks per second; high, since a person requests few, which need no pace. */
export const RATE = 100;

/** Returns the rejection for an error of one webhook. */
export function rejection(error: unknown): OperationRejectedError {
  return new OperationRejectedError(error instanceof Error ? error.message : String(error));
}

/** Turns a usage error into a rejection; other errors stay. */
export async function orRejected<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    throw error instanceof UsageError ? rejection(error) : error;
  }
}
