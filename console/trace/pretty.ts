/**
 * JSON text with one value a line. Only white space changes: numbers and escapes stay as they were sent, which
 * `JSON.parse` would round. What is not JSON comes back as it is.
 */
export function prettyJson(text: string): string {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  let depth = 0;
  let pretty = "";
  const line = () => `\n${"  ".repeat(depth)}`;
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  tokens.forEach((token, index) => {
    if (token === "{" || token === "[") {
      depth += 1;
      const empty = tokens[index + 1] === "}" || tokens[index + 1] === "]";
      pretty += empty ? token : token + line();
    } else if (token === "}" || token === "]") {
      depth -= 1;
      const empty = tokens[index - 1] === "{" || tokens[index - 1] === "[";
      pretty += empty ? token : line() + token;
    } else if (token === ",") pretty += token + line();
    else pretty += token === ":" ? ": " : token;
  });
  return pretty;
}
