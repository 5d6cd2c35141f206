/** A message on a consumer's queue. */
export interface ConsumerMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  /** The event: CloudEvents 1.0 in JSON. */
  readonly body: string;
  readonly group: string;
  readonly deduplicationId: string;
  /** How often it was received from the queue, including this time. */
  readonly receiveCount: number;
  /** When the queue took it, in milliseconds of Unix time. */
  readonly sentAt: number;
  /** Primary key of the webhook's record. */
  readonly recordKey: string;
  /** Where its payload lies. */
  readonly s3Key: string;
}

/** The fields of a published event that delivery to a consumer, and its dead letters, read. */
export interface ConsumerEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly provider: string;
  readonly replay: number;
  /** When the webhook was received, RFC 3339. */
  readonly receivedat: string;
  /** Place in its group, a decimal of many digits. */
  readonly sequence: string;
}

/** Returns the event in a message, which the workflow wrote. @throws {SyntaxError} if it is not JSON */
export function eventOf({ body }: Pick<ConsumerMessage, "body">): ConsumerEvent {
  return JSON.parse(body) as ConsumerEvent;
}

/** Primary key of what is known of a delivery. A provider's name begins with no underscore, so it is no record's. */
export function deliveryKey(consumer: string, recordKey: string, replay: number): string {
  return `${deliveriesOf(consumer)}#${recordKey}#${replay}`;
}

/** What the keys of a consumer's deliveries begin with; also their partition of the index of what is unresolved. */
export function deliveriesOf(consumer: string): string {
  return `_delivery#${consumer}`;
}
