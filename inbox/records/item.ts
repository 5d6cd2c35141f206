import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { OPERATION_KINDS, type Operation, type Status } from "../../functions/domain/record";
import type { ReplayState } from "./claim";
import type { WebhookRecord } from "./record";

export type Item = Readonly<Record<string, AttributeValue>>;

/** A record's provider and key within it. Providers' names hold no `#`. */
export function splitKey(recordKey: string): { provider: string; key: string } {
  const at = recordKey.indexOf("#");
  return { provider: recordKey.slice(0, at), key: recordKey.slice(at + 1) };
}

/** The record that an item of the table holds. */
export function toRecord(item: Item): WebhookRecord {
  const { provider, key } = splitKey(item["pk"]?.S ?? "");
  const text = (field: string) => item[field]?.S;
  const count = (field: string) => Number(item[field]?.N ?? 0);
  const optional = <K extends string>(field: K) =>
    (text(field) === undefined ? {} : { [field]: text(field) }) as { readonly [P in K]?: string };
  const error = item["error"]?.M;
  return {
    provider,
    id: text("eventId") ?? key,
    key,
    type: text("type") ?? "",
    status: (text("status") ?? "received") as Status,
    receivedAt: text("receivedAt") ?? "",
    ...optional("lastReceivedAt"),
    ...optional("publishedAt"),
    ...optional("failedAt"),
    ...optional("deadLetteredAt"),
    ...optional("time"),
    ...optional("s3Key"),
    ...optional("contentType"),
    ...optional("group"),
    ...optional("executionArn"),
    ...(item["size"] && { size: count("size") }),
    attempts: count("attempts"),
    failures: count("failures"),
    replay: count("replay"),
    ...(error && { error: { code: error["code"]?.S ?? "", message: error["message"]?.S ?? "" } }),
    operations: (item["operations"]?.L ?? []).map(toOperation),
  };
}

/** Returns the replay state of an item; none if there is no item. */
export function toReplayState(item: Item | undefined): ReplayState {
  return {
    replay: Number(item?.["replay"]?.N ?? 0),
    lastReplay: Number(item?.["lastReplay"]?.N ?? 0),
    replays: item?.["replays"]?.SS ?? [],
  };
}

/** The value that {@link toRecord} reads an operation from. */
export function fromOperation({ kind, at, replay }: Operation): AttributeValue {
  return {
    M: { kind: { S: kind }, at: { S: at }, ...(replay !== undefined && { replay: { N: String(replay) } }) },
  };
}

function toOperation({ M = {} }: AttributeValue): Operation {
  return {
    kind: OPERATION_KINDS.find((kind) => kind === M["kind"]?.S) ?? "redrive",
    at: M["at"]?.S ?? "",
    ...(M["replay"]?.N !== undefined && { replay: Number(M["replay"].N) }),
  };
}
