import { assertOwnHost } from "../../../load/runner/target";
import { parseOptions } from "../../../load/runner/options";

describe("load goes to the stack's own endpoint", () => {
  const own = "https://abc.execute-api.us-east-1.amazonaws.com/v1/webhook";

  test("and to no other host", () => {
    expect(() => assertOwnHost(own, own, false)).not.toThrow();
    expect(() => assertOwnHost("https://example.com/v1/webhook", own, false)).toThrow(
      "example.com is not the stack's own endpoint (abc.execute-api.us-east-1.amazonaws.com)",
    );
    expect(() =>
      assertOwnHost("https://abc.execute-api.us-east-1.amazonaws.com.evil.example/", own, false),
    ).toThrow("not the stack's own endpoint");
    expect(() => assertOwnHost("not an address", own, false)).toThrow("is no address");
  });

  test("unless it is said to be one's own", () => {
    expect(() => assertOwnHost("https://hooks.example.com/webhook", own, true)).not.toThrow();
  });
});

describe("options", () => {
  test("have amounts of their own for each kind", () => {
    expect(parseOptions(["soak", "--seconds", "3600"])).toMatchObject({
      kind: "soak",
      amount: { seconds: 3600, rate: 10 },
      where: { stack: "own" },
    });
  });

  test.each([
    [[], "Say which: smoke, throttle"],
    [["smok"], "Say which"],
    [["soak", "--rate=-1"], "--rate -1"],
    [["throttle", "--expect", "5000"], "give burst and rate"],
    [["smoke", "--url", "https://example.com"], "needs --outputs and --stack"],
    [["smoke", "--outputs", "o.json"], "needs --outputs and --stack"],
  ])("%j are refused", (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});
