import { describe, expect, test } from 'vitest';
import { links, office, officeEntries, openDocument, zip } from '../../../testing/archives.ts';
import { cpuSecondsOf } from '../../../testing/cpu-time.ts';
import { jpeg } from '../../../testing/images.ts';
import { inspectBytes, outcomeOf } from '../../../testing/inspect-bytes.ts';

const OPEN_XML = 'application/vnd.openxmlformats-officedocument';
const MICROSOFT = 'application/vnd.ms';
const OPEN_DOCUMENT = 'application/vnd.oasis.opendocument';
const PROJECT = { name: 'word/vbaProject.bin', body: 'project' };

describe('the type is that of the main part', () => {
  test.for([
    ['docx', `${OPEN_XML}.wordprocessingml.document.main+xml`],
    ['dotx', `${OPEN_XML}.wordprocessingml.template.main+xml`],
    ['xlsx', `${OPEN_XML}.spreadsheetml.sheet.main+xml`],
    ['xltx', `${OPEN_XML}.spreadsheetml.template.main+xml`],
    ['xlsb', `${MICROSOFT}-excel.sheet.binary.macroEnabled.main`],
    ['pptx', `${OPEN_XML}.presentationml.presentation.main+xml`],
    ['potx', `${OPEN_XML}.presentationml.template.main+xml`],
    ['ppsx', `${OPEN_XML}.presentationml.slideshow.main+xml`],
  ] as const)('%s', async ([extension, main]) => {
    const bytes = office({ main });
    expect(await outcomeOf(bytes)).toBe(extension);
    expect(await outcomeOf(bytes, `report.${extension}`)).toBe(extension);
    expect(await outcomeOf(bytes, 'report.odt')).toBe('TYPE_MISMATCH');
  });

  test.for([
    ['docm', `${MICROSOFT}-word.document.macroEnabled.main+xml`],
    ['dotm', `${MICROSOFT}-word.template.macroEnabledTemplate.main+xml`],
    ['xlsm', `${MICROSOFT}-excel.sheet.macroEnabled.main+xml`],
    ['xltm', `${MICROSOFT}-excel.template.macroEnabled.main+xml`],
    ['pptm', `${MICROSOFT}-powerpoint.presentation.macroEnabled.main+xml`],
    ['potm', `${MICROSOFT}-powerpoint.template.macroEnabled.main+xml`],
    ['ppsm', `${MICROSOFT}-powerpoint.slideshow.macroEnabled.main+xml`],
  ] as const)('%s, only with ACCEPT_MACROS', async ([extension, main]) => {
    const bytes = office({ main });
    for (const name of ['', `report.${extension}`])
      expect(await outcomeOf(bytes, name)).toBe('UNSUPPORTED_TYPE');
    expect(await outcomeOf(bytes, `a.${extension}`, { acceptsMacros: true })).toBe(extension);
    const plain = extension.replace('m', 'x');
    expect(await outcomeOf(bytes, `a.${plain}`, { acceptsMacros: true })).toBe('TYPE_MISMATCH');
  });

  test.for([
    ['odt', `${OPEN_DOCUMENT}.text`],
    ['ott', `${OPEN_DOCUMENT}.text-template`],
    ['ods', `${OPEN_DOCUMENT}.spreadsheet`],
    ['ots', `${OPEN_DOCUMENT}.spreadsheet-template`],
    ['odp', `${OPEN_DOCUMENT}.presentation`],
    ['otp', `${OPEN_DOCUMENT}.presentation-template`],
    ['odg', `${OPEN_DOCUMENT}.graphics`],
    ['epub', 'application/epub+zip\r\n'],
  ] as const)('%s', async ([extension, mimeType]) => {
    expect(await outcomeOf(openDocument(mimeType), `a.${extension}`)).toBe(extension);
    expect(await outcomeOf(openDocument(mimeType), 'a.docx')).toBe('TYPE_MISMATCH');
  });

  test.for(['application/zip', 'application/x-zip-compressed', 'application/octet-stream', ''])(
    'DOCX declared as %j',
    async (declaredMimeType) => {
      expect(await outcomeOf(office(), 'a.docx', { declaredMimeType })).toBe('docx');
    },
  );

  test('other archives are ZIP, whatever is in them', async () => {
    const inner = zip([{ name: 'a.txt', body: 'text' }]);
    const nested = zip([{ name: 'inner.zip', body: inner }, PROJECT]);
    const drawing = office({ main: 'application/vnd.ms-visio.stencil.main+xml' });
    for (const bytes of [nested, zip([]), drawing]) expect(await outcomeOf(bytes)).toBe('zip');
    expect(await outcomeOf(nested, 'a.docx')).toBe('TYPE_MISMATCH');
    expect(await outcomeOf(office(), 'a.zip')).toBe('TYPE_MISMATCH');
  });

  test('has no dimensions, placeholder or charset', async () => {
    expect(await inspectBytes(office())).toEqual({
      verified: {
        mediaType: 'DOCUMENT',
        mimeType: `${OPEN_XML}.wordprocessingml.document`,
        extension: 'docx',
        width: null,
        height: null,
        durationSeconds: null,
        animated: false,
        charset: null,
        credit: null,
        copyright: null,
        thumbHash: null,
      },
    });
  });
});

