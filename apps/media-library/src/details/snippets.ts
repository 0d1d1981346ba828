import type { FileDetailsFragment } from '../generated/graphql.ts';

/** For a double-quoted attribute of HTML. */
const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');

/** An `<img>` that loads the smallest sufficient size and reserves its space. */
export function imageSnippet(file: FileDetailsFragment): string {
  const attributes = {
    src: file.snippetUrl,
    srcset: file.snippetSrcSet,
    sizes: file.snippetSrcSet && '100vw',
    width: file.width,
    height: file.height,
    alt: file.decorative ? '' : (file.altText ?? ''),
    loading: 'lazy',
  };
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}="${escaped(String(value))}"`);
  return `<img ${written.join(' ')}>`;
}

export const graphSnippet = ({ id, mediaType }: FileDetailsFragment): string => {
  const ofImages =
    mediaType === 'IMAGE' ? '\n    srcSet\n    width\n    height\n    placeholder' : '';
  return `query {
  mediaFile(id: ${JSON.stringify(id)}) {
    id
    url${ofImages}
    altText
  }
}`;
};
