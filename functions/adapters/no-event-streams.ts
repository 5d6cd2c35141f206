/*
 * Replaces `@smithy/core/event-streams` in the functions' bundles: only S3's SelectObjectContent uses event
 * streams, and it is never called.
 */

export const resolveEventStreamSerdeConfig = <T>(config: T): T => config;

export const eventStreamSerdeProvider = () => ({});

export class EventStreamSerde {
  constructor() {
    throw new Error("this bundle holds no event streams");
  }
}