describe('macros', () => {
  const settings = (link: Parameters<typeof links>[0]) =>
    office({ more: [{ name: 'word/_rels/settings.xml.rels', body: links(link) }] });
  const template = (target: string) =>
    settings({ type: 'attachedTemplate', target, mode: 'External' });

  test.for([
    ['a project', office({ more: [PROJECT] })],
    [
      'a project of any name',
      office({
        parts: `<Override PartName="/word/a.bin" ContentType="application/vnd.ms-office.vbaProj&#101;ct"/>`,
      }),
    ],
    ['a sheet of Excel 4', office({ more: [{ name: 'xl/macrosheets/sheet1.xml', body: 'a' }] })],
    [
      'a second list of parts',
      office({
        more: officeEntries({ parts: '<Override ContentType="a.vbaProject"/>' }).slice(0, 1),
      }),
    ],
    ['a template from a server', template('https://example.com/a.dotm')],
    ['a template from a share', template('\\\\server\\share\\a.dotm')],
    ['a template from a share as a URL', template('file://server/share/a.dotm')],
    ['a template from an escaped share', template('file:///%5C%5Cserver/a.dotm')],
    ['a template from any scheme', template('mhtml:https://example.com/a')],
    [
      'an object from a server',
      settings({ type: 'oleObject', target: 'http://example.com/a', mode: 'External' }),
    ],
    ['links that are not XML', office({ more: [{ name: 'word/_rels/a.rels', body: '<a>' }] })],
    [
      'a module of LibreOffice',
      openDocument(`${OPEN_DOCUMENT}.text`, [{ name: 'Basic/Standard/Module1.xml', body: 'a' }]),
    ],
    [
      'a script of LibreOffice',
      openDocument(`${OPEN_DOCUMENT}.text`, [{ name: 'Scripts/python/a.py', body: 'a' }]),
    ],
    [
      'a password',
      zip([
        { name: 'mimetype', body: `${OPEN_DOCUMENT}.text` },
        { name: 'encrypted-package', body: 'a' },
      ]),
    ],
    [
      'a module of LibreOffice in an EPUB with a second type',
      openDocument('application/epub+zip', [
        { name: 'mimetype', body: `${OPEN_DOCUMENT}.text` },
        { name: 'Basic/Standard/Module1.xml', body: 'a' },
      ]),
    ],
  ] as const)('rejects %s, unless ACCEPT_MACROS is true', async ([, bytes]) => {
    expect(await outcomeOf(bytes)).toBe('UNSUPPORTED_TYPE');
    expect(await outcomeOf(bytes, '', { acceptsMacros: true })).toMatch(/^(?:docx|odt|epub)$/);
  });

  test.for([
    ['a template of its computer', template('file:///C:\\Users\\a\\Letter.dotx')],
    ['a template next to it', template('Letter.dotx')],
    ['a template of its part', settings({ type: 'attachedTemplate', target: 'http://a' })],
    [
      'a link to a page',
      settings({ type: 'hyperlink', target: 'https://example.com', mode: 'External' }),
    ],
    [
      'lists of no modules',
      openDocument(`${OPEN_DOCUMENT}.text`, [
        { name: 'Basic/script-lc.xml', body: 'a' },
        { name: 'Basic/Standard/script-lb.xml', body: 'a' },
        { name: 'Scripts/', body: '' },
      ]),
    ],
    [
      'the script of an EPUB',
      openDocument('application/epub+zip', [{ name: 'Scripts/a.js', body: 'a' }]),
    ],
  ] as const)('accepts %s', async ([, bytes]) => {
    expect(await outcomeOf(bytes)).toMatch(/^(?:docx|odt|epub)$/);
  });
});

