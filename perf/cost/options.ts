import { LEAST_PAYLOAD_BYTES } from "../bench/handlers/request";
import { MAX_BODY_BYTES } from "../../functions/domain/payload";
import { SECONDS_PER_MONTH } from "./monthly";

const SECONDS = { s: 1, min: 60, h: 3_600, day: 86_400, month: SECONDS_PER_MONTH } as const;
const BYTES = { B: 1, KB: 1_024, MB: 1_024 * 1_024 } as const;

/** Returns the webhooks a month for a rate such as `10/s` or `20000/day`. @throws naming what is allowed */
export function webhooksPerMonth(rate: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\/(s|min|h|day|month)$/.exec(rate) ?? [];
  if (Number(number) > 0) return (Number(number) * SECONDS.month) / SECONDS[unit as keyof typeof SECONDS];
  throw new Error(
    `--rate ${rate}: give a number and a unit, such as 10/s, 5/min, 100/h, 20000/day or 1000000/month`,
  );
}

/** Returns the bytes of a size such as `5KB`. @throws naming what is allowed */
export function payloadBytes(size: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(B|KB|MB)$/i.exec(size) ?? [];
  const bytes = Math.round(Number(number) * BYTES[(unit ?? "B").toUpperCase() as keyof typeof BYTES]);
  if (bytes >= LEAST_PAYLOAD_BYTES && bytes <= MAX_BODY_BYTES) return bytes;
  throw new Error(`--size ${size}: give ${LEAST_PAYLOAD_BYTES}B to ${MAX_BODY_BYTES}B, such as 5KB or 1MB`);
}

/** Returns a whole number from 0. @throws naming the option */
export function wholeNumber(name: string, text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new Error(`--${name} ${text}: give a whole number`);
}
