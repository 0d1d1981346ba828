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
      fileName: null,
    },
    {
      path: 'data.products.0.mainImage.media.small',
      href: media.small,
      src: media.small,
      placeholder,
      alt: 'A lamp.',
      fileName: null,
    },
  ]);
});

test('a srcSet or a placeholder alone is an image', () => {
  const srcSet = `${url('320')} 320w, ${url('640')} 640w`;
  expect(findImages({ a: { srcSet }, b: { placeholder } })).toEqual([
    { path: 'a.srcSet', href: url('640'), src: url('640'), srcSet, alt: null, fileName: null },
    { path: 'b.placeholder', src: placeholder, alt: null, fileName: null },
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

test('the URL, download and renditions of a file are one image, named as the file', () => {
  const id = '01a226de-fc96-7334-a20b-5e3912cf03a3';
  const other = '01a226df-0723-7155-bf63-30283e5f080b';
  const found = findImages({
    originalFilename: 'lamp.jpg',
    url: url(`demo/${id}/1/${id}.jpg`),
    download: url(`demo/${id}/1/download/lamp.jpg`),
    thumbnail: url(`demo/${id}/1/w480h360cover-auto/${id}`),
    next: { url: url(`demo/${other}/1/${other}.jpg`) },
  });
  expect(found.map(({ path, fileName }) => [path, fileName])).toEqual([
    ['url', 'lamp.jpg'],
    ['next.url', 'lamp.jpg'],
  ]);
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
