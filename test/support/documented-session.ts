import { expect } from 'vitest';

/** A documented command and its documented response. */
export interface Step {
  readonly command: string;
  /** Null: no response is documented. */
  readonly answer: string | null;
}

/** The `sh` blocks of a section, each with the block of its response if one follows. */
export function readSteps(markdown: string, heading: string): Step[] {
  const [, section = ''] = markdown.split(`\n## ${heading}\n`);
  const [text = ''] = section.split('\n## ');
  const blocks = [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language, body = '']) => ({
    isCommand: language === 'sh',
    body: body.trimEnd(),
  }));
  return blocks.flatMap(({ isCommand, body }, index) => {
    if (!isCommand) return [];
    const next = blocks[index + 1];
    return [{ command: body, answer: next && !next.isCommand ? next.body : null }];
  });
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/;
const MEDIA_URL = new RegExp(
  String.raw`^http://[\w.:]+/media/demo/${UUID.source}/\d+/(?:[a-z0-9-]+/)?[\w.-]+\?signature=[\w-]+$`,
);

/**
 * Compares a response with the documented one. Ids and file URLs differ each time and must only have the same form;
 * `aliases` stores which real value corresponds to the documented one for later commands.
 */
export function expectAnswer(actual: string, documented: string, aliases: Map<string, string>) {
  if (!documented.startsWith('{')) {
    expect(actual.trim()).toBe(documented);
    return;
  }
  expect(aliased(JSON.parse(documented), JSON.parse(actual), aliases)).toEqual(JSON.parse(actual));
}

/** `documented` with the real ids and URLs. */
function aliased(documented: unknown, actual: unknown, aliases: Map<string, string>): unknown {
  if (Array.isArray(documented)) {
    const items: unknown[] = Array.isArray(actual) ? actual : [];
    return documented.map((item, index) => aliased(item, items[index], aliases));
  }
  if (typeof documented === 'object' && documented !== null) {
    return Object.fromEntries(
      Object.entries(documented).map(([key, value]) => [
        key,
        aliased(value, fieldOf(actual, key), aliases),
      ]),
    );
  }
  if (typeof documented !== 'string' || typeof actual !== 'string') return documented;
  const isAlike = [new RegExp(`^${UUID.source}$`), MEDIA_URL].some(
    (shape) => shape.test(documented.replace('signature=…', 'signature=x')) && shape.test(actual),
  );
  if (!isAlike) return documented;
  aliases.set(documented, actual);
  return actual;
}

const fieldOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;

/** A command with the values of the real responses. */
export function adapted(command: string, aliases: ReadonlyMap<string, string>): string {
  // URLs first: they contain ids.
  const longestFirst = [...aliases].toSorted(([one], [other]) => other.length - one.length);
  return longestFirst.reduce(
    (text, [documented, actual]) => text.replaceAll(documented, actual),
    command,
  );
}
