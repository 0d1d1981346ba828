/** An image that a response refers to. */
export interface FoundImage {
  /** Where it is in the response: `data.products.nodes.0.mainImage.media.url`. */
  readonly path: string;
  /** Absent for a placeholder, which is part of the response. */
  readonly href?: string;
  readonly src: string;
  readonly srcSet?: string;
  /** A `data:` URL to show while the image loads. */
  readonly placeholder?: string;
  /** The alternative text next to it or around it. Null: the response has none. */
  readonly alt: string | null;
}

const OTHER_TYPES = /\.(?:mp4|mov|webm|mp3|wav|ogg|pdf|html?)$/i;
const PLACEHOLDER = /^data:image\/(?:png|jpeg|webp|gif|avif);base64,[\w+/=]+$/;
const SRC_SET_ENTRY = /^\s*(https?:\S+)\s+\d+(?:\.\d+)?[wx]\s*$/;

/** The images of a response: its http(s) URLs that can be images, `srcSet` and placeholders, each once. */
export function findImages(response: unknown): FoundImage[] {
  const found = new Map<string, FoundImage>();
  collect(response, { path: [], alt: null }, (image) => {
    const key = image.href ?? image.src;
    if (!found.has(key)) found.set(key, image);
  });
  return [...found.values()];
}

interface Place {
  readonly path: readonly string[];
  readonly alt: string | null;
}

function collect(value: unknown, { path, alt }: Place, add: (image: FoundImage) => void): void {
  if (typeof value !== 'object' || value === null) return;
  const fields = Object.entries(value).map(([name, content]: [string, unknown]) => ({
    name,
    content,
  }));
  const own = fields.find(({ name, content }) => name === 'altText' && typeof content === 'string');
  const nearest = own ? String(own.content) : alt;
  if (!Array.isArray(value)) {
    for (const image of imagesOf(fields, { path, alt: nearest })) add(image);
  }
  for (const { name, content } of fields) {
    collect(content, { path: [...path, name], alt: nearest }, add);
  }
}

type Field = { readonly name: string; readonly content: unknown };

/** The images that one object of the response has. Its `srcSet` and placeholder belong to the first one. */
function imagesOf(fields: readonly Field[], { path, alt }: Place): FoundImage[] {
  const texts = fields.flatMap(({ name, content }) =>
    typeof content === 'string' ? [{ path: [...path, name].join('.'), text: content }] : [],
  );
  const urls = texts.filter(({ text }) => isImageUrl(text));
  const set = texts.find(({ text }) => urlsOfSrcSet(text).length > 0);
  const placeholder = texts.find(({ text }) => PLACEHOLDER.test(text));
  const common = { alt, ...(placeholder && { placeholder: placeholder.text }) };

  if (urls.length > 0) {
    return urls.map((url, nth) => ({
      ...common,
      path: url.path,
      href: url.text,
      src: url.text,
      ...(nth === 0 && set && { srcSet: set.text }),
    }));
  }
  if (set) {
    const largest = urlsOfSrcSet(set.text).at(-1) ?? '';
    return [{ ...common, path: set.path, href: largest, src: largest, srcSet: set.text }];
  }
  return placeholder ? [{ alt, path: placeholder.path, src: placeholder.text }] : [];
}

function isImageUrl(text: string): boolean {
  if (!/^https?:\/\/\S+$/.test(text) || !URL.canParse(text)) return false;
  return !OTHER_TYPES.test(new URL(text).pathname);
}

/** The URLs of `<url> 320w, <url> 640w`; none if the text is something else. */
function urlsOfSrcSet(text: string): string[] {
  const urls = text.split(',').map((entry) => SRC_SET_ENTRY.exec(entry)?.[1]);
  return urls.every((url) => url !== undefined) ? urls : [];
}
