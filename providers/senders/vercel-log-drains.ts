import { describedBy } from "../engine/headers";
import type { Sample, Setup } from "../engine/sender";
import { bodyHmac } from "../recipes/body-hmac";
import { NOSNIFF, textAnswer, unprovedChallenge } from "../recipes/challenges";

export const setup: Setup = {
  docs: "https://vercel.com/docs/drains/security",
  where: "team Settings > Drains > Add Drain",
  secret: "the signature verification secret of the drain",
};

/**
 * Answers Vercel's unsigned test of a drain with a header that contains the token that Vercel shows when the drain is
 * added.
 */
const drainVerification = unprovedChallenge(
  "POST",
  ({ request, verifyTokens: [token] = [] }) => {
    if (token === undefined || describedBy(request.headers, ["x-vercel-signature"]) !== undefined)
      return undefined;
    return { ...textAnswer(""), headers: { "x-vercel-verify": token, ...NOSNIFF } };
  },
  { verifyToken: true },
);

export default bodyHmac({
  id: "vercel-log-drains",
  name: "Vercel log drains",
  header: "x-vercel-signature",
  hash: "sha1",
  contentTypes: ["application/json", "application/x-ndjson"],
  handshakes: [drainVerification],
  event: { type: { text: "logs" }, entity: "*.projectId" },
  otherwise: { by: "body", because: "Every line has an id and a time." },
  elements: { at: "*", id: "id", type: "source", time: { ms: "timestamp" }, entity: "projectId" },
});

export const sample: Sample = { body: [{ projectId: "prj_1" }], event: { type: "logs", entity: "prj_1" } };