describe('incomplete files', () => {
  const bytes = office();

  test('are rejected wherever they are cut', async () => {
    for (let end = 30; end < bytes.length; end += 37) {
      const outcome = await outcomeOf(bytes.subarray(0, end), 'a.docx');
      expect(outcome, `${end} of ${bytes.length}`).toBe('CORRUPT_FILE');
    }
  });

  test.for([
    ['without its start', Buffer.concat([bytes.subarray(0, 40), bytes.subarray(60)])],
    [
      'with a list of parts that is not XML',
      zip([{ name: '[Content_Types].xml', body: '<Types' }]),
    ],
    [
      'with an encrypted list of parts',
      zip([{ name: '[Content_Types].xml', body: 'a', isEncrypted: true }]),
    ],
    ['without its main part', zip(officeEntries().slice(0, 2))],
    [
      'without its content',
      zip([{ name: 'mimetype', body: `${OPEN_DOCUMENT}.text`, isStored: true }]),
    ],
  ] as const)('rejects a document %s', async ([, damaged]) => {
    expect(await outcomeOf(damaged)).toBe('CORRUPT_FILE');
  });

  test('accepts padding and a comment', async () => {
    expect(await outcomeOf(Buffer.concat([bytes, Buffer.alloc(1000)]))).toBe('docx');
    expect(await outcomeOf(zip(officeEntries(), 'PK\x05\x06'))).toBe('docx');
  });
});

