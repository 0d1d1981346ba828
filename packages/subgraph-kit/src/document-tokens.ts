import { GraphQLError, Lexer, Source, TokenKind } from 'graphql';

const MAX_LENGTH = 100_000;
/** Errors, up to a hundred, say where they are by counting the lines before. */
const MAX_LINES = 5_000;
/** Errors repeat names, up to a hundred times. */
const MAX_NAME_LENGTH = 256;
/** Validation compares each with each. */
const MAX_SPREADS = 300;
/** The parser calls itself for each bracket within another. */
const MAX_NESTING = 100;

const OPENING: ReadonlySet<TokenKind> = new Set([
  TokenKind.BRACE_L,
  TokenKind.BRACKET_L,
  TokenKind.PAREN_L,
]);
const CLOSING: ReadonlySet<TokenKind> = new Set([
  TokenKind.BRACE_R,
  TokenKind.BRACKET_R,
  TokenKind.PAREN_R,
]);

/** Why a document should not even be parsed, in words for its sender. Unknown characters are not looked at. */
export function documentProblem(text: string, maxTokens: number): string | undefined {
  if (text.length > MAX_LENGTH)
    return `The document is too long. The maximum is ${MAX_LENGTH} characters.`;
  const lexer = new Lexer(new Source(text));
  let nesting = 0;
  let spreads = 0;
  for (let count = 0; ; count += 1) {
    const token = advance(lexer);
    if (!token) return undefined;
    if (token.line > MAX_LINES)
      return `The document has too many lines. The maximum is ${MAX_LINES}.`;
    if (token.kind === TokenKind.EOF) return undefined;
    if (count === maxTokens)
      return `The document has too many tokens. The maximum is ${maxTokens} (MAX_TOKENS).`;
    if (token.kind === TokenKind.NAME && token.end - token.start > MAX_NAME_LENGTH) {
      return `A name in the document is too long. The maximum is ${MAX_NAME_LENGTH} characters.`;
    }
    if (token.kind === TokenKind.SPREAD) spreads += 1;
    if (spreads > MAX_SPREADS)
      return `The document has too many fragment spreads. The maximum is ${MAX_SPREADS}.`;
    if (OPENING.has(token.kind)) nesting += 1;
    else if (CLOSING.has(token.kind)) nesting -= 1;
    if (nesting > MAX_NESTING)
      return `Brackets in the document are nested too deeply. The maximum is ${MAX_NESTING} levels.`;
  }
}

/** Nothing where the parser will find an error, too. */
function advance(lexer: Lexer) {
  try {
    return lexer.advance();
  } catch (error) {
    if (error instanceof GraphQLError) return undefined;
    throw error;
  }
}
