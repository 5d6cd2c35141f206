/*
 * Replaces `@smithy/core/event-streams` in the functions' bundles (20 KB): StartSyncExecution, the one operation that they
 * call by a client, uses none.
 */

export const resolveEventStreamSerdeConfig = <T>(config: T): T => config;

export const eventStreamSerdeProvider = () => ({});

export class EventStreamSerde {
  constructor() {
    throw new Error("this bundle holds no event streams");
  }
}
