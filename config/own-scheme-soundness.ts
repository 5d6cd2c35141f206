import { ConfigurationError, requiredHeaders, schemeOf, type OwnScheme } from "../providers";

export const OR_OWN =
  "allowed is the name of a scheme, or one of { hmac: ... }, { token: ... } and { standardWebhooks: ... }";

/** A problem of a user's own scheme, and its place in the scheme. */
export interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Returns the problems for which a scheme cannot work or could not be secure. */
export function soundness(own: OwnScheme): readonly Problem[] {
  const kinds = [own.hmac, own.token, own.standardWebhooks].filter((kind) => kind !== undefined);
  if (kinds.length !== 1) return [{ path: [], message: OR_OWN }];
  const { token } = own;
  if (token && [token.header, token.query, token.basic].filter((at) => at !== undefined).length !== 1)
    return [{ path: ["token"], message: "allowed is exactly one of header, query and basic" }];
  if (token?.prefix !== undefined && token.header === undefined)
    return [{ path: ["token", "prefix"], message: "only a header has one: leave it out" }];
  const problems = [...(own.hmac ? hmacProblems(own.hmac) : []), ...idProblems(own)];
  return problems.length > 0 ? problems : compiled(own);
}

function hmacProblems(hmac: NonNullable<OwnScheme["hmac"]>): readonly Problem[] {
  const { content = ["body"], timestamp, list, prefix, covers } = hmac;
  const problems: Problem[] = [];
  const problem = (path: string, message: string) => problems.push({ path: ["hmac", path], message });
  const signsTime = content.includes("timestamp");
  const fields = content.filter((one) => typeof one === "string" && one.startsWith("field."));
  if (timestamp) {
    const at = [timestamp.header, timestamp.field, timestamp.body].filter((one) => one !== undefined);
    if (at.length !== 1)
      problem("timestamp", "allowed is exactly one of header, field and body: where the time of signing is");
    if (!signsTime && (timestamp.body === undefined || !content.includes("body")))
      problem(
        "content",
        'leaves out timestamp, so that anyone could change it: allowed is such as [timestamp, ".", body]',
      );
  } else if (signsTime) {
    problem(
      "content",
      "has timestamp, and nothing says where it is: add timestamp: { header: <Name> }, { field: <name> } or { body: <path> }",
    );
  }
  if ((timestamp?.field !== undefined || fields.length > 0) && !list)
    problem("list", "is needed, since a field is an item of it: allowed is such as { signature: v1 }");
  if (list && prefix !== undefined)
    problem("prefix", "a list has no prefix: leave it out, or give list: { signature: <name> }");
  if (list && (list.signature === undefined) === (list.fields === undefined))
    problem("list", "allowed is exactly one of signature and fields");
  if (list?.fields && (list.separator ?? ",") !== ",")
    problem("list", "values by their position are separated by commas");
  if (!content.includes("body") && covers === undefined)
    problem(
      "content",
      "leaves out body, so that anyone who has seen one request can send other events with its signature: add body, or covers: part to take that on",
    );
  if (content.includes("body") && covers !== undefined)
    problem("covers", "the content holds body: leave it out");
  return problems;
}

/** Returns the problems of ids that would identify nothing, or that a replay could change. */
function idProblems({ event, hmac, token }: OwnScheme): readonly Problem[] {
  const given = event?.id === undefined ? [] : [event.id].flat();
  const content = hmac?.content ?? ["body"];
  const problem = (message: string): Problem => ({ path: ["event", "id"], message });
  const isSigned = (id: string) => (hmac ? content.includes(id) : false);
  const headers = given.filter((id) => id.startsWith("header.") && !isSigned(id));
  const changeable = given.filter(
    (id) => id.startsWith("body.") && hmac && !content.includes("body") && !isSigned(id),
  );
  return [
    ...(!hmac && !token && headers.length > 0
      ? [
          problem(
            "the signed header with the id identifies the event already: leave it out, or name a value of the body",
          ),
        ]
      : []),
    ...(headers.length > 1
      ? [
          problem(
            `${headers.join(" and ")} are not signed: one such header identifies an event, together with its content`,
          ),
        ]
      : []),
    ...changeable.map((id) =>
      problem(
        `${id} is not signed, so a replay could change it and be taken for another event: add it to content`,
      ),
    ),
  ];
}

/** Returns the problems that only the engine itself finds. */
function compiled(own: OwnScheme): readonly Problem[] {
  try {
    const found = schemeOf(own);
    if (found) requiredHeaders(found);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return [{ path: [], message: error.message }];
  }
}
