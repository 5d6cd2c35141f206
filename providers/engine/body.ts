/**
 * Returns the body as it is read: without the byte order marks that Windows tools put in front of a text, however many. What is
 * signed are the bytes as sent, so anyone who verifies a signature over the body takes it as it is.
 */
export function withoutByteOrderMarks(body: Buffer): Buffer {
  let from = 0;
  while (body[from] === 0xef && body[from + 1] === 0xbb && body[from + 2] === 0xbf) from += 3;
  return from === 0 ? body : body.subarray(from);
}
