import { createHash, createPublicKey } from "node:crypto";
import { verify } from "../../../../providers";
import {
  CERTIFICATE_AUTHORITY,
  certificateDer,
  markerExtension,
  type TestCertificate,
} from "../../../../providers/engine/test-certificates";
import { keyPair } from "../../../../providers/engine/test-keys";
import { makeJws } from "../../../../providers/recipes/jwt";
import { NOW, request } from "../../../support/providers/requests";
import { custom } from "../../../support/providers/senders";

const [ROOT, INTERMEDIATE, LEAF, OTHER] = [1, 2, 3, 4].map(() => keyPair("ec").signWith) as [
  string,
  string,
  string,
  string,
];
const DAY = 86_400_000;
const VALID = { from: NOW - DAY, to: NOW + DAY };
const LEAF_MARKER = markerExtension("2a864886f76364060b01");
const INTERMEDIATE_MARKER = markerExtension("2a864886f76364060201");
const APP = { notificationUUID: "u1", data: { bundleId: "com.example.shop" } };

const root = { ...VALID, key: ROOT, name: "root", extensions: [CERTIFICATE_AUTHORITY] };
const intermediate = {
  ...VALID,
  key: INTERMEDIATE,
  name: "intermediate",
  issuer: root,
  extensions: [CERTIFICATE_AUTHORITY, INTERMEDIATE_MARKER],
};
const leaf = { ...VALID, key: LEAF, name: "leaf", issuer: intermediate, extensions: [LEAF_MARKER] };

interface Chain {
  readonly leaf?: Partial<TestCertificate>;
  readonly intermediate?: Partial<TestCertificate>;
  readonly signer?: string;
  readonly claims?: unknown;
  readonly secrets?: readonly string[];
  readonly count?: number;
}

const rootHash = createHash("sha256")
  .update(createPublicKey(ROOT).export({ type: "spki", format: "der" }))
  .digest("hex");
const SECRET = `com.example.shop:${rootHash}`;

/** The verdict on a notification whose chain differs in this from a good one. */
function verdict(over: Chain = {}) {
  const { signer = LEAF, claims = APP, secrets = [SECRET], count = 3 } = over;
  const chain = [{ ...leaf, ...over.leaf }, { ...intermediate, ...over.intermediate }, root, root];
  const x5c = chain.slice(0, count).map((one) => certificateDer(one).toString("base64"));
  const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
  const signedPayload = makeJws({ alg: "ES256", x5c }, payload, signer);
  const body = Buffer.from(JSON.stringify({ signedPayload }));
  return verify(custom("apple-app-store"), request({}, body), secrets, NOW);
}

test("a chain as Apple makes it, about this app, is taken", () => {
  expect(verdict()).toEqual({ ok: true, secretIndex: 0 });
  expect(verdict({ secrets: [`com.example.other:${rootHash}`, SECRET] })).toEqual({
    ok: true,
    secretIndex: 1,
  });
});

test.each<[string, Chain]>([
  [
    "whose root is not the configured one, as a bundle id alone means Apple's",
    { secrets: ["com.example.shop"] },
  ],
  ["with a leaf for another purpose", { leaf: { extensions: [INTERMEDIATE_MARKER] } }],
  [
    "with an intermediate for another purpose",
    { intermediate: { extensions: [CERTIFICATE_AUTHORITY, LEAF_MARKER] } },
  ],
  ["with an intermediate that may not sign others", { intermediate: { extensions: [INTERMEDIATE_MARKER] } }],
  ["with a leaf that another key signed", { leaf: { issuer: { key: OTHER, name: "intermediate" } } }],
  [
    "with an intermediate that another key signed",
    { intermediate: { issuer: { key: OTHER, name: "root" } } },
  ],
  ["with a leaf of another name's", { leaf: { issuer: { key: INTERMEDIATE, name: "other" } } }],
  ["whose leaf has ended", { leaf: { to: NOW - 2_000 } }],
  ["whose intermediate has not begun", { intermediate: { from: NOW + 2_000 } }],
  ["that another key than the leaf's signed with", { signer: OTHER }],
  ["about another app", { claims: { ...APP, data: { bundleId: "com.example.evil" } } }],
  ["about no app", { claims: { notificationUUID: "u1" } }],
])("a chain %s is rejected", (_, over) => {
  expect(verdict(over)).toMatchObject({ ok: false, reason: "signature_mismatch" });
});

test.each([2, 4])("%i certificates are none of Apple's", (count) => {
  expect(verdict({ count })).toMatchObject({ ok: false, reason: "body_malformed" });
});
