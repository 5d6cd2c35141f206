/**
 * Returns the seconds by which this machine's clock is behind the endpoint's, below 0 if it is ahead. Returns 0 if they
 * differ by less than the second that the answer's date is accurate to, undefined if the answer has no date.
 */
export async function secondsBehind(endpoint: string): Promise<number | undefined> {
  const sentAt = Date.now();
  const response = await fetch(endpoint, { method: "GET" });
  const receivedAt = Date.now();
  const theirs = Date.parse(response.headers.get("date") ?? "");
  if (Number.isNaN(theirs)) return undefined;
  // The header counts whole seconds, and was written while the request was on its way.
  const early = theirs - receivedAt;
  const late = theirs + 1_000 - sentAt;
  return early > 0 ? early / 1_000 : late < 0 ? late / 1_000 : 0;
}
