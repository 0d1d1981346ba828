import { expect, test } from 'vitest';
import { downloadNameOf } from './download-name.ts';

test.for([
  ['photo', 'photo.png'],
  ['photo.jpg', 'photo.png'],
  ['Report v1.2', 'Report v1.2.png'],
  ['.htaccess', 'htaccess.png'],
  ['.png', 'png.png'],
  ['... .profile', 'profile.png'],
  ['web.config', 'web.config.png'],
  ['desktop.ini', 'desktop.ini.png'],
  ['photo.', 'photo.png'],
  ['photo.png. . ', 'photo.png'],
  ['con', '_con.png'],
  ['CON.txt', '_CON.png'],
  ['nul.png', '_nul.png'],
  ['aux .tar.png', '_aux .tar.png'],
  ['Lpt1.final', '_Lpt1.final.png'],
  ['com²', '_com².png'],
  ['console.png', 'console.png'],
  ['com10.png', 'com10.png'],
  ['contact', 'contact.png'],
  ['../../etc/passwd', 'passwd.png'],
  ['C:\\autoexec.bat', 'autoexec.png'],
  ['', 'file.png'],
  ['..', 'file.png'],
  ['half\ud83d', 'half\ufffd.png'],
  ['Café "1".png', 'Café "1".png'],
] as const)('%j is saved as %j', ([originalFilename, saved]) => {
  expect(downloadNameOf({ mimeType: 'image/png', originalFilename })).toBe(saved);
});
