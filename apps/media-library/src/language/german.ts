import { app } from '../app/messages.de.ts';
import { details } from '../details/messages.de.ts';
import { files } from '../files/messages.de.ts';
import { folders } from '../folders/messages.de.ts';
import { selection } from '../selection/messages.de.ts';
import type { english } from './english.ts';

/** The same keys with any texts. */
type Translated<Texts> = {
  [Key in keyof Texts]: Texts[Key] extends string ? string : Translated<Texts[Key]>;
};

export const german: Translated<typeof english> = { app, details, files, folders, selection };
