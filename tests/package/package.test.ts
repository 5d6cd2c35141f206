import { execFile } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../local/paths";

jest.setTimeout(600_000);

const run = (command: string, args: readonly string[], cwd: string) =>
  promisify(execFile)(command, args, { cwd, maxBuffer: 1e8 }).then(({ stdout }) => stdout);

/** The example as a stranger has it: a folder outside the clone, with the packed package from the registry's dependencies. */
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "webhook-inbox-package-"));
  cpSync(join(ROOT, "examples/own-program"), folder, { recursive: true });
  await run("npm", ["pack", "--silent", "--pack-destination", folder], ROOT);
  const tarball = readdirSync(folder).find((file) => file.endsWith(".tgz")) ?? "";
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    devDependencies: { stripe: string };
  };
  const packages = [`./${tarball}`, `stripe@${devDependencies.stripe}`];
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", ...packages], folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the package's command runs", async () => {
  expect(await run("npx", ["--no-install", "webhooks", "--help"], folder)).toContain("Usage: webhooks");
});

test("it holds what a deployment needs, and no tests", () => {
  const files = readdirSync(join(folder, "node_modules/webhook-inbox"));
  expect(files.sort()).toEqual([
    ...["LICENSE", "README.md", "aws-limits.ts", "cli", "consumer", "dist", "functions", "package.json"],
    ...["providers", "statemachines"],
  ]);
});

test("its dependencies are what its code imports, also where that is loaded late, and nothing else", () => {
  const installed = join(folder, "node_modules/webhook-inbox");
  const { dependencies } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as {
    dependencies: object;
  };
  const sources = ["dist", "functions", "providers"].flatMap((part) =>
    readdirSync(join(installed, part), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(js|ts)$/.test(file) && !file.startsWith("types"))
      .map((file) => readFileSync(join(installed, part, file), "utf8")),
  );
  const imported = sources.flatMap((text) =>
    [
      ...text.matchAll(/(?:require|import)\("([^".][^"]*)"\)|^import (?!type ).* from "([^".][^"]*)";$/gm),
    ].map(([, required, from]) => required ?? from ?? ""),
  );
  const packages = imported
    .filter((name) => !isBuiltin(name))
    .map((name) => name.split("/", name.startsWith("@") ? 2 : 1).join("/"));
  expect([...new Set(packages)].sort()).toEqual(Object.keys(dependencies).sort());
});

/** Files that are compiled with the same options, as JSON: with each, the compiler reads all of Pulumi's types once. */
function sortedByOptions(): Map<string, string[]> {
  const sorted = new Map<string, string[]>();
  for (const name of readdirSync(join(ROOT, "examples"))) {
    const settings = join(ROOT, "examples", name, "tsconfig.json");
    if (!existsSync(settings)) continue;
    // Within the folder, so that it finds the package there.
    cpSync(join(ROOT, "examples", name), join(folder, name), { recursive: true });
    const { compilerOptions, files } = JSON.parse(readFileSync(settings, "utf8")) as {
      compilerOptions: object;
      files: string[];
    };
    const options = JSON.stringify(compilerOptions);
    sorted.set(options, [...(sorted.get(options) ?? []), ...files.map((file) => join(name, file))]);
  }
  return sorted;
}

test("its types hold in every example, strictly, and reject an argument that is not known", async () => {
  writeFileSync(
    join(folder, "wrong.ts"),
    'import { WebhookInbox } from "webhook-inbox";\nnew WebhookInbox("inbox", { providers: [], alarmMail: "" });\n',
  );
  for (const [options, files] of sortedByOptions()) {
    const settings = { compilerOptions: JSON.parse(options) as object, files: [...files, "wrong.ts"] };
    writeFileSync(join(folder, "all.json"), JSON.stringify(settings));
    const said = await run("npx", ["--no-install", "tsc", "-p", "all.json"], folder).catch(
      ({ stdout }: { stdout: string }) => stdout,
    );
    const errors = said.split("\n").filter((line) => line.includes("error TS"));
    expect(errors).toEqual([expect.stringMatching(/^wrong\.ts\(2,.*'alarmMail' does not exist/) as string]);
  }
});

test("the schemes can be used without an inbox", async () => {
  const script = 'console.log(typeof require("webhook-inbox/providers").verify)';
  expect(await run(process.execPath, ["-e", script], folder)).toBe("function\n");
});

test("a consumer's own code loads no AWS client, and no more than 200 KB", async () => {
  const script =
    'require("webhook-inbox/consumer"); console.log(Object.keys(require.cache).map((file) => file.replace(/.*node_modules./, "")).join());';
  expect(await run(process.execPath, ["-e", script], folder)).toBe("webhook-inbox/dist/consumer.js\n");
  expect(statSync(join(folder, "node_modules/webhook-inbox/dist/consumer.js")).size).toBeLessThan(200_000);
  const schema = 'console.log(require("webhook-inbox/event.schema.json").title)';
  expect(await run(process.execPath, ["-e", schema], folder)).toBe("An event of a webhook inbox\n");
});

/** Deploys a program to a local AWS. @returns what its function logged of a payment, and the outputs */
async function deployed(program: string, functionName: string): Promise<unknown> {
  const script = join(ROOT, "tests/package/deploy-example.ts");
  const output = await run(process.execPath, ["-r", "tsx/cjs", script, program, functionName], ROOT);
  return JSON.parse(output.trim().split("\n").at(-1) ?? "");
}

test("a program that uses it deploys, and its function gets the event of a signed webhook", async () => {
  expect(await deployed(folder, "shop-payments")).toMatchObject({
    status: 202,
    logged: expect.stringContaining("payment_intent.succeeded evt_1") as string,
    outputs: {
      dynamodb_table_name: "shop-webhooks-local",
      ingestion_function_name: "shop-ingest-local",
      providers: [{ name: "stripe" }, { name: "github" }],
    },
  });
});

test("a function on a consumer's queue handles the event, once, by the library", async () => {
  expect(await deployed(join(folder, "queue-lambda"), "shop-billing")).toMatchObject({
    status: 202,
    logged: expect.stringContaining("payment_intent.succeeded evt_1 done") as string,
  });
});

test("a service behind a consumer over HTTP handles Stripe's own request, once, by both libraries", async () => {
  expect(await deployed(join(folder, "http-service"), "")).toMatchObject({
    status: 202,
    logged: expect.stringContaining("payment_intent.succeeded evt_1 done") as string,
    outputs: { table: "shop-billing" },
  });
});
