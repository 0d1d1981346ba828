/**
 * The normal forms in which all subgraphs store, compare and search texts. People cannot see whether an é is one
 * character or two, nor whether a soft hyphen is in a word, so neither may make a difference.
 */

/** Soft hyphens, zero-width spaces, joiners, directional marks, variation selectors and the like. */
const INVISIBLE = String.raw`\p{Default_Ignorable_Code_Point}`;

const EMOJI = String.raw`[\u00A9\u00AE\u203C\u2049\u2122\u2139\u2190-\u2BFF\u3030\u303D\u3297\u3299\u{1F000}-\u{1FAFF}]`;
const TAG = String.raw`[\u{E0020}-\u{E007F}]`;

/** Letters of the Arabic script that join with the next one (Joining_Type D), in the blocks of today's languages. */
const JOINS_NEXT = String.raw`[\u0620\u0626\u0628\u062A-\u062E\u0633-\u063F\u0641-\u0647\u0649\u064A\u066E\u066F\u0678-\u0687\u069A-\u06BF\u06C1\u06C2\u06CC\u06CE\u06D0\u06D1\u06FA-\u06FC\u06FF\u0750-\u0758\u075C-\u076A\u076D-\u0770\u0772\u0775-\u0777\u077A-\u077F]`;
/** Letters that join with the one before (Joining_Type D and R). */
const JOINS_PREVIOUS = String.raw`[\u0620\u0622-\u063F\u0641-\u064A\u066E\u066F\u0671-\u0673\u0675-\u06D3\u06D5\u06EE\u06EF\u06FA-\u06FC\u06FF\u0750-\u077F]`;
const ARABIC_MARKS = String.raw`[\u064B-\u065F\u0670]{0,4}`;

/** Letters of the scripts of India and Sri Lanka, and the sign that removes the vowel of a consonant. */
const INDIC = String.raw`[\u0904-\u0939\u0972-\u0980\u0985-\u09B9\u09F0\u09F1\u0A05-\u0A39\u0A85-\u0AB9\u0B05-\u0B39\u0B71\u0B83-\u0BB9\u0C05-\u0C39\u0C58-\u0C5A\u0C85-\u0CB9\u0CDE\u0D05-\u0D3A\u0D7A-\u0D7F\u0D85-\u0DC6]`;
const VIRAMA = String.raw`[\u093C\u09BC\u0A3C\u0ABC\u0B3C\u0C3C\u0CBC]?[\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D4D\u0DCA]`;

/**
 * Where an invisible character changes what is shown, as in UAX #31, 2.3. Everywhere else it only makes look-alikes.
 * Each pattern reaches from letter to letter: marks between them cannot change places when others are removed.
 */
const SHOWN = [
  // Emoji of several characters, their colours, keycaps and flags.
  String.raw`(?<=${EMOJI}\uFE0F?)\u200D(?=${EMOJI})`,
  String.raw`(?<=${EMOJI})[\uFE0E\uFE0F]`,
  String.raw`\uFE0F(?=\u20E3)`,
  String.raw`(?<=\u{1F3F4}${TAG}{0,7})${TAG}`,
  // Persian, Urdu and others keep two letters apart.
  String.raw`(?<=${JOINS_NEXT}${ARABIC_MARKS})\u200C(?=${ARABIC_MARKS}${JOINS_PREVIOUS})`,
  // Indic scripts choose between a conjunct, a half form and a visible virama.
  String.raw`(?<=${INDIC}${VIRAMA})\u200D`,
  String.raw`(?<=${INDIC}${VIRAMA})\u200C(?=${INDIC})`,
  String.raw`(?<=${INDIC})\u200D(?=${VIRAMA}${INDIC})`,
].join('|');

const ANY_INVISIBLE = new RegExp(INVISIBLE, 'gu');
const SHOWN_OR_INVISIBLE = new RegExp(`(${SHOWN})|${INVISIBLE}`, 'gu');
const VISIBLE = new RegExp(String.raw`[^\s${INVISIBLE}]`, 'u');

/** No language has so many on one letter. The time to sort them grows with the square of their number (UAX #15, 13). */
const TOO_MANY_MARKS = /\p{M}{31}/u;

const composed = (text: string): string => (TOO_MANY_MARKS.test(text) ? text : text.normalize());

/** Free text that is required: NFC, without spaces around it. Invisible characters are kept. */
export const normalLine = (text: string): string => composed(text).trim();

/** Free text; null when nothing visible remains. */
export function normalText(text: string | null | undefined): string | null {
  const normal = normalLine(text ?? '');
  return isBlank(normal) ? null : normal;
}

/** Whether `text` shows nothing. */
export const isBlank = (text: string): boolean => !VISIBLE.test(text);

/**
 * A key that people read, such as a SKU, a folder or a tag: NFC on one kind of space, without invisible characters
 * that do not change what is shown. Two keys that differ only by those are equal.
 */
export const normalKey = (text: string): string =>
  composed(
    composed(text)
      .replaceAll(SHOWN_OR_INVISIBLE, '$1')
      .replaceAll(/\p{Zs}/gu, ' '),
  ).trim();

/** For searches: without any invisible character, joiners included, on both sides of a comparison. */
export const withoutInvisible = (text: string): string => text.replaceAll(ANY_INVISIBLE, '');
