import type { WebhookRequest } from "./request";

/** A parameter of a query, decoded. */
type Parameter = readonly [name: string, value: string];

/** Most addresses that are tried for one request. */
const MAX_ADDRESSES = 120;

/** Bytes that trying several addresses may hash in all, so that a forged request costs little: some two milliseconds. */
const MAX_HASHED_BYTES = 512 * 1024;

/**
 * Addresses that are tried whatever the size of the body: the most likely one, the configured one and another spelling.
 * The third is not tried for a huge body, which no provider that signs an address is known to send, since each address
 * means hashing the body again.
 */
const MIN_ADDRESSES = 3;
const MIN_ADDRESSES_OF_HUGE = 2;
const HUGE_BYTES = 512 * 1024;

/** Parameters above which the query is not rebuilt: providers and operators add a few, attackers thousands. */
const MAX_PARAMETERS = 100;

/** Most parameters of different names whose every order is tried: 24 orders. */
const MAX_PERMUTED_NAMES = 4;

/**
 * Returns the addresses under which the provider may have signed a request, the most likely one first.
 *
 * Origin and path are those of the configured address, byte for byte, and never the request's. The query is the
 * request's: many providers let users add their own parameters to each call (`?order=7`). API Gateway passes them
 * decoded and without their order (https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html), so the query
 * is rebuilt in the ways in which providers write one. Parameters of the configured address keep their spelling, others
 * get the usual escapes; their order is the event's, by name, and every order if there are up to four. All of these
 * texts mean the same, so it does not matter which of them was signed. The unchanged configured address is also tried,
 * for a proxy that adds a parameter on the way.
 * @param request its `url` is the configured address
 */
export function signedAddresses(
  url: string,
  { query, parameters = Object.entries(query ?? {}), body }: WebhookRequest,
): readonly string[] {
  if (parameters.length === 0 || parameters.length > MAX_PARAMETERS) return [url];
  const most = mostAddresses(body);
  const addresses = new Set<string>();
  for (const address of written(url, parameters)) {
    addresses.add(address);
    if (addresses.size >= most) break;
  }
  return [...addresses];
}

/** Returns the address with further parameters at the end of its query. */
export function withQuery(url: string, parameters: Readonly<Record<string, string>>): string {
  const added = new URLSearchParams(parameters).toString();
  return added === "" ? url : `${url}${url.includes("?") ? "&" : "?"}${added}`;
}

/** Returns how many addresses may be tried for this body, which is hashed once with each of them. */
export function mostAddresses({ length }: Buffer): number {
  const least = length > HUGE_BYTES ? MIN_ADDRESSES_OF_HUGE : MIN_ADDRESSES;
  return Math.min(MAX_ADDRESSES, Math.max(least, Math.floor(MAX_HASHED_BYTES / (length + 1))));
}

function* written(url: string, parameters: readonly Parameter[]): Generator<string> {
  const [base = "", configured = ""] = url.split(/\?(.*)/s);
  const known = piecesOf(configured);
  const ways = waysToWrite(parameters, known);
  let first = true;
  for (const ordered of orders(parameters, known)) {
    for (const pieces of ways) {
      yield `${base}?${ordered.map((parameter) => pieces().get(parameter)).join("&")}`;
      if (first) yield url;
      first = false;
    }
  }
}

/**
 * Returns functions that give every parameter as a piece of a query, one function for each way in which providers write
 * one. Each runs once, and only if it is called.
 */
function waysToWrite(
  parameters: readonly Parameter[],
  known: ReadonlyMap<string, string>,
): readonly (() => ReadonlyMap<Parameter, string>)[] {
  const anyEmpty = parameters.some(([, value]) => value === "");
  return ENCODINGS.flatMap((encode) =>
    (anyEmpty ? [false, true] : [false]).map((bare) => {
      let pieces: ReadonlyMap<Parameter, string> | undefined;
      const piece = ([name, value]: Parameter): string =>
        known.get(JSON.stringify([name, value])) ??
        (bare && value === "" ? encode(name) : `${encode(name)}=${encode(value)}`);
      return () => (pieces ??= new Map(parameters.map((parameter) => [parameter, piece(parameter)])));
    }),
  );
}

/** Returns the pieces of a query as they are written, by their decoded parameter. */
function piecesOf(query: string): ReadonlyMap<string, string> {
  return new Map(
    query
      .split("&")
      .filter((piece) => piece !== "")
      .map((piece) => [JSON.stringify([...new URLSearchParams(piece)][0] ?? []), piece]),
  );
}

/**
 * Yields the parameters in different orders. Parameters of the same name keep their order, which API Gateway keeps,
 * too.
 */
function* orders(
  parameters: readonly Parameter[],
  known: ReadonlyMap<string, string>,
): Generator<readonly Parameter[]> {
  const positions = new Map([...known.keys()].map((parameter, position) => [parameter, position]));
  const ordered = parameters.map((parameter) => ({
    parameter,
    position: positions.get(JSON.stringify(parameter)) ?? positions.size,
  }));
  yield ordered.toSorted((a, b) => a.position - b.position).map(({ parameter }) => parameter);
  yield parameters;
  yield parameters.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  yield parameters.toReversed();
  const names = [...new Set(parameters.map(([name]) => name))];
  if (names.length > MAX_PERMUTED_NAMES) return;
  for (const order of permutations(names))
    yield order.flatMap((wanted) => parameters.filter(([name]) => name === wanted));
}

function* permutations<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length <= 1) yield items;
  else
    for (const [index, item] of items.entries())
      for (const rest of permutations(items.toSpliced(index, 1))) yield [item, ...rest];
}

/** The ways in which providers and their libraries write a text in a query. */
const ENCODINGS: readonly ((text: string) => string)[] = [
  component,
  form,
  // Escape only what no query may contain: people type `?next=https://example.com/a` and `?to=+1415`.
  (text) => component(text).replace(/%(?:2[14789ABCF]|3[ABDF]|40|5[BD]|7[BCD])/g, decodeURIComponent),
  (text) => component(text).replace(/[!'()*]/g, escaped),
  (text) => lower(component(text)),
  (text) => lower(form(text)),
];

/**
 * Escapes like `encodeURIComponent`, but does not throw for a lone surrogate, which the conversion to UTF-8 replaces.
 */
function component(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}

/** Escapes like HTML forms, with `+` for a space. */
function form(text: string): string {
  return new URLSearchParams([["", text]]).toString().slice(1);
}

function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** Returns the escapes in lower case, as .NET writes them. */
function lower(text: string): string {
  return text.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
}
