/*
 * Stands in for `@smithy/core/event-streams` in the functions' bundles: of all calls only S3's SelectObjectContent, which
 * nobody makes here, answers with one.
 */

export const resolveEventStreamSerdeConfig = <T>(config: T): T => config;

export const eventStreamSerdeProvider = () => ({});

export class EventStreamSerde {
  constructor() {
    throw new Error("this bundle holds no event streams");
  }
}
