import { secondsBehind } from "../clock";
import { ok, problem, unknown, warning, type Check } from "./finding";

/** Seconds of difference from which a warning is given, and from which signatures made by this clock are rejected. */
const NOTICEABLE_SECONDS = 30;
const REJECTED_SECONDS = 300;

/** Compares this machine's clock, which `webhooks send` and the test webhook sign with, to the endpoint's. */
export const clock: Check = {
  name: "clock",
  async examine({ outputs }) {
    const seconds = await secondsBehind(outputs.api_endpoint);
    if (seconds === undefined) return [unknown("clock", "the endpoint's answer has no date")];
    const found = `this machine is ${Math.abs(seconds).toFixed(0)} s ${seconds > 0 ? "behind" : "ahead of"} AWS`;
    const fix = "Synchronise this machine's clock (NTP): signatures made with a wrong clock are rejected.";
    if (Math.abs(seconds) >= REJECTED_SECONDS) return [problem("clock", found, fix)];
    if (Math.abs(seconds) >= NOTICEABLE_SECONDS) return [warning("clock", found, fix)];
    return [ok("clock", "within a second of AWS")];
  },
};
