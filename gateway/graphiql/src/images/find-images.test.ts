import { expect, test } from 'vitest';
import { findImages } from './find-images.ts';

const url = (name: string) => `https://cdn.example/media/${name}?signature=x`;
const placeholder = 'data:image/png;base64,AAAA';

test('finds URLs with their alternative text, srcSet and placeholder', () => {
  const srcSet = `${url('320')} 320w, ${url('640')} 640w`;
  const media = { url: url('1.jpg'), small: url('thumb'), srcSet, placeholder, altText: 'A lamp.' };
  expect(findImages({ data: { products: [{ mainImage: { media } }] } })).toEqual([
    {
      path: 'data.products.0.mainImage.media.url',
      href: media.url,
      src: media.url,
      srcSet,
      placeholder,
      alt: 'A lamp.',
    },
    {
      path: 'data.products.0.mainImage.media.small',
      href: media.small,
      src: media.small,
      placeholder,
      alt: 'A lamp.',
    },
  ]);
});

test('a srcSet or a placeholder alone is an image', () => {
  const srcSet = `${url('320')} 320w, ${url('640')} 640w`;
  expect(findImages({ a: { srcSet }, b: { placeholder } })).toEqual([
    { path: 'a.srcSet', href: url('640'), src: url('640'), srcSet, alt: null },
    { path: 'b.placeholder', src: placeholder, alt: null },
  ]);
});

test('the nearest alternative text applies; an empty one is a decorative image', () => {
  const found = findImages({
    altText: 'Outer.',
    inner: { url: url('a') },
    own: { altText: '', url: url('b') },
  });
  expect(found.map(({ alt }) => alt)).toEqual(['Outer.', '']);
});

test('an image is found once', () => {
  expect(findImages([{ url: url('a') }, { url: url('a') }])).toHaveLength(1);
});

test.each([
  'javascript:alert(1)',
  'data:text/html;base64,AAAA',
  'data:image/svg+xml;base64,AAAA',
  'data:image/png;base64,AAAA") , url("https://evil.test/',
  '//cdn.example/a.png',
  'https://cdn.example/a b.png',
  'https://',
  'https://cdn.example/film.mp4?signature=x',
  'https://cdn.example/list.pdf',
  'a text, with commas',
  '',
])('%j is no image', (text) => {
  expect(findImages({ data: { url: text } })).toEqual([]);
});

test.each([null, undefined, 7, 'text', [], {}])('%j has no images', (response) => {
  expect(findImages(response)).toEqual([]);
});
