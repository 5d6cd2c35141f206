import { readdirSync } from "node:fs";
import { startEmulator } from "../../../local/emulator";
import { CACHE } from "../../../local/paths";

jest.mock("../../../local/install/ministack", () => ({
  installMiniStack: () => Promise.resolve({ python: "/nonexistent/python" }),
}));
jest.mock("../../../local/install/node24", () => ({ node24Folder: () => Promise.resolve("/nonexistent") }));

test("a Python that cannot be run is reported as the cause, and nothing is left behind", async () => {
  await expect(startEmulator()).rejects.toThrow(
    "The local AWS could not be started: spawn /nonexistent/python ENOENT",
  );
  expect(readdirSync(CACHE).filter((name) => name.startsWith(`run-${process.pid}-`))).toEqual([]);
});
