import { app } from '../app/messages.en.ts';
import { details } from '../details/messages.en.ts';
import { files } from '../files/messages.en.ts';
import { folders } from '../folders/messages.en.ts';
import { picker } from '../picker/messages.en.ts';
import { quota } from '../quota/messages.en.ts';
import { selection } from '../selection/messages.en.ts';
import { session } from '../session/messages.en.ts';
import { uploads } from '../uploads/messages.en.ts';
import { work } from '../work-lists/messages.en.ts';

/** The texts of each folder. */
export const english = {
  app,
  details,
  files,
  folders,
  picker,
  quota,
  selection,
  session,
  uploads,
  work,
};
