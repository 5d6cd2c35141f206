/** A message on a consumer's queue. */
export interface ConsumerMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  /** The event, CloudEvents 1.0 in JSON. */
  readonly body: string;
  readonly group: string;
  readonly deduplicationId: string;
  /** How often it was received from the queue, including this time. */
  readonly receiveCount: number;
  /** Time at which the message was sent to the queue, in milliseconds since the epoch. */
  readonly sentAt: number;
  /** Primary key of the webhook's record. */
  readonly recordKey: string;
  /** S3 key of the webhook's payload. */
  readonly s3Key: string;
}

/** Fields of a published event that delivery to a consumer needs, and its dead letters show. */
export interface ConsumerEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly provider: string;
  readonly replay: number;
  /** When the webhook was received, RFC 3339. */
  readonly receivedat: string;
  /** Order within the group, a decimal of many digits. */
  readonly sequence: string;
}

/** Returns the event in a message, which the workflow wrote. @throws {SyntaxError} if it is not JSON */
export function eventOf({ body }: Pick<ConsumerMessage, "body">): ConsumerEvent {
  return JSON.parse(body) as ConsumerEvent;
}

/**
 * Returns the primary key of a delivery's state. It begins with an underscore, unlike the keys of records, which begin
 * with a provider's name.
 */
export function deliveryKey(consumer: string, recordKey: string, replay: number): string {
  return `${deliveriesOf(consumer)}#${recordKey}#${replay}`;
}

/** Returns the prefix of a consumer's delivery keys, which is also their partition of the index `unresolved`. */
export function deliveriesOf(consumer: string): string {
  return `_delivery#${consumer}`;
}
