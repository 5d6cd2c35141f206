import type { Inbox } from "./connect";
import type { BusEvent } from "./events";
import { RawPayloads } from "./payloads";
import { findById } from "./records/find";

/** The payload of an event's webhook, as it was received: before a transform. */
export interface EventPayload {
  /** Address of the payload, such as `s3://bucket/raw/stripe/evt_1/0a1b`. */
  readonly uri: string;
  /** Text of the payload; null if it is no longer in the bucket. */
  readonly text: string | null;
}

/** Reads the payload of an event's webhook; undefined if no record says where it is. */
export async function payloadOf(inbox: Inbox, { detail }: BusEvent): Promise<EventPayload | undefined> {
  const records = await findById(inbox, [detail.provider], detail.id);
  const record = records.find(({ receivedAt }) => receivedAt === detail.receivedat) ?? records[0];
  if (record?.s3Key === undefined) return undefined;
  const body = await new RawPayloads(inbox).bytes(record.s3Key);
  return { uri: `s3://${inbox.outputs.s3_bucket_name}/${record.s3Key}`, text: body?.toString() ?? null };
}
