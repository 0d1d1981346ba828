import { badUserInput } from '@federated-media/subgraph-kit/errors';
import { isId } from '@federated-media/subgraph-kit/ids';
import { lengthOf } from '@federated-media/subgraph-kit/text';
import type { MediaUsageClaimInput, MediaUsageReleaseInput } from '../../generated/graphql.ts';
import type { Claim, Release } from './media-usage.ts';
import { createChecks, type Check, InvalidValue } from '../../platform/input-checks.ts';
import { checkItemCount } from '@federated-media/subgraph-kit/item-count';

const MAX_AT_ONCE = 500;
const MAX_LENGTH = 255;
const MAX_URL = 2_000;
const CONTROLS = /[\p{Cc}\p{Cs}]/u;

/** One claim per item, in the same order. @throws BAD_USER_INPUT for too many */
export function readClaims(input: readonly MediaUsageClaimInput[]) {
  return readAll(input, (item, check): Claim => ({
    ...readRelease(item, check),
    entityType: readName(item.entityType, 'entityType', check),
    entityId: readName(item.entityId, 'entityId', check),
    role: optional(item.role, (role) => readName(role, 'role', check)),
    label: optional(item.label, (label) => readName(label, 'label', check)),
    url: optional(item.url, (url) => readUrl(url, check)),
  }));
}

/** One release per item, in the same order. @throws BAD_USER_INPUT for too many */
export const readReleases = (input: readonly MediaUsageReleaseInput[]) =>
  readAll(input, readRelease);

/** One item per usage: the one with the highest claim version, the first of several. */
export function newestOfEach<Item extends Release>(items: readonly Item[]): Item[] {
  const newest = new Map<string, Item>();
  for (const item of items) {
    const known = newest.get(item.usageId);
    if (!known || known.claimVersion < item.claimVersion) newest.set(item.usageId, item);
  }
  return [...newest.values()];
}

/** The argument `name`. @throws BAD_USER_INPUT */
export function readNumber(
  name: string,
  value: number,
  { min, max }: { min: number; max: number },
): number {
  if (value >= min && value <= max) return value;
  throw badUserInput(`${name} must be between ${min} and ${max}.`, [name]);
}

function readAll<Input, Item>(input: readonly Input[], read: (item: Input, check: Check) => Item) {
  checkItemCount(input, { items: 'usages', max: MAX_AT_ONCE, field: ['input'] });
  const { check, problems } = createChecks(['input']);
  const items = input.map((item, index) =>
    read(item, (field, readField) => check([`${index}`, ...field], readField)),
  );
  return { items, problems };
}

function readRelease(
  { usageId, mediaId, claimVersion }: MediaUsageReleaseInput,
  check: Check,
): Release {
  check(['claimVersion'], () => {
    if (claimVersion < 0) throw new InvalidValue('The claim version must not be negative.');
  });
  return {
    usageId: readName(usageId, 'usageId', check),
    mediaId: isId(mediaId) ? mediaId.toLowerCase() : null,
    claimVersion,
  };
}

const optional = <Value>(value: Value | null | undefined, read: (value: Value) => string) =>
  value === null || value === undefined ? null : read(value);

/** People follow it, so it must not be a script. */
function readUrl(url: URL, check: Check): string {
  check(['url'], () => {
    if (!/^https?:$/.test(url.protocol)) throw new InvalidValue('The URL must be http or https.');
    if (url.href.length > MAX_URL)
      throw new InvalidValue(`The URL is too long. The maximum is ${MAX_URL} characters.`);
  });
  return url.href;
}

/** A name that the consumer chose. It is stored unchanged, spaces included. */
function readName(text: string, field: string, check: Check): string {
  check([field], () => {
    if (text.trim() === '') throw new InvalidValue('The text must not be empty.');
    if (CONTROLS.test(text))
      throw new InvalidValue('The text must not contain control characters.');
    if (lengthOf(text) > MAX_LENGTH)
      throw new InvalidValue(`Too long. The maximum is ${MAX_LENGTH} characters.`);
  });
  return text;
}
