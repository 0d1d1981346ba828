import slugify from '@sindresorhus/slugify';
import { withoutInvisible } from '@federated-media/subgraph-kit/normal-form';

const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const MAX_SLUG = 100;
/** Leaves room for `-2`, `-3` … */
const MAX_DERIVED = 90;
/** Signs that NFKC would turn into letters. In contrast, the ligature ﬁ and full-width letters are letters. */
const NOT_READ = /[℠™]/g;
/** For titles without letters that have a Latin spelling. */
const FALLBACK = 'post';

export const isSlug = (text: string): boolean => text.length <= MAX_SLUG && SLUG.test(text);

export const SLUG_RULE = `Invalid slug. Use lower-case letters and digits, with single hyphens between them, at most ${MAX_SLUG} characters.`;

/** Derives a slug: `Über uns & Köln` becomes `ueber-uns-and-koeln`. */
export function slugOf(title: string): string {
  const letters = withoutInvisible(title).replaceAll(NOT_READ, ' ').normalize('NFKC');
  const slug = slugify(letters, { decamelize: false }).slice(0, MAX_DERIVED).replace(/-+$/, '');
  return isSlug(slug) ? slug : FALLBACK;
}
