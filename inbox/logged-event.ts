/**
 * Returns the event in a line of the events' log. Where payloads stay out of it, the line is what the input transformer made of the
 * event (`components/event-log.ts`): what it leaves out but `data` and `datacontenttype` is put back.
 */
export function readLoggedEvent(line: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const detail = line["detail"];
  if (typeof detail !== "object" || detail === null || "specversion" in detail) return line;
  const type = decode(String(line["detail-type"]));
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
      ...Object.fromEntries(present),
      replay: Number(replay),
      ...(outoforder === "true" && { outoforder: true }),
    },
  };
}

/** Returns the type in an `encodedtype`. */
function decode(encoded: string): string {
  return encoded.replace(/%(09|0A|0D|22|25|3C|5C)/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Whether an event holds its payload, or an address of it. */
export function hasPayload(event: Readonly<Record<string, unknown>>): boolean {
  const detail = Object(event["detail"]) as Readonly<Record<string, unknown>>;
  return ["data", "data_base64", "dataref"].some((name) => name in detail);
}
