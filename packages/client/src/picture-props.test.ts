import { expect, test } from 'vitest';
import { pictureProps } from './picture-props.ts';

const media = {
  url: 'https://media.example.com/a.jpg',
  srcSet: 'https://media.example.com/a-320.jpg 320w, https://media.example.com/a-640.jpg 640w',
  width: 1600,
  height: 1200,
  placeholder: 'data:image/png;base64,AAAA',
  altText: 'A lamp',
  altTexts: [
    { locale: 'de', text: 'Eine Lampe' },
    { locale: 'fr-CA', text: 'Une lampe' },
  ],
  decorative: false,
};

test('the browser gets all sizes, the space, a placeholder and a text', () => {
  expect(pictureProps(media, { sizes: '50vw' })).toEqual({
    src: media.url,
    srcSet: media.srcSet,
    sizes: '50vw',
    width: 1600,
    height: 1200,
    alt: 'A lamp',
    loading: 'lazy',
    decoding: 'async',
    fetchPriority: 'auto',
    style: {
      maxWidth: '100%',
      height: 'auto',
      backgroundImage: `url("${media.placeholder}")`,
      backgroundSize: 'cover',
      backgroundPosition: 'center',
    },
  });
});

test.each([
  [{ width: 400, height: 400 }, 400, 400],
  [{ width: 400 }, 400, 300],
  [{ height: 300 }, 400, 300],
  [{}, 1600, 1200],
])('with the transform %j the space is %i x %i', (transform, width, height) => {
  expect(pictureProps(media, { transform })).toMatchObject({ width, height });
});

test.each([
  ['de', 'Eine Lampe'],
  ['de-AT', 'Eine Lampe'],
  ['FR-ca', 'Une lampe'],
  ['fr', 'A lamp'],
  [undefined, 'A lamp'],
])('in %s the text is "%s"', (locale, alt) => {
  expect(pictureProps(media, locale === undefined ? {} : { locale }).alt).toBe(alt);
});

test('a decorative image has an empty text, and so has one without any', () => {
  expect(pictureProps({ ...media, decorative: true }).alt).toBe('');
  expect(pictureProps({ url: media.url }).alt).toBe('');
});

test('the largest image of a page is loaded first', () => {
  expect(pictureProps(media, { priority: true })).toMatchObject({
    loading: 'eager',
    fetchPriority: 'high',
  });
});

test('without a URL, while a file is in the trash, nothing is loaded', () => {
  expect(pictureProps({ ...media, url: null, srcSet: null })).toMatchObject({
    src: undefined,
    srcSet: undefined,
    sizes: undefined,
  });
});
