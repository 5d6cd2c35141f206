/**
 * Returns the body for parsing, without any byte order marks that Windows tools put in front of a text. The signature
 * is over the bytes as sent, so do not use this for verification.
 */
export function withoutByteOrderMarks(body: Buffer): Buffer {
  let from = 0;
  while (body[from] === 0xef && body[from + 1] === 0xbb && body[from + 2] === 0xbf) from += 3;
  return from === 0 ? body : body.subarray(from);
}
