import { parse } from "yaml";
import { schemesCommand } from "../../../../cli/commands/schemes";
import { provider } from "../../../../config/provider";
import { senders } from "../../../../providers/senders";

/** Runs the command. @returns what is printed */
async function schemes(...args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const log = jest.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  try {
    await schemesCommand().parseAsync(args, { from: "user" });
  } finally {
    log.mockRestore();
  }
  return lines.join("\n");
}

interface Listed {
  readonly schemes: readonly { readonly id: string; readonly configure: string; readonly docs: string }[];
}
const listed = async (...args: readonly string[]) =>
  (JSON.parse(await schemes("--json", ...args)) as Listed).schemes;

test("lists every built-in scheme, and what it says to configure is taken", async () => {
  const all = await listed();
  expect(all.map(({ id }) => id).sort()).toEqual(Object.keys(senders).sort());
  for (const { id, configure } of all) {
    const [configured] = parse(configure) as unknown[];
    // The address is the operator's.
    const given = { ...(configured as Record<string, unknown>), url: "https://hooks.example.com" };
    expect(provider.safeParse(given)).toMatchObject({ success: true, data: { name: id, scheme: id } });
  }
});

test("finds schemes by name, id or header", async () => {
  expect((await listed("stripe")).map(({ id }) => id)).toEqual(["stripe"]);
  expect((await listed("x-hub-signature")).map(({ id }) => id)).toEqual(
    expect.arrayContaining(["github", "meta", "whatsapp"]),
  );
  const text = await schemes("microsoft");
  expect(text).toContain("Microsoft Graph");
  expect(text).toContain("scheme: microsoft-graph");
  expect(await schemes("x-hub-signature")).toContain("one in full: webhooks schemes <scheme>");
});

test("says what to do where there is none", async () => {
  await expect(schemes("strpe")).rejects.toThrow(
    'No built-in scheme has "strpe" in its name or its proof. Did you mean stripe? A provider can be described in the configuration, see docs/own-schemes.md.',
  );
});
