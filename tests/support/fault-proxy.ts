import {
  ChangeMessageVisibilityCommand,
  SQSClient,
  type ChangeMessageVisibilityCommandInput,
} from "@aws-sdk/client-sqs";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer, text } from "node:stream/consumers";
import type { Emulator } from "../../local/emulator";
import type { RawRequest } from "./aws/request";
import { functionWorkers } from "./function-workers";

/** What happens to one AWS call of a function. */
export type Fault =
  /** The call is rejected with this status and has no effect. */
  | { readonly kind: "reject"; readonly status: 400 | 500 | 503; readonly code: string }
  /** The connection breaks before AWS receives the call. */
  | { readonly kind: "break-before" }
  /** The call takes effect, and the connection breaks before the answer. */
  | { readonly kind: "break-after" }
  /** The calling function is killed, before AWS receives the call or after it took effect. */
  | { readonly kind: "kill-before" | "kill-after" }
  /** The call is answered late. */
  | { readonly kind: "delay"; readonly milliseconds: number }
  /** The call is never answered and has no effect. */
  | { readonly kind: "hang" };

/** One AWS call as the proxy sees it. */
export interface Call {
  /** AWS's name of the call, such as `DynamoDB.UpdateItem` or `S3.PutObject`; `Lambda` for all other services. */
  readonly action: string;
  readonly body: string;
  readonly request: RawRequest;
}

/** A call as it was sent, with the emulator's answer. */
export interface Recorded {
  /** Time of the answer, in milliseconds since the epoch. */
  readonly at: number;
  readonly request: RawRequest;
  readonly answer: { readonly status: number; readonly body: Buffer };
}

export const throttled: Fault = { kind: "reject", status: 400, code: "ThrottlingException" };
export const serverError: Fault = { kind: "reject", status: 500, code: "InternalServerError" };
export const unavailable: Fault = { kind: "reject", status: 503, code: "ServiceUnavailable" };
export const breakBefore: Fault = { kind: "break-before" };
export const breakAfter: Fault = { kind: "break-after" };
export const hang: Fault = { kind: "hang" };
export const killBefore: Fault = { kind: "kill-before" };
export const killAfter: Fault = { kind: "kill-after" };

export type FaultProxy = Awaited<ReturnType<typeof startFaultProxy>>;

/**
 * Starts a proxy between the functions and the emulator that makes calls fail as instructed.
 * @param decide called for each call; undefined forwards it
 */
export async function startFaultProxy(decide: (call: Call) => Fault | undefined = () => undefined) {
  let decideNow = decide;
  let target: Emulator["client"] | undefined;
  let waitDivisor = 1;
  let emulatorPid: number | undefined;
  let recording: Recorded[] | undefined;
  const seen: { readonly action: string; readonly fault: Fault["kind"] | undefined }[] = [];

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });

  /** Kills all functions, since it is unknown which one made the call. */
  function killFunctions(): void {
    if (emulatorPid === undefined) throw new Error("the fault proxy does not know the emulator's process");
    for (const pid of functionWorkers(emulatorPid)) process.kill(pid, "SIGKILL");
  }

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await text(incoming.setEncoding("latin1"));
    const { method = "", url = "", headers } = incoming;
    const request = { method, url, headers, body: Buffer.from(body, "latin1") };
    const call = { action: actionOf(incoming), body, request };
    const fault = decideNow(call);
    seen.push({ action: call.action, fault: fault?.kind });
    if (fault?.kind === "kill-before") killFunctions();
    if (fault?.kind === "break-before" || fault?.kind === "kill-before")
      return void incoming.socket.destroy();
    if (fault?.kind === "hang") return;
    if (fault?.kind === "reject") return reject(outgoing, fault);
    if (fault?.kind === "delay") await new Promise((resolve) => setTimeout(resolve, fault.milliseconds));
    const answer = await forward(incoming, body);
    if (fault?.kind === "kill-after") killFunctions();
    if (fault?.kind === "break-after" || fault?.kind === "kill-after") {
      answer.resume();
      return void incoming.socket.destroy();
    }
    await shorten(call);
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    if (!recording) return void answer.pipe(outgoing);
    const at = Date.now();
    const answered = await buffer(answer);
    recording.push({ at, request, answer: { status: answer.statusCode ?? 500, body: answered } });
    outgoing.end(answered);
  }

  /** Makes the same call again with a shorter wait: a signed body cannot be changed. */
  async function shorten({ action, body }: Call): Promise<void> {
    if (waitDivisor === 1 || !target || action !== "SQS.ChangeMessageVisibility") return;
    const wait = JSON.parse(body) as ChangeMessageVisibilityCommandInput;
    const sqs = new SQSClient(target);
    const VisibilityTimeout = Math.ceil(Number(wait.VisibilityTimeout) / waitDivisor);
    await sqs.send(new ChangeMessageVisibilityCommand({ ...wait, VisibilityTimeout }));
  }

  function forward({ url, method, headers }: IncomingMessage, body: string): Promise<IncomingMessage> {
    if (!target) throw new Error("the fault proxy has no target yet");
    const { hostname, port } = new URL(target.endpoint);
    return new Promise((resolve, reject) => {
      const sent = request({ hostname, port, path: url, method, headers }, resolve);
      sent.once("error", reject);
      sent.end(body, "latin1");
    });
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Every call so far, in order. */
    seen,
    forwardTo: (emulator: Emulator): void => {
      target = emulator.client;
      emulatorPid = emulator.process.pid;
    },
    /** Records all calls from now on. @returns a list of them, in the order of their answers, which grows */
    record: (): readonly Recorded[] => (recording ??= []),
    /** Changes what happens to calls from now on. */
    decide: (next: (call: Call) => Fault | undefined) => void (decideNow = next),
    /** Divides the visibility timeouts that the functions set, as if the clock ran faster. */
    shortenWaits: (divisor: number) => void (waitDivisor = divisor),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function actionOf({ headers, method, url = "" }: IncomingMessage): string {
  const target = String(headers["x-amz-target"] ?? "");
  if (target)
    return target
      .replace(/_\d+/, "")
      .replace("AWSStepFunctions", "StepFunctions")
      .replace("AmazonSQS", "SQS");
  return url.startsWith("/2015-03-31/") ? "Lambda" : `S3.${method === "PUT" ? "PutObject" : "GetObject"}`;
}

/** Answers with an error in the services' format: JSON with the code in a header, XML for S3. */
function reject(outgoing: ServerResponse, { status, code }: Extract<Fault, { kind: "reject" }>): void {
  outgoing.writeHead(status, { "content-type": "application/x-amz-json-1.0", "x-amzn-errortype": code });
  outgoing.end(JSON.stringify({ __type: code, message: "put in by the fault proxy" }));
}

/** Returns a seeded generator of numbers from 0 to 1 (mulberry32), so that faults can be repeated. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
