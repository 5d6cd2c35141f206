import { cbor } from "@smithy/core/cbor";
import {
  SERVICES,
  type Member,
  type Model,
  type Models,
  type Operation,
  type ServiceName,
  type Shape,
} from "./model";
import type { AwsCall } from "./violations";

/** An HTTP request to AWS, as it is sent. */
export interface RawRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

/** Query parameters and headers that every call may have, whether or not its model contains them. */
const COMMON_QUERY = new Set(["x-id"]);
const COMMON_AMZ_HEADERS =
  /^x-amz-(date|security-token|content-sha256|target|user-agent|sdk-.*|trailer|decoded-content-length)$|^x-amzn-(trace-id|query-mode)$/;

/**
 * Returns the operation and the input of a request, by the service's protocol. Parts of its path, query and `x-amz-`
 * headers that are not in the model stay in the input, so that a check finds them.
 * @throws if no operation of the service has its method and path
 */
export function parseRequest(models: Models, request: RawRequest): AwsCall {
  const service = serviceOf(models, request);
  const target = header(request, "x-amz-target");
  if (target) {
    const operation = target.split(".").at(-1) ?? "";
    return { service, operation, input: parseJson(request.body) };
  }
  const rpc = /^\/service\/[^/]+\/operation\/(\w+)/.exec(request.url)?.[1];
  if (rpc !== undefined)
    return { service, operation: rpc, input: cbor.deserialize(new Uint8Array(request.body)) as unknown };
  if (models[service].metadata.protocol === "query") return queryCall(service, request.body.toString());
  const { operation, labels } = matchOperation(models[service], request);
  return {
    service,
    operation: operation.name,
    input: restInput(models[service], operation, labels, request),
  };
}

/** Reads a form with the operation in `Action`. @throws if a member is not a scalar, which no call here has */
function queryCall(service: ServiceName, body: string): AwsCall {
  const form = new URLSearchParams(body);
  const operation = form.get("Action") ?? "";
  for (const name of ["Action", "Version"]) form.delete(name);
  const nested = [...form.keys()].find((name) => name.includes("."));
  if (nested !== undefined)
    throw new Error(`${nested} of ${operation} is not read here; add it in request.ts`);
  return { service, operation, input: Object.fromEntries(form) };
}

/** Returns the service for which the request is signed. */
function serviceOf(models: Models, request: RawRequest): ServiceName {
  const scope = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\/aws4_request/.exec(header(request, "authorization"));
  const name = scope?.[1];
  const found = SERVICES.find((service) => {
    const { signingName, endpointPrefix } = models[service].metadata;
    return (signingName ?? endpointPrefix) === name;
  });
  if (!found)
    throw new Error(`a call to ${name}, which is not among the services in tests/support/aws/model.ts`);
  return found;
}

/** Returns the access key that signed the request. */
export function accessKeyOf(request: RawRequest): string {
  return /Credential=([^/]+)\//.exec(header(request, "authorization"))?.[1] ?? "";
}

const header = ({ headers }: RawRequest, name: string) => String(headers[name] ?? "");
const parseJson = (body: Buffer): unknown => (body.length === 0 ? {} : JSON.parse(body.toString()));

/**
 * Returns the operation with the request's path and fixed query parameters; of several, the one with most parameters.
 */
function matchOperation(model: Model, { method, url, headers }: RawRequest) {
  const [path = "", query = ""] = url.split("?");
  const given = new URLSearchParams(query);
  const [best] = Object.values(model.operations)
    .filter(({ http }) => http.method === method)
    .flatMap((operation) => {
      const [template = "", fixedQuery = ""] = operation.http.requestUri.split("?");
      const fixed = [...new URLSearchParams(fixedQuery)];
      if (fixed.some(([name, value]) => given.get(name) !== value)) return [];
      const { required: names = [], members = {} } = model.shapes[operation.input?.shape ?? ""] ?? {};
      const required = names.flatMap((name) => members[name] ?? []);
      const isMissing = ({ location, locationName = "" }: Member) =>
        (location === "querystring" && !given.has(locationName)) ||
        (location === "header" && headers[locationName.toLowerCase()] === undefined);
      if (required.some(isMissing)) return [];
      const groups = pathPattern(template).exec(path)?.groups;
      if (!groups && !pathPattern(template).test(path)) return [];
      const labels = Object.entries(groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
      return [{ operation, fixed, required, labels: Object.fromEntries(labels) as Record<string, string> }];
    })
    .sort((a, b) => b.fixed.length + b.required.length - a.fixed.length - a.required.length);
  if (!best) throw new Error(`no operation of ${model.metadata.serviceId} is called by ${method} ${url}`);
  return best;
}

/** Returns a pattern for a path such as `/{Bucket}/{Key+}`. A trailing slash does not matter. */
function pathPattern(template: string): RegExp {
  const source = template
    .replace(/\/$/, "")
    .replace(/[.]/g, "\\.")
    .replace(/\{(\w+)\+\}/g, "(?<$1>.+)")
    .replace(/\{(\w+)\}/g, "(?<$1>[^/]+)");
  return new RegExp(`^${source}/?$`);
}

function restInput(
  model: Model,
  { input, http }: Operation,
  labels: Readonly<Record<string, string>>,
  request: RawRequest,
): Record<string, unknown> {
  const shape: Shape = model.shapes[input?.shape ?? ""] ?? { type: "structure" };
  const query = new URLSearchParams(request.url.split("?")[1] ?? "");
  for (const [name] of new URLSearchParams(http.requestUri.split("?")[1] ?? "")) query.delete(name);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  const members: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(shape.members ?? {})) {
    const wire = member.locationName ?? name;
    const typed = (text: string) => scalar(model.shapes[member.shape]?.type, text);
    if (member.location === "uri") members[name] = labels[wire];
    if (member.location === "querystring" && query.has(wire)) {
      const values = query.getAll(wire);
      members[name] = model.shapes[member.shape]?.type === "list" ? values : typed(values[0] ?? "");
      query.delete(wire);
    }
    if (member.location === "header" && headers[wire.toLowerCase()] !== undefined) {
      members[name] = typed(headers[wire.toLowerCase()] ?? "");
      delete headers[wire.toLowerCase()];
    }
    if (member.location === "headers") {
      const prefix = wire.toLowerCase();
      const own = Object.entries(headers).filter(([key]) => key.startsWith(prefix));
      if (own.length > 0)
        members[name] = Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
      for (const [key] of own) delete headers[key];
    }
  }
  for (const [name, value] of query) if (!COMMON_QUERY.has(name)) members[`?${name}`] = value;
  for (const [name, value] of Object.entries(headers))
    if (name.startsWith("x-amz") && !COMMON_AMZ_HEADERS.test(name)) members[`header ${name}`] = value;
  return { ...members, ...restBody(model, shape, request) };
}

function restBody(model: Model, shape: Shape, { body, url }: RawRequest): Record<string, unknown> {
  if (shape.payload !== undefined) {
    const payload = model.shapes[shape.members?.[shape.payload]?.shape ?? ""];
    if (payload?.type === "blob" || payload?.type === "string") return { [shape.payload]: body };
    if (body.length === 0) return {};
    throw new Error(`a body that is a ${payload?.type} in XML is not read here; add it in request.ts`);
  }
  if (body.length === 0) return {};
  if (model.metadata.protocol !== "rest-json")
    throw new Error(`a body where the operation takes none: ${url}`);
  return JSON.parse(body.toString()) as Record<string, unknown>;
}

function scalar(type: string | undefined, text: string): unknown {
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  if (["integer", "long", "float", "double"].includes(type ?? "")) return Number(text);
  return text;
}
