import { handshake, verify } from "../../../../providers";
import {
  typicalSchemes,
  NOW,
  OTHER_SECRET,
  scheme,
  SECRET,
  signed,
} from "../../../support/providers/requests";

const slack = scheme("slack");
// From https://docs.slack.dev/reference/events/url_verification
const challenge = {
  token: "Jhj5dZrVaK7ZwHHjRyZWjbDl",
  challenge: "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P",
  type: "url_verification",
};
const body = Buffer.from(JSON.stringify(challenge));

describe("Slack's url_verification", () => {
  it("is signed like every other request, and only then answered with the bare challenge", () => {
    const incoming = signed(slack, {}, body);
    expect(verify(slack, incoming, [SECRET], NOW).ok).toBe(true);
    expect(verify(slack, incoming, [OTHER_SECRET], NOW).ok).toBe(false);
    expect(handshake(slack, incoming, challenge)).toEqual({
      status: 200,
      headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" },
      body: challenge.challenge,
    });
  });

  it.each([
    [{ ...challenge, type: "event_callback" }],
    [{ ...challenge, type: ["url_verification"] }],
    [{ type: "url_verification" }],
    [{ ...challenge, challenge: "" }],
    [{ ...challenge, challenge: 7 }],
    [{ ...challenge, challenge: { toString: "x" } }],
    [{ ...challenge, challenge: "a\r\nb" }],
    [{ ...challenge, challenge: "a".repeat(1025) }],
    [[challenge]],
    [null],
    ["url_verification"],
  ])("%j is no challenge, or one that is not answered", (payload) => {
    expect(handshake(slack, signed(slack, {}, body), payload)).toBeUndefined();
  });
});

it.each(typicalSchemes.filter(([id]) => id !== "slack"))("%s answers no handshake", (_id, of) => {
  expect(handshake(of, signed(of, {}, body), challenge)).toBeUndefined();
});
