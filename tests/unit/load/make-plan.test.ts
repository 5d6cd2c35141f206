import { makePlan } from "../../../load/runner/make-plan";
import type { Target } from "../../../load/runner/target";
import type { ConfiguredScheme } from "../../../providers";

const stage = { burst: 10, rate: 5 };
const own = { event: { id: "body.id" } };

function planOf(schemes: Readonly<Record<string, ConfiguredScheme>>) {
  const providers = Object.fromEntries(
    Object.entries(schemes).map(([name, scheme]) => [name, { scheme, secret: "s3cr3t" }]),
  );
  const target = { endpoint: "https://abc.example.com/v1/webhook", providers } as unknown as Target;
  const amount = { seconds: 1, rate: 1, entities: 1 };
  const { plan, leftOut } = makePlan("smoke", target, amount, { stage, providers: {} });
  return { played: plan.senders.map(({ provider }) => provider), leftOut };
}

test("keyed hashes with keys of any form, tokens and passwords are played", () => {
  const { played, leftOut } = planOf({
    github: "github",
    standard: "standard-webhooks",
    hex: { hmac: { header: "X-Signature", key: { encoding: "hex" } }, ...own },
    bearer: { token: { header: "Authorization", prefix: "Bearer " }, ...own },
    query: { token: { query: "key" }, ...own },
    basic: { token: { basic: true }, ...own },
  });
  expect(played).toEqual(["github", "standard", "hex", "bearer", "query", "basic"]);
  expect(leftOut).toEqual([]);
});

test("what k6 cannot play is left out with the reason, and a stack of nothing else is none to play", () => {
  const cannot = {
    linear: "linear",
    wise: "wise",
    sendgrid: "sendgrid",
    meta: "meta",
    toast: { hmac: { header: "Toast-Signature", content: ["body", "body.timestamp"] }, ...own },
  };
  const { played, leftOut } = planOf({ ...cannot, github: "github" });
  expect(played).toEqual(["github"]);
  expect(leftOut).toEqual([
    { provider: "linear", reason: "its proof stands in the body" },
    { provider: "wise", reason: "the answer that it wants holds no id, so nothing could be looked up" },
    { provider: "sendgrid", reason: "k6 cannot make its signature" },
    { provider: "meta", reason: "the answer that it wants holds no id, so nothing could be looked up" },
    { provider: "toast", reason: "its proof stands in the body" },
  ]);
  expect(() => planOf(cannot)).toThrow("Left out: sendgrid (k6 cannot make its signature)");
});
