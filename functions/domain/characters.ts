/**
 * Characters that SQS rejects in a message body and in a string attribute: everything outside
 * #x9 #xA #xD #x20-#xD7FF #xE000-#xFFFD #x10000-#x10FFFF. With the flag `u` the surrogates match if they are alone.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const REJECTED_BY_SQS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/gu;

/**
 * Escapes in a JSON text what SQS rejects, so that the text says the same and can be sent.
 * Of those characters only U+FFFE, U+FFFF and lone surrogates may stand in JSON as they are, and only inside of
 * strings.
 */
export function escapeInJson(json: string): string {
  return json.replace(REJECTED_BY_SQS, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, "0");
    return `\\u${code}`;
  });
}

/**
 * Replaces by U+FFFD what SQS rejects, for texts that are read by people and not by parsers.
 * Also what half of a surrogate pair is left over from: DynamoDB stores UTF-8, which has none.
 */
export function replaceInvalidCharacters(text: string): string {
  return text.replace(REJECTED_BY_SQS, "\ufffd");
}

/**
 * Cleans a text first and cuts it then, never inside of a surrogate pair.
 * @param maxLength maximum code points of the result
 */
export function cleanText(text: string, maxLength: number): string {
  // A code point has at most two code units: the rest cannot be part of the result.
  const clean = replaceInvalidCharacters(text.slice(0, 2 * maxLength + 1));
  const points = Array.from(clean);
  return points.length > maxLength ? points.slice(0, maxLength).join("") : clean;
}
