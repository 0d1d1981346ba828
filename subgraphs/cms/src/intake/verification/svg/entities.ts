import { DOCTYPE, PROLOG_BYTES } from './source.ts';
import { broken } from './unacceptable.ts';

/** Illustrator writes namespaces and styles of a few dozen characters, some of them for each element. */
const MAX_EXPANDED_CHARACTERS = 2_000_000;
const MAX_ENTITIES = 1_000;
const MAX_NESTING = 10;

const SPACE = String.raw`[\x20\t\r\n]+`;
const QUOTED = `(?:"[^"]*"|'[^']*')`;
/** The parts of an internal subset (XML 1.0, 2.8). Each can be read in one way only, so that a long one is read fast. */
const PART = new RegExp(
  [
    SPACE,
    String.raw`<!--(?:(?!-->)[^])*-->`,
    String.raw`<\?(?:(?!\?>)[^])*\?>`,
    String.raw`<!ENTITY${SPACE}(?:(?<parameter>%)${SPACE})?(?<name>[^\s%&;<>"']+)${SPACE}(?:(?<value>${QUOTED})(?:${SPACE})?|[^\s"'>][^"'>]*(?:${QUOTED}[^"'>]*)*)>`,
    `<!(?:ELEMENT|ATTLIST|NOTATION)(?:[^"'>]|${QUOTED})*>`,
    String.raw`(?<use>%)`,
  ].join('|'),
  'y',
);
const REFERENCE = /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([^\s&;#]+));/gi;
const PREDEFINED = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);
/** XML 1.0, 2.2. */
const CHARACTER = /^[\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]$/u;

/** An entity, by its replacement text (XML 1.0, 4.5); null if it is outside the document. */
type Declared = ReadonlyMap<string, string | null>;

/**
 * Defines the entities that a DOCTYPE declares as text. The parser reads their text where the document refers to them.
 * Nothing outside the document is read: a reference to an entity in another file makes the document unacceptable.
 *
 * @param entities the parser looks up each reference in it
 * @throws Unacceptable at once or when an entity is read
 */
export function defineEntities(doctype: string, entities: Record<string, string>): void {
  const texts = new Map<string, string>();
  const declared = declarationsIn(doctype);
  const spend = createBudget();

  function textOf(name: string, depth: number): string {
    const known = PREDEFINED.get(name) ?? texts.get(name);
    if (known !== undefined) return known;
    const replacement = replacementOf(name, { declared, depth });
    if (replacement.includes('<')) throw broken('has entities with elements in an attribute');
    let length = replacement.length;
    const text = expand(replacement, (inner) => {
      const innerText = textOf(inner, depth + 1);
      length += innerText.length;
      if (length > MAX_EXPANDED_CHARACTERS) throw tooLong();
      return innerText;
    });
    texts.set(name, text);
    return text;
  }

  for (const name of declared.keys()) {
    if (!PREDEFINED.has(name)) {
      Object.defineProperty(entities, name, { get: () => spend(textOf(name, 1)) });
    }
  }
}

/**
 * Replaces references to entities that contain elements. Those to other entities stay.
 *
 * @throws Unacceptable
 */
export function expandElements(text: string): string {
  if (!text.includes('<!ENTITY')) return text;
  const [prolog = '', doctype = ''] = DOCTYPE.exec(text.slice(0, PROLOG_BYTES)) ?? [];
  const declared = declarationsIn(doctype);
  const spend = createBudget();
  const known = new Map<string, boolean>();

  function hasElements(name: string, depth: number): boolean {
    const replacement = declared.get(name) ?? '';
    const isKnown = known.get(name);
    if (isKnown !== undefined || depth > MAX_NESTING) return isKnown ?? false;
    const inner = [...replacement.matchAll(REFERENCE)].map(([, , , reference]) => reference);
    const has =
      replacement.includes('<') ||
      inner.some((reference) => reference !== undefined && hasElements(reference, depth + 1));
    known.set(name, has);
    return has;
  }

  const expandIn = (content: string, depth: number): string =>
    content.replaceAll(MARKUP_OR_REFERENCE, (token: string, name?: string) => {
      if (name === undefined || !hasElements(name, 1)) return token;
      return expandIn(spend(replacementOf(name, { declared, depth })), depth + 1);
    });

  if (![...declared.keys()].some((name) => hasElements(name, 1))) return text;
  return prolog + expandIn(text.slice(prolog.length), 1);
}

/** What must not be searched for references to entities with elements, or such a reference. */
const MARKUP_OR_REFERENCE =
  /<!--(?:[^]*?-->|[^]*)|<!\[CDATA\[(?:[^]*?\]\]>|[^]*)|<\?(?:[^]*?\?>|[^]*)|<[^"'<>]*(?:"[^"]*"[^"'<>]*|'[^']*'[^"'<>]*)*>|&([^\s&;#<>]+);/g;

function replacementOf(
  name: string,
  { declared, depth }: { declared: Declared; depth: number },
): string {
  const replacement = declared.get(name);
  if (replacement === undefined) throw broken('refers to an entity that it does not declare');
  if (replacement === null) throw broken('refers to entities outside the file');
  if (depth > MAX_NESTING) throw broken('has entities that are nested too deeply');
  return replacement;
}

/** Passes texts on until they are too many. */
function createBudget() {
  let characters = 0;
  return (text: string): string => {
    characters += text.length;
    if (characters > MAX_EXPANDED_CHARACTERS) throw tooLong();
    return text;
  };
}

const tooLong = () => broken('has entities with too much text');

/** The general entities. */
function declarationsIn(doctype: string): Declared {
  const declared = new Map<string, string | null>();
  if (!doctype.includes('<!ENTITY')) return declared;
  if (doctype.length > PROLOG_BYTES) throw broken('has a DOCTYPE that is too long');
  const [, subset = ''] =
    /^[^["']*(?:(?:"[^"]*"|'[^']*')[^["']*)*\[([^]*)\][^\]]*$/.exec(doctype) ?? [];
  PART.lastIndex = 0;
  while (PART.lastIndex < subset.length) {
    const { parameter, name, value, use } = PART.exec(subset)?.groups ?? unreadable();
    if (use !== undefined) throw broken('uses parameter entities, which are not accepted');
    // Of several declarations the first one counts.
    if (name === undefined || parameter !== undefined || declared.has(name)) continue;
    declared.set(name, value === undefined ? null : expandCharacters(value.slice(1, -1)));
    if (declared.size > MAX_ENTITIES) throw broken('declares too many entities');
  }
  return declared;
}

const unreadable = () => {
  throw broken('has a DOCTYPE that cannot be read');
};

/** In a declaration, only references to characters are replaced. */
const expandCharacters = (value: string): string => expand(value, (name) => `&${name};`);

function expand(text: string, textOf: (name: string) => string): string {
  return text.replaceAll(REFERENCE, (_, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return textOf(name);
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    const character = code <= 0x10ffff ? String.fromCodePoint(code) : '';
    if (!CHARACTER.test(character)) throw broken('is not well-formed XML');
    return character;
  });
}
