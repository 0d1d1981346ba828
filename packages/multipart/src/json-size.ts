/** The size of the JSON of one request: its parameters, variables and extensions. */
export interface JsonLimits {
  /** Entries of all objects and lists; an empty one counts as one. */
  maxValues: number;
  /** Nesting of objects and lists; the body itself is the first level. */
  maxDepth: number;
}

/** The limit of names in documents. Errors search for similar names, which takes longer for long ones. */
const MAX_KEY_LENGTH = 256;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** A limit of a request that its JSON exceeds. */
export interface JsonExcess {
  readonly limit: ExceededLimit;
  readonly message: string;
}

type ExceededLimit = 'values' | 'depth' | 'key';

/** Which limit the JSON `text` of a request exceeds; undefined when none. */
export function excessOf(text: string, limits: JsonLimits): JsonExcess | undefined {
  const limit = exceededLimit(text, { ...limits, maxKeyLength: MAX_KEY_LENGTH });
  return limit && { limit, message: MESSAGES[limit](limits) };
}

const MESSAGES: Readonly<Record<ExceededLimit, (limits: JsonLimits) => string>> = {
  values: ({ maxValues }) =>
    `The JSON has too many values. The maximum is ${maxValues} (MAX_VARIABLE_VALUES).`,
  depth: ({ maxDepth }) =>
    `The JSON is nested too deeply. The maximum is ${maxDepth} levels (MAX_VARIABLE_DEPTH).`,
  key: () => `A JSON key is too long. The maximum is ${MAX_KEY_LENGTH} characters.`,
};

/**
 * Reads the text without parsing it: parsing 1 MB of small objects with different keys blocks the process for
 * 200 ms. The parser reports invalid JSON.
 */
export function exceededLimit(
  text: string,
  {
    maxValues = Infinity,
    maxDepth = Infinity,
    maxKeyLength = Infinity,
  }: Partial<JsonLimits> & { maxKeyLength?: number },
): ExceededLimit | undefined {
  let values = 0;
  let depth = 0;
  let keyLength = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE: {
        const end = endOfString(text, at);
        keyLength = end - at;
        at = end;
        break;
      }
      case COLON:
        if (keyLength > maxKeyLength) return 'key';
        break;
      case OPENING_BRACE:
      case OPENING_BRACKET:
        depth += 1;
        values += 1;
        if (depth > maxDepth) return 'depth';
        break;
      case CLOSING_BRACE:
      case CLOSING_BRACKET:
        depth -= 1;
        break;
      case COMMA:
        values += 1;
        break;
    }
    if (values > maxValues) return 'values';
  }
  return undefined;
}

/** The position of the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escape = end;
    while (text.charCodeAt(escape - 1) === BACKSLASH) escape -= 1;
    if ((end - escape) % 2 === 0) return end;
  }
  return text.length;
}
