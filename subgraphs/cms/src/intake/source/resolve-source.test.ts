import { expect, test } from 'vitest';
import { SourceForbidden, resolveSource } from './resolve-source.ts';

const PUBLIC = '93.184.216.34';

const resolveAs =
  (resolved: readonly string[], allowed: readonly string[] = []) =>
  (url: string) =>
    resolveSource(new URL(url), {
      allowedHosts: new Set(allowed),
      resolve: async () => [...resolved],
    });
const ask = resolveAs([PUBLIC]);

test.each([
  'ftp://files.test/a.jpg',
  'file:///etc/passwd',
  'data:image/png;base64,AAAA',
  'javascript:alert(1)',
  'blob:https://files.test/1',
  'gopher://files.test/1',
  'ws://files.test/',
])('rejects %s, which is neither http nor https', async (url) => {
  await expect(ask(url)).rejects.toThrow(SourceForbidden);
});

test.each(['http://user@files.test/', 'http://:secret@files.test/', 'https://a:b@files.test/'])(
  'rejects %s, which has credentials',
  async (url) => {
    await expect(ask(url)).rejects.toThrow('user name or password');
  },
);

test.each([
  '127.0.0.1',
  '127.1',
  '0x7f.1',
  '2130706433',
  '0177.0.0.1',
  '127.0.0.1.',
  '１２７.0.0.1',
  '0.0.0.0',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '169.254.169.254',
  '192.0.0.8',
  '192.0.2.1',
  '198.18.0.1',
  '203.0.113.9',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '[::]',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:93.184.216.34]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2001::1]',
  '[2001:db8::1]',
  '[3fff::1]',
  '[100::1]',
  '[5f00::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[fe80::1]',
  '[fec0::1]',
  '[ff02::1]',
  '[4000::1]',
])('rejects %s, which is not public', async (host) => {
  await expect(ask(`http://${host}/a.jpg`)).rejects.toThrow('public address');
});

test.each(['[2606:2800:220:1::1]', '93.184.216.34'])(
  'accepts %s, which is public',
  async (host) => {
    const address = host.replace(/[[\]]/g, '');
    expect(await ask(`https://${host}/a.jpg`)).toEqual([address]);
  },
);

test('all IP addresses of a host must be public', async () => {
  expect(await ask('https://files.test/a.jpg')).toEqual([PUBLIC]);
  for (const inside of ['127.0.0.1', '::1', '::ffff:10.0.0.1', 'fe80::1%eth0', 'nonsense']) {
    const both = resolveAs([PUBLIC, inside]);
    await expect(both('https://files.test/a.jpg'), inside).rejects.toThrow('public address');
  }
});

test.each([
  ['http://files.test/', true],
  ['https://files.test/', true],
  ['http://files.test:443/', true],
  ['https://files.test:80/', true],
  ['http://files.test:1024/', true],
  ['http://files.test:8080/', true],
  ['http://files.test:0/', false],
  ['http://files.test:22/', false],
  ['http://files.test:25/', false],
  ['https://files.test:1023/', false],
])('the port of %s is allowed: %s', async (url, isAllowed) => {
  if (isAllowed) expect(await ask(url)).toEqual([PUBLIC]);
  else await expect(ask(url)).rejects.toThrow('Port');
});

test('an allowed host is allowed only with its port', async () => {
  const allowed = resolveAs(['10.0.0.1'], ['files.intranet:81', '::1:8080']);
  expect(await allowed('http://FILES.intranet:81/a.jpg')).toEqual(['10.0.0.1']);
  expect(await allowed('http://[0::1]:8080/a.jpg')).toEqual(['::1']);
  for (const url of [
    'http://files.intranet:8080/a.jpg',
    'http://x.files.intranet:81/a.jpg',
    'http://me@files.intranet:81/a.jpg',
    'ftp://files.intranet:81/a.jpg',
  ]) {
    await expect(allowed(url), url).rejects.toThrow(SourceForbidden);
  }
});
