import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../local/paths";

/** A code block of a page, between two lines of ``` */
export interface Block {
  /** Heading above the block. */
  readonly section: string;
  /** Language of the block, such as `sh`. */
  readonly language: string;
  readonly text: string;
  /** Texts above the block: from the heading on, and from the previous block on. */
  readonly above: string;
  readonly justAbove: string;
}

/** Returns the text of a page, by its path in the repository. */
export const pageText = (page: string): string => readFileSync(join(ROOT, page), "utf8");

/** Returns the code blocks of a page, in their order. */
export function blocksOf(page: string): readonly Block[] {
  const fence = /^ *```(\w*)\n([\s\S]*?)^ *```$/gm;
  // Indent the comments of a shell, which look like headings.
  const sections = pageText(page)
    .replace(fence, (block) => block.replace(/^#/gm, " #"))
    .split(/^#+ /m);
  return sections.flatMap((text) => {
    const section = text.split("\n")[0] ?? "";
    let end = 0;
    return [...text.matchAll(fence)].map(({ 0: whole, 1: language = "", 2: body = "", index }) => {
      const justAbove = text.slice(end, index);
      end = index + whole.length;
      return { section, language, text: body, above: text.slice(0, index), justAbove };
    });
  });
}

/** Returns whether the page says right above the block that it needs AWS. */
export const needsAws = ({ justAbove }: Block): boolean => justAbove.trimEnd().endsWith("Needs AWS:");

/** Returns the commands of a block of `sh`, one per line, without comments. */
export const commandsOf = ({ text }: Block): readonly string[] =>
  text
    .replace(/ *\\\n */g, " ")
    .split("\n")
    .map((line) => line.replace(/(^| +)# .*$/, "").trim())
    .filter(Boolean);
