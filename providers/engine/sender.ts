import type { Scheme } from "./scheme";

/**
 * What a file of `senders/` exports; its name is the id of the scheme. The functions import the scheme alone, so that
 * esbuild leaves the rest out of their bundles.
 */
export interface Sender {
  readonly default: Scheme;
  readonly setup: Setup;
  readonly sample: Sample;
}

/** How the operator makes the provider send here. */
export interface Setup {
  /** The provider's own page on its signatures. */
  readonly docs: string;
  /** What to click or call at the provider, without a full stop. */
  readonly where: string;
  /** Which secret to copy, without a full stop. */
  readonly secret: string;
  /** What else one has to know, in whole sentences. */
  readonly notes?: string;
}

/** A webhook in the form of the provider's own examples, cut to what names the event, and what is read out of it. */
export interface Sample {
  /** A text is the body itself; everything else is sent as JSON. */
  readonly body: unknown;
  /** Headers that describe the event; those that prove it are made by signing. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What the scheme reads out of it. */
  readonly event: SampleEvent;
}

interface SampleEvent {
  /** The provider's own id; if there is none, the id is a hash. */
  readonly id?: string;
  readonly type: string;
  readonly entity?: string;
  readonly time?: string;
}

/** The moment at which samples happen, in RFC 3339. */
export const NOON = "2026-03-01T12:00:00.000Z";
/** The same since the epoch. */
export const NOON_S = 1_772_366_400;
export const NOON_MS = 1_772_366_400_000;
