import { ConfigurationError } from "../engine/errors";
import type { Otherwise } from "../engine/event-locations";
import { field, header, path, query, type HeaderRef, type PathRef } from "../engine/references";
import type { ContentPart, HmacVerification, Scheme, SignedTimestamp, ValueFormat } from "../engine/scheme";
import { defineScheme, type Entry } from "../recipes/define-scheme";
import { listOf, type ElementsEntry, type EventFacts } from "../recipes/event-entry";
import { basicAuth, sharedToken } from "../recipes/shared-token";
import { standardWebhooks } from "../recipes/standard-webhooks";
import type { OwnBatch, OwnEvent, OwnHmac, OwnPlaces, OwnScheme, OwnTimestamp, OwnToken } from "./own-scheme";
import { contentPart, place, typePiece } from "./parts";

/** Seconds that clocks may differ, as in the most used libraries. */
const WINDOW = 300;

/**
 * Returns the scheme that the configuration describes. {@link compile} then rejects one that could not be secure.
 * @throws ConfigurationError for a location that does not exist in a request
 */
export function defineOwn(own: OwnScheme): Scheme {
  if (own.hmac) return defineHmac(own, own.hmac);
  if (own.token) return defineToken(own, own.token);
  if (!own.standardWebhooks) throw new ConfigurationError("a scheme is hmac, token or standardWebhooks");
  const { prefix } = own.standardWebhooks;
  const { id, ...event } = locations(own.event, (ref) => ref.from === "payload");
  return standardWebhooks({
    ...entry(own, `${prefix}-signature`),
    prefixes: [prefix],
    event: { ...event, ...(listOf(id).length > 0 && { id }) },
  });
}

function defineHmac(own: OwnScheme, hmac: OwnHmac): Scheme {
  const headers = typeof hmac.header === "string" ? [hmac.header] : hmac.header;
  const timestamp = timestampOf(hmac.timestamp);
  const content = (hmac.content ?? ["body"]).map((part) => known(contentPart(part, timestamp?.at), part));
  const coversBody = content.some((part) => typeof part !== "string" && part.from === "body");
  const verify: HmacVerification = {
    kind: "hmac",
    hash: hmac.hash ?? "sha256",
    key: {
      encoding: hmac.key?.encoding ?? "utf8",
      ...(hmac.key?.prefix !== undefined && { stripPrefix: hmac.key.prefix }),
    },
    signature: { headers, value: valueOf(hmac), encoding: hmac.encoding ?? "hex" },
    content,
    ...(timestamp && { timestamp }),
  };
  const usual = coversBody ? (timestamp ? "body-and-time" : "body") : "request";
  return defineScheme({
    ...entry(own, headers[0] ?? ""),
    ...(hmac.covers && { covers: hmac.covers }),
    event: locations(own.event, (ref) => isSigned(ref, content, coversBody)),
    otherwise: otherwise(own.event?.otherwise ?? usual),
    verify,
  });
}

function defineToken(own: OwnScheme, token: OwnToken): Scheme {
  const event = {
    event: locations(own.event, (ref) => ref.from === "payload"),
    otherwise: otherwise(own.event?.otherwise ?? "body"),
  };
  if (token.header !== undefined)
    return sharedToken({
      ...entry(own, token.header),
      at: header(token.header),
      prefix: token.prefix,
      ...event,
    });
  if (token.query !== undefined)
    return sharedToken({ ...entry(own, token.query), at: query(token.query), ...event });
  return basicAuth({ ...entry(own, "Authorization"), ...event });
}

/**
 * Returns the fields that all kinds of scheme have in common.
 * @param where header or parameter of the proof, from which the scheme's name is made
 */
function entry(own: OwnScheme, where: string): Omit<Entry, "event"> {
  const { handshake, contentTypes, success, batch } = own;
  return {
    id: `own:${where}`,
    name: `own scheme (${where})`,
    confidence: "secondary",
    ...(contentTypes && { contentTypes }),
    ...(success && {
      success: { status: success.status, ...(success.body !== undefined && { body: success.body }) },
    }),
    ...(handshake && {
      handshakes: [
        {
          when: { at: path(handshake.when.body), equals: handshake.when.equals },
          echo: path(handshake.echo),
        },
      ],
    }),
    ...(batch && { elements: elementsOf(batch) }),
  };
}

function valueOf({ prefix, list }: OwnHmac): ValueFormat {
  if (!list) return { form: "whole", ...(prefix !== undefined && { prefix }) };
  if (list.signature === undefined) return { form: "positions", separator: ",", fields: list.fields ?? [] };
  return {
    form: "list",
    separator: list.separator ?? ",",
    pair: list.pair ?? "=",
    signature: list.signature,
  };
}

function timestampOf(timestamp: OwnTimestamp | undefined): SignedTimestamp | undefined {
  if (!timestamp) return undefined;
  const { unit = "s", window = WINDOW } = timestamp;
  return { at: timestampAt(timestamp), unit, window };
}

function timestampAt({ header: name, field: item, body }: OwnTimestamp): SignedTimestamp["at"] {
  if (name !== undefined) return header(name);
  return item === undefined ? path(body ?? "") : field(item);
}

/**
 * Returns the configured locations. An unsigned header with an id becomes the delivery id, which is bound to the
 * content.
 */
function locations(event: OwnEvent = {}, signed: (ref: HeaderRef | PathRef) => boolean): EventFacts {
  const ids = placesIn(event.id);
  const deliveryId = ids.find((ref): ref is HeaderRef => ref.from === "header" && !signed(ref));
  return {
    ...(event.id !== undefined && { id: ids.filter((ref) => ref.from === "payload" || signed(ref)) }),
    ...(deliveryId && { deliveryId }),
    ...(event.type !== undefined && {
      type: listOf(event.type).map((pieces) => ({
        pieces: listOf(pieces).map((piece) => known(typePiece(piece), piece)),
      })),
    }),
    ...(event.time !== undefined && { time: placesIn(event.time).flatMap(inEitherForm) }),
    ...(event.entity !== undefined && { entity: placesIn(event.entity) }),
  };
}

function elementsOf({ at, time, ...places }: OwnBatch): ElementsEntry {
  return {
    ...places,
    at: at.endsWith("*") ? at : `${at}.*`,
    ...(time !== undefined && { time: inEitherForm(time) }),
  };
}

/** Accepts a time as text or as a number. */
function inEitherForm<Place>(at: Place) {
  return [{ "iso-utc": at }, { "s-or-ms": at }] as const;
}

function otherwise(by: Otherwise["by"]): Otherwise {
  return { by, because: "The configuration says so." };
}

function isSigned(ref: HeaderRef | PathRef, content: readonly ContentPart[], coversBody: boolean): boolean {
  if (ref.from === "payload") return coversBody || content.some((part) => same(part, ref));
  return content.some((part) => same(part, ref));
}

function same(part: ContentPart, ref: HeaderRef | PathRef): boolean {
  if (typeof part === "string" || part.from !== ref.from) return false;
  return part.from === "header" && ref.from === "header"
    ? part.names.join().toLowerCase() === ref.names.join().toLowerCase()
    : part.from === "payload" && ref.from === "payload" && part.path.join(".") === ref.path.join(".");
}

function placesIn(places: OwnPlaces = []): readonly (HeaderRef | PathRef)[] {
  return listOf(places).map((text) => known(place(text), text));
}

function known<T>(found: T | undefined, given: unknown): T {
  if (found === undefined) throw new ConfigurationError(`${JSON.stringify(given)} is no place in a request`);
  return found;
}
