/**
 * Returns the event in a line of the events' log. If that log keeps no payloads, the line is the output of an input
 * transformer (`components/event-log.ts`): restores the fields that it omits, except `data` and `datacontenttype`.
 */
export function readLoggedEvent(line: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const detail = line["detail"];
  if (typeof detail !== "object" || detail === null || "specversion" in detail) return line;
  const encodedtype = String(line["detail-type"]);
  const type = decode(encodedtype);
  const { id, replay, outoforder, ...others } = detail as Readonly<Record<string, unknown>>;
  const present = Object.entries(others).filter(([, value]) => value !== "");
  return {
    ...line,
    "detail-type": type,
    detail: {
      specversion: "1.0",
      id,
      source: line["source"],
      type,
      encodedtype,
      ...Object.fromEntries(present),
      replay: Number(replay),
      ...(outoforder === "true" && { outoforder: true }),
    },
  };
}

/** Returns the type that an `encodedtype` encodes. */
function decode(encoded: string): string {
  return encoded.replace(/%(09|0A|0D|22|25|3C|5C)/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Returns whether an event contains its payload, or the address of its payload. */
export function hasPayload(event: Readonly<Record<string, unknown>>): boolean {
  const detail = Object(event["detail"]) as Readonly<Record<string, unknown>>;
  return ["data", "data_base64", "dataref"].some((name) => name in detail);
}
