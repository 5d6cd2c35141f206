import { carriesProof, coverage, type Diagnosis, type Rejection } from "../../providers";
import type { IngestRequest } from "./ingest-request";
import { NETWORK_HEADERS } from "./network-headers";
import type { Provider } from "./provider";
import { SECRET_PROBLEMS, type SecretProblem } from "./secret-problem";
import { SOURCE_NOT_ALLOWED, type SourceNotAllowed } from "./source-ranges";

/**
 * Why a request was not accepted: its verification failed, no secret could verify it, or its address is not allowed.
 */
export type NotTaken =
  | Rejection
  | SourceNotAllowed
  | { readonly reason: SecretProblem; /** For the operator. */ readonly detail: string };

/** Diagnosis of a rejected request; `unsigned`: only its address could have proved who sent it. */
export type Finding =
  | Diagnosis
  | { readonly cause: SecretProblem | typeof SOURCE_NOT_ALLOWED | "unsigned"; readonly detail: string };

/** Whether and how a rejected request was quarantined, for the log. */
export interface Quarantined {
  readonly quarantined: boolean;
  /** Id of the quarantined request. */
  readonly rejectedId?: string;
  /** Why the request is not quarantined. */
  readonly notQuarantined?: string;
  /** Absent if the request was not diagnosed. */
  readonly diagnosis?: Finding;
}

type Reason = NotTaken["reason"];

/** All reasons for which a request can be quarantined. */
export const REJECTION_REASONS: readonly Reason[] = [
  "header_missing",
  "header_malformed",
  "body_malformed",
  "timestamp_outside_window",
  "signature_mismatch",
  ...SECRET_PROBLEMS,
  SOURCE_NOT_ALLOWED,
];

export function isRejection(failure: NotTaken): failure is Rejection {
  return "ok" in failure;
}

/** A quarantined request: it was rejected or could not be verified, and can be verified again. */
export interface RejectedRequest {
  /** `<provider>/<time>-<part of the request's id>`; ascends in the order of arrival within a provider. */
  readonly id: string;
  readonly provider: string;
  /** Id of the scheme that rejected it. */
  readonly scheme: string;
  /** RFC 3339. */
  readonly receivedAt: string;
  readonly reason: Reason;
  readonly detail: string;
  readonly diagnosis: Finding;
  readonly requestId: string;
  readonly sourceIp?: string;
  /** Parts of the request that verification needs. Headers and query can contain credentials. */
  readonly request: Pick<IngestRequest, "method" | "url" | "query" | "parameters" | "headers" | "body">;
}

/** Rate limit of quarantined requests for each provider and function instance: burst, and per second. */
export const QUARANTINE_BURST = 60;
export const QUARANTINE_PER_SECOND = 1;

/** Maximum size of a quarantined body, in bytes. */
export const MAX_QUARANTINED_BYTES = 256 * 1024;

/** Days after which a quarantined request is deleted. */
export const QUARANTINE_DAYS = 7;

/**
 * Returns whether only the provider can have sent the request, which is then quarantined regardless of size and rate.
 */
export function isGenuine({ scheme }: Provider, { reason }: NotTaken): boolean {
  return reason === SOURCE_NOT_ALLOWED && coverage(scheme) !== "unsigned";
}

/** Returns why a rejected request is not quarantined, or undefined if it is. */
export function reasonNotQuarantined(
  provider: Provider,
  request: IngestRequest,
  failure: NotTaken,
): string | undefined {
  if (isGenuine(provider, failure)) return undefined;
  if (request.body.length > MAX_QUARANTINED_BYTES)
    return `its body is larger than ${MAX_QUARANTINED_BYTES} bytes`;
  if (failure.reason === SOURCE_NOT_ALLOWED) return undefined;
  const unproved = !isRejection(failure) || failure.reason === "header_missing";
  return unproved && !carriesProof(provider.scheme, request) ? "it carries no signature" : undefined;
}

/** Returns the request to quarantine. @param receivedAt milliseconds since the epoch */
export function rejectedRequest(
  { name, scheme }: Provider,
  { method, url, query, parameters, headers, body, requestId, sourceIp }: IngestRequest,
  { reason, detail }: NotTaken,
  diagnosis: Finding,
  receivedAt: number,
): RejectedRequest {
  const time = new Date(receivedAt).toISOString();
  return {
    id: `${name}/${time.replace(/[-:.]/g, "")}-${requestId.replace(/[^A-Za-z0-9]/g, "").slice(0, 8)}`,
    provider: name,
    scheme: scheme.id,
    receivedAt: time,
    reason,
    detail,
    diagnosis,
    requestId,
    ...(sourceIp !== undefined && { sourceIp }),
    request: {
      method,
      ...(url !== undefined && { url }),
      ...(query !== undefined && { query }),
      ...(parameters !== undefined && { parameters }),
      headers: Object.fromEntries(
        Object.entries(headers).filter(([header]) => !NETWORK_HEADERS.test(header)),
      ),
      body,
    },
  };
}

/** Prefix of the keys of all quarantined requests; the provider and the day follow. */
export const REJECTED_PREFIX = "rejected/";

const ID = /^([a-z][a-z0-9-]*)\/((\d{4})(\d\d)(\d\d)T\d{9}Z-[A-Za-z0-9]{0,8})$/;

/**
 * Returns the key of a quarantined request's object, `rejected/<provider>/<yyyy-mm-dd>/<time>-<...>`; undefined if the
 * id is invalid.
 */
export function rejectedKey(id: string): string | undefined {
  const [, provider, rest, year, month, day] = ID.exec(id) ?? [];
  return provider && `${REJECTED_PREFIX}${provider}/${year}-${month}-${day}/${rest}`;
}

/** Returns the time at which a quarantined request was received, from its id, in milliseconds since the epoch. */
export function receivedAtOf(id: string): number {
  const [, date, time] = /(\d{8})T(\d{9})Z-/.exec(id) ?? [];
  const day = date?.replace(/(\d{4})(\d\d)(\d\d)/, "$1-$2-$3");
  return Date.parse(`${day}T${time?.replace(/(\d\d)(\d\d)(\d\d)(\d{3})/, "$1:$2:$3.$4")}Z`);
}

/** Returns the id in an object's key; undefined if it is not the key of a quarantined request. */
export function rejectedIdIn(key: string): string | undefined {
  const [, provider, , rest] = key.split("/");
  const id = `${provider}/${rest}`;
  return rejectedKey(id) === key ? id : undefined;
}

/** Returns the text to store: JSON, with the body in base64. */
export function formatRejected({ request, ...rejected }: RejectedRequest): string {
  return JSON.stringify({ ...rejected, request: { ...request, body: request.body.toString("base64") } });
}

/** Parses a quarantined request. @throws if the text was not written by {@link formatRejected} */
export function parseRejected(text: string): RejectedRequest {
  const { request, ...rejected } = JSON.parse(text) as Omit<RejectedRequest, "request"> & {
    readonly request: Omit<RejectedRequest["request"], "body"> & { readonly body: string };
  };
  return {
    ...rejected,
    request: {
      ...request,
      // Use no prototype, as in the original request: a provider may well name a header `constructor`.
      headers: Object.assign(Object.create(null) as object, request.headers),
      body: Buffer.from(request.body, "base64"),
    },
  };
}
