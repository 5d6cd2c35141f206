import type { Scheme } from "./scheme";

/**
 * Exports of a file of `senders/`, whose name is the id of the scheme. The functions import only the scheme, so that
 * esbuild leaves the rest out of their bundles.
 */
export interface Sender {
  readonly default: Scheme;
  readonly setup: Setup;
  readonly sample: Sample;
}

/** Instructions for the operator, to make the provider send webhooks to the inbox. */
export interface Setup {
  /** URL of the provider's docs about its signatures. */
  readonly docs: string;
  /** What to click or call at the provider, without a full stop. */
  readonly where: string;
  /** Which secret to copy, without a full stop. */
  readonly secret: string;
  /** Further instructions, in whole sentences. */
  readonly notes?: string;
}

/**
 * A webhook in the form of the provider's own examples, reduced to what identifies the event, with the expected facts.
 */
export interface Sample {
  /** Body: a text is sent as it is, everything else as JSON. */
  readonly body: unknown;
  /** Headers that describe the event; signing adds those that prove it. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Facts that the scheme must read from the webhook. */
  readonly event: SampleEvent;
}

interface SampleEvent {
  /** The provider's own id. @default a hash */
  readonly id?: string;
  readonly type: string;
  readonly entity?: string;
  readonly time?: string;
}

/** Time of the sample events, in RFC 3339. */
export const NOON = "2026-03-01T12:00:00.000Z";
/** Time of the sample events, in seconds and milliseconds since the epoch. */
export const NOON_S = 1_772_366_400;
export const NOON_MS = 1_772_366_400_000;
