import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { createHash } from "node:crypto";
import { once as nextEvent } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { once } from "../../../local/install/once";
import { run } from "../../../local/install/run";
import type { Engine } from "../asl";

const ARTIFACTS = join(__dirname, "artifacts.txt");
const REPOSITORY = "https://repo1.maven.org/maven2/";

/** Checks that there is a JDK that can run a source file with these libraries. @throws saying what to install */
async function assertJava(): Promise<void> {
  const missing =
    "These tests run AWS's own DynamoDB Local and a JSONata engine in Java: install a JDK, version 17 or later";
  const modules = await run("java", ["--list-modules"]).catch(() => undefined);
  if (modules === undefined)
    throw new Error(`${missing} (on Debian: apt install openjdk-17-jdk-headless); no java was found.`);
  if (!modules.includes("jdk.compiler"))
    throw new Error(
      `${missing}; the java that was found has no compiler (on Debian: apt install openjdk-17-jdk-headless).`,
    );
}

let checked: Promise<void> | undefined;
let folder: Promise<string> | undefined;

/** Returns the folder with the libraries, fetched once from Maven Central and each checked against its hash. */
const libraries = () => (folder ??= fetchLibraries());

function fetchLibraries(): Promise<string> {
  const list = readFileSync(ARTIFACTS, "utf8");
  const version = createHash("sha256").update(list).digest("hex").slice(0, 12);
  return once(`java-${version}`, async (making) => {
    mkdirSync(making, { recursive: true });
    const files = list.split("\n").filter((line) => /^[0-9a-f]{64} /.test(line));
    const fetchNext = async (): Promise<void> => {
      const [sha256 = "", path = ""] = files.pop()?.split(/\s+/) ?? [];
      if (!path) return;
      const response = await fetch(`${REPOSITORY}${path}`);
      if (!response.ok) throw new Error(`${REPOSITORY}${path} was answered ${response.status}`);
      const bytes = Buffer.from(await response.arrayBuffer());
      const found = createHash("sha256").update(bytes).digest("hex");
      if (found !== sha256) throw new Error(`${path} has the hash ${found}, not the pinned ${sha256}`);
      writeFileSync(join(making, basename(path)), bytes);
      return fetchNext();
    };
    await Promise.all(Array.from({ length: 8 }, fetchNext));
  });
}

interface JavaProgram {
  readonly process: ChildProcessWithoutNullStreams;
  readonly lines: Interface;
  /** Returns what it wrote to standard error, for an error message. */
  readonly complaints: () => string;
  stop(): Promise<void>;
}

async function start(source: string): Promise<JavaProgram> {
  await (checked ??= assertJava());
  const folder = await libraries();
  // Start quickly: a test takes seconds, in which neither the second compiler nor a parallel collector pays.
  const fast = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"];
  const options = [`-Djava.library.path=${folder}`, ...fast, "-cp", join(folder, "*")];
  const child = spawn("java", [...options, join(__dirname, source)]);
  let complaints = "";
  child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
  const lines = createInterface({ input: child.stdout });
  return {
    process: child,
    lines,
    complaints: () => complaints.slice(-2_000),
    stop: async () => {
      child.stdin.end();
      if (child.exitCode === null && child.signalCode === null) await nextEvent(child, "exit");
    },
  };
}

/** Starts AWS's own DynamoDB in memory, without any table. */
export async function startDynamoDbLocal(): Promise<{ endpoint: string; stop(): Promise<void> }> {
  const { lines, complaints, stop } = await start("DynamoDbLocal.java");
  const port = await new Promise<string>((resolve, reject) => {
    lines.on("line", (line) => {
      const [, told] = /^port (\d+)$/.exec(line) ?? [];
      if (told !== undefined) resolve(told);
    });
    lines.once("close", () =>
      reject(new Error(`DynamoDB Local ended before it reported its port: ${complaints()}`)),
    );
  });
  return { endpoint: `http://127.0.0.1:${port}`, stop };
}

/** Starts Dashjoin's JSONata engine, with the depth limit of Step Functions. */
export async function startDashjoin(): Promise<{ engine: Engine; stop(): Promise<void> }> {
  const { process: child, lines, complaints, stop } = await start("SecondEngine.java");
  const waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  lines.on("line", (line) => waiting.shift()?.resolve(line));
  lines.once("close", () => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`the engine ended: ${complaints()}`));
  });
  return {
    stop,
    engine: async (expression, variables) => {
      const line = new Promise<string>((resolve, reject) => waiting.push({ resolve, reject }));
      child.stdin.write(`${JSON.stringify({ expression, variables })}\n`);
      const { value, error } = JSON.parse(await line) as { value?: unknown; error?: string };
      if (error !== undefined) throw new Error(error);
      return value;
    },
  };
}
