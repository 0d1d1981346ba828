import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { hasCode } from '@federated-media/subgraph-kit/error-code';

/** The user PostgreSQL runs as where that is not ourselves: it refuses to run as root. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Existing users only: making one is the administrator's business. */
const candidates = ['postgres', 'nobody'] as const;

/**
 * `null`: run as ourselves. As root: whoever owns `data` already, else `postgres`, else `nobody`.
 * Throws when root has none of them, or when the data is another user's and we are not root.
 */
export async function accountFor(data: string): Promise<Account | null> {
  const owner = await ownerOf(data);
  const self = process.getuid?.();
  if (self !== 0) {
    if (owner !== null && owner !== self) {
      throw new Error(
        `The embedded database in ${data} belongs to another user (id ${owner}), probably because it was first started as root. Start as that user or as root, or remove the folder to start with an empty database.`,
      );
    }
    return null;
  }
  const accounts = readAccounts();
  const account =
    accounts.find(({ uid }) => uid === owner && uid !== 0) ??
    candidates.map((wanted) => accounts.find(({ name }) => name === wanted)).find((found) => found);
  if (account) return account;
  throw new Error(
    `PostgreSQL does not run as root, and this system has no user "${candidates.join('" or "')}" to run it as. Start as another user, or set the database URLs (CMS_DATABASE_URL, …).`,
  );
}

/** Whether `account` may walk down to `path`. What does not exist yet is asked of its nearest parent. */
export async function canAccess(account: Account, path: string): Promise<boolean> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if (!(await canEnter(account, folder))) return false;
    if (folder === dirname(folder)) return true;
  }
}

async function canEnter({ uid, gid }: Account, folder: string): Promise<boolean> {
  try {
    const stats = await stat(folder);
    const shift = stats.uid === uid ? 6 : stats.gid === gid ? 3 : 0;
    return ((stats.mode >> shift) & 1) === 1;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return true;
    throw error;
  }
}

async function ownerOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).uid;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

function readAccounts(): Account[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
}