describe('hostile files', () => {
  test('an archive after other bytes is not a document', async () => {
    const afterText = Buffer.concat([Buffer.from('some text\0'), office()]);
    const afterMark = Buffer.concat([Buffer.from('\uFEFF'), office()]);
    const afterImage = Buffer.concat([await jpeg(), office()]);
    expect(await outcomeOf(afterText, 'a.docx')).toBe('UNSUPPORTED_TYPE');
    expect(await outcomeOf(afterMark, 'a.docx')).toBe('TYPE_MISMATCH');
    expect(await outcomeOf(afterImage, 'a.docx')).toBe('TYPE_MISMATCH');
  });

  test('a list of parts that unpacks to a gigabyte is not unpacked', async () => {
    const bomb = Buffer.alloc(200_000_000, ' ');
    const bytes = zip([{ name: '[Content_Types].xml', body: bomb }]);
    expect(bytes.length).toBeLessThan(300_000);
    const seconds = await cpuSecondsOf(async () =>
      expect(await outcomeOf(bytes)).toBe('CORRUPT_FILE'),
    );
    expect(seconds).toBeLessThan(3);
  });

  test('links that unpack to more than a bound are not read', async () => {
    const body = `${links({ type: 'a', target: 'a' })}${' '.repeat(3_000_000)}`;
    const many = Array.from({ length: 6 }, (_, index) => ({ name: `${index}.rels`, body }));
    expect(await outcomeOf(office({ more: many.slice(0, 4) }))).toBe('docx');
    expect(await outcomeOf(office({ more: many }))).toBe('UNSUPPORTED_TYPE');
  });

  test('reads lists of very many elements or parts of a name fast, and no more', async () => {
    const list = `<a>${'<b/>'.repeat(900_000)}</a>`;
    const attributes = `<a ${Array.from({ length: 600_000 }, (_, index) => `b${index}=""`).join(' ')}/>`;
    const lists = Array.from({ length: 4 }, () => ({ name: '[Content_Types].xml', body: list }));
    const name = `${'macrosheets/'.repeat(5000)}\n`;
    for (const [what, bytes, expected] of [
      ['parts', office({ more: lists }), 'UNSUPPORTED_TYPE'],
      ['links', office({ more: [{ name: 'a.rels', body: list }] }), 'UNSUPPORTED_TYPE'],
      ['attributes', office({ more: [{ name: 'a.rels', body: attributes }] }), 'UNSUPPORTED_TYPE'],
      ['names', office({ more: [{ name, body: 'a' }] }), 'UNSUPPORTED_TYPE'],
    ] as const) {
      const seconds = await cpuSecondsOf(async () =>
        expect(await outcomeOf(bytes), what).toBe(expected),
      );
      expect(seconds, what).toBeLessThan(1.5);
    }
    const ordinary = links({ type: 'hyperlink', target: 'a' }).replace(
      /<Relationship [^>]*>/,
      (link) => link.repeat(60_000),
    );
    expect(await outcomeOf(office({ more: [{ name: 'a.rels', body: ordinary }] }))).toBe('docx');
  });

  test.for([
    ['mimetype', `${OPEN_DOCUMENT}.text`],
    ['META-INF/manifest.xml', '<manifest/>'],
  ] as const)(
    'an Office document with the %s of an OpenDocument is neither',
    async ([name, body]) => {
      const both = office({
        more: [
          { name, body, isStored: true },
          { name: 'content.xml', body: 'a' },
          { name: 'Basic/Standard/Module1.xml', body: 'a' },
        ],
      });
      for (const fileName of ['a.docx', 'a.odt'])
        expect(await outcomeOf(both, fileName)).toBe('UNSUPPORTED_TYPE');
    },
  );

  test('entities of XML are not expanded', async () => {
    const body = `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><a t="&b;"/>`;
    expect(await outcomeOf(zip([{ name: '[Content_Types].xml', body }]))).toBe('CORRUPT_FILE');
  });

  test('reads 20,000 files in less than three seconds, and no more', async () => {
    const entries = Array.from({ length: 20_001 }, (_, index) => ({
      name: `${index}`,
      body: '',
      isStored: true,
    }));
    const [bytes, most] = [zip(entries), zip(entries.slice(1))];
    expect(await outcomeOf(bytes)).toBe('UNSUPPORTED_TYPE');
    const seconds = await cpuSecondsOf(async () => expect(await outcomeOf(most)).toBe('zip'));
    expect(seconds).toBeLessThan(3);
  });

  test('64-bit positions beyond any file are rejected', async () => {
    const end = Buffer.alloc(98, 0xff);
    end.write('PK\x06\x06', 0, 'latin1');
    end.fill(0, 16, 40);
    end[32] = 1;
    end.write('PK\x06\x07', 56, 'latin1');
    end.fill(0, 60, 76);
    end.writeUInt32LE(4, 64);
    end.write('PK\x05\x06', 76, 'latin1');
    end.fill(0, 96, 98);
    const bytes = Buffer.concat([Buffer.from('PK\x03\x04'), end]);
    expect(await outcomeOf(bytes)).toBe('CORRUPT_FILE');
  });
});
